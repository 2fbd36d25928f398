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
  // The state file.
  "not-canonical": input(
    422,
    "This value has no canonical JSON form.",
    "Use texts without halves of surrogate pairs, and finite numbers.",
  ),
  "state-refused": input(
    422,
    "The state file is refused; nothing was changed.",
    "Take another copy of it, or an older generation.",
  ),
  "state-newer": input(
    422,
    "The state file was written by a newer version; nothing was changed.",
    "Import it with that version of Timmy.",
  ),
  "state-locked": input(
    422,
    "The state file does not open; nothing was changed.",
    "Give the passphrase or the identity that it was encrypted for.",
  ),
  "state-needs-key": state(
    409,
    "The state file does not hold the agent's private key, and it is not here either.",
    "Import it as a fork, or take an encrypted export that was made with the key.",
  ),
  "state-occupied": state(
    409,
    "An agent lives here already; nothing was changed.",
    "Replace it (it is kept as a generation file), or import the file as a fork.",
  ),
  "state-elsewhere": state(
    409,
    "The state file was made for another node; nothing was changed.",
    "Import it at the node that it was made for, or import it as a fork.",
  ),
  "state-secret": state(
    409,
    "A secret of this machine stands in what would be exported; no file was made.",
    "Forget the memory that is named, or have secrets left out.",
  ),
  "state-too-large": input(
    413,
    "The state is larger than a state file may be.",
    "Forget something that is not needed any more.",
  ),
} as const satisfies Record<string, ErrorEntry>;
