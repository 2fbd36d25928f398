import type { BodyRefusal } from "./agent-body.ts";
import type { AgentRecord } from "./agent-store.ts";

/** Why the agent does not act here now, or null: only a living one acts. */
export function lifeRefusal(
  record: Pick<AgentRecord, "name" | "status" | "departedTo">,
): BodyRefusal | null {
  const { name, status, departedTo } = record;
  switch (status) {
    case "living":
      return null;
    case "departed": {
      const where = departedTo === "" ? "another body" : departedTo;
      const sentence = `${name} does not live here any more: it moved to ${where}.`;
      return { code: "agent-departed", sentence };
    }
    case "vacant":
      return { code: "no-agent", sentence: "Nobody lives in this body yet." };
    case "leaving":
      return { code: "agent-moving", sentence: `${name} is on its way to ${departedTo}.` };
    case "arriving":
      return { code: "agent-moving", sentence: `${name} is arriving here and does not act yet.` };
    default:
      return status satisfies never;
  }
}
