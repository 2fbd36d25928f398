/** The colours of the map; they live in the style sheet with all others. */
export interface Palette {
  readonly paper: string;
  readonly floor: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  readonly accentWash: string;
  readonly wall: string;
  readonly furniture: string;
  readonly furnitureLine: string;
  readonly fontFamily: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: read("paper"),
    floor: read("floor"),
    ink: read("ink"),
    quiet: read("quiet"),
    line: read("line"),
    accent: read("accent"),
    accentWash: read("accent-wash"),
    wall: read("wall"),
    furniture: read("furniture"),
    furnitureLine: read("furniture-line"),
    fontFamily: style.fontFamily,
  };
}
