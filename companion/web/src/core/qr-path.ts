/**
 * The dark modules of a QR code as one SVG path: a run of them in a row is one rectangle. Elements
 * and attributes only, which the page's CSP allows.
 */
export function qrPath(rows: readonly (readonly boolean[])[]): string {
  const parts: string[] = [];
  rows.forEach((row, y) => {
    let start = -1;
    for (let x = 0; x <= row.length; x++) {
      const isDark = row[x] === true;
      if (isDark && start === -1) start = x;
      if (isDark || start === -1) continue;
      parts.push(`M${start} ${y}h${x - start}v1h${start - x}z`);
      start = -1;
    }
  });
  return parts.join("");
}
