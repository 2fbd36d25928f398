import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import type { StoreContext } from "./store-context.ts";
import type { Touches } from "./touches.ts";

interface StoreInternals {
  readonly context: StoreContext;
  readonly touches: Touches;
}

/** What the state file may reach of a store, and nobody who only holds the store. */
const internals = new WeakMap<AgentStore, StoreInternals>();

export function keepInternals(store: AgentStore, parts: StoreInternals): void {
  internals.set(store, parts);
}

export function internalsOf(store: AgentStore): StoreInternals {
  const found = internals.get(store);
  if (found === undefined) throw new TimmyError("internal", "This store is not an open file.");
  return found;
}
