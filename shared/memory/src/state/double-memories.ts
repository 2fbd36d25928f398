import { hash } from "node:crypto";
import type { StateItem } from "@timmy/shared/state/state-reader";

/**
 * Finds what no store can hold, though each record is right: one id of two memories, and two values
 * that one source gave one fact. Answers why a record cannot stand below those before it, or null.
 */
export function createDoubleFinder(): (item: StateItem) => string | null {
  const ids = new Set<string>();
  const keys = new Set<string>();
  return (item) => {
    if (item.kind !== "record") return null;
    const { section } = item;
    const record: Readonly<Record<string, unknown>> = item.record;
    if (section === "episodes") {
      return ids.has(String(record["id"])) ? "a fact has the same id" : null;
    }
    if (section !== "facts") return null;
    ids.add(String(record["id"]));
    // A key may be long, and there may be two million of them.
    const key = hash("sha256", `${String(record["from"])} ${String(record["key"])}`, "base64");
    if (keys.has(key)) return "a fact from the same source has the same key";
    keys.add(key);
    return null;
  };
}
