import { stateLimits as limits } from "./limits.ts";
import { isSection, sectionNames } from "./records.ts";
import { compareTexts } from "./text-order.ts";

export interface SectionOrder {
  /** Why a section may not begin here, or null. */
  enter(name: string): string | null;
  /** Counts a record of the section; answers how many it has with it. */
  count(): number;
}

/** Sections come in their order and once; those that this version does not know follow by name. */
export function createSectionOrder(): SectionOrder {
  let place = -1;
  let unknown = 0;
  let last = "";
  let records = 0;
  return {
    enter(name) {
      records = 0;
      if (isSection(name)) {
        const next = sectionNames.indexOf(name);
        if (next <= place || unknown > 0) return "the section stands at the wrong place";
        place = next;
        return null;
      }
      if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return "there can be no section of this name";
      if (name === "header" || name === "footer" || name === "file") return "the name is taken";
      if (unknown > 0 && compareTexts(name, last) <= 0)
        return "the section stands at the wrong place";
      last = name;
      unknown++;
      return unknown > limits.unknownSections ? "there are too many unknown sections" : null;
    },
    count: () => ++records,
  };
}
