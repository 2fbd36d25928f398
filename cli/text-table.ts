/** Rows as columns of equal width; a column whose cells are all figures stands to the right. */
export function textTable(rows: readonly (readonly string[])[], indent = "  "): string {
  const widths: number[] = [];
  const right: boolean[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
      right[i] = (right[i] ?? true) && /^-?[\d\s.,\u2009]+( sat| msat)?$/.test(cell);
    });
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, i) =>
        right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      );
      return `${indent}${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}
