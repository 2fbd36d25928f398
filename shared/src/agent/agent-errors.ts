import { type ErrorEntry, input, internal, outside, state } from "../error-entry.ts";

/** The codes of the agent: its store, key, memory, state file, mind, gate and moving. */
export const agentErrors = {
  // The store.
  "key-missing": state(
    503,
    "The key file of this agent's store is missing.",
    "Put it back beside the store; until then nothing is written or signed.",
  ),
  "key-wrong": state(
    503,
    "The key file does not open this agent's private key.",
    "Put the right key file beside the store; until then nothing is written or signed.",
  ),
  "memory-newer": state(
    409,
    "The memory was written by a newer version.",
    "Start that version; nothing was changed.",
  ),
  "memory-broken": internal(
    500,
    "The memory's file is damaged.",
    "Keep the file, and restore a state file.",
  ),
  "memory-busy": outside(
    503,
    "Another process is writing to this memory.",
    "Try again; if it stays so, stop the other one.",
  ),
  "memory-read-only": state(
    409,
    "This memory was opened for reading only.",
    "Let the process that owns it write.",
  ),
  "memory-full": input(
    507,
    "The memory holds as much as it can.",
    "Forget something that is not needed any more.",
  ),
} as const satisfies Record<string, ErrorEntry>;
