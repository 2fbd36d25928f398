import type { Mind } from "../agent/mind.ts";
import type { MakeId } from "../ids.ts";
import { parseInstruction } from "./instruction.ts";

/** The mind that needs no model: the same words and rooms always give the same steps. */
export function createRulesMind(makeId: MakeId): Mind {
  return {
    async decide({ text, rooms }) {
      const parsed = parseInstruction(text, rooms);
      if (!parsed.ok) {
        return { ok: false, reason: parsed.reason, sentence: parsed.sentence, decidedBy: "rules" };
      }
      return { ok: true, plan: { id: makeId(), decided_by: "rules", steps: parsed.steps } };
    },
  };
}
