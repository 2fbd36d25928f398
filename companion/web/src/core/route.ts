/** Which screen the address names; everything unknown is the house. */
export const screens = ["house", "mind", "agent", "treasury", "approvals", "lightning"] as const;
export type Screen = (typeof screens)[number];

export interface Route {
  readonly screen: Screen;
  /** A part of the screen to bring into view, or nothing. */
  readonly section: string;
}

/** Reads "#/treasury/ledger". */
export function routeOf(hash: string): Route {
  const [first = "", section = ""] = hash.replace(/^#\/?/, "").split("/");
  const screen = screens.find((one) => one === first) ?? "house";
  return { screen, section: /^[a-z-]{1,40}$/.test(section) ? section : "" };
}

export function hashOf(screen: Screen, section = ""): string {
  if (screen === "house") return "#/";
  return section === "" ? `#/${screen}` : `#/${screen}/${section}`;
}

export const screenNames = {
  house: "House",
  mind: "Mind",
  agent: "Agent",
  treasury: "Treasury",
  approvals: "Approvals",
  lightning: "Lightning",
} as const satisfies Record<Screen, string>;
