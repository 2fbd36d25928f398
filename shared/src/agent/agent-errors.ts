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
  "state-foreign": input(
    422,
    "This is no Timmy state file; nothing was changed.",
    "Give a .timmy or .timmy.age file; an import takes Letta's .af and an OpenClaw folder too.",
  ),
  "state-damaged": input(
    422,
    "The encrypted file is damaged or cut off; nothing was changed.",
    "Take another copy of it, or an older generation.",
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
  "state-left": state(
    409,
    "The agent that lived here has left, and its memory is still here; nothing was changed.",
    "Replace that (--replace; it is kept as a generation file), or import the file as a fork.",
  ),
  "state-older": state(
    409,
    "The state file is older than the life of this agent; nothing was changed.",
    "Import it as a fork (--as fork), or take a newer file.",
  ),
  "state-elsewhere": state(
    409,
    "The state file was made for another node; nothing was changed.",
    "Import it at the node that it was made for, or import it as a fork.",
  ),
  "state-secret": state(
    409,
    "A secret of this machine stands in what would be exported; no file was made.",
    "Forget the memory that is named, or have secrets left out (--redact).",
  ),
  "state-too-large": input(
    413,
    "The state is larger than a state file may be.",
    "Forget something that is not needed any more.",
  ),
  // The gate.
  "gate-malformed": input(
    422,
    "The proposed action has no known form, so nothing is done.",
    "Propose one of the actions of the contract, with all of its fields and no others.",
  ),
  "stranger-asks": input(
    403,
    "This was asked by somebody who is not the owner.",
    "Ask the owner to do it, or to confirm it.",
  ),
  "tool-unknown": input(
    404,
    "There is no such tool.",
    "Use one of the tools that the agent was given.",
  ),
  "tool-input": input(
    422,
    "What the tool was given does not fit it.",
    "Compare it with the tool's fields; a secret is named by its handle.",
  ),
  "topic-unknown": input(
    403,
    "Nothing may be sent to this topic.",
    "The owner binds a topic before the agent may use it.",
  ),
  "secret-inside": input(
    403,
    "A secret stands in what would go out, so nothing of it does.",
    "Leave it out; tools take a handle instead of a secret.",
  ),
  "memory-rank": input(
    403,
    "A memory may not be trusted more than what it was made of.",
    "Write it with the rank of its least trusted source.",
  ),
  "policy-off": state(
    409,
    "The agent's policy does not allow this.",
    "The owner changes the policy; a confirmation does not go round it.",
  ),
  "confirmation-void": state(
    409,
    "This confirmation is not open any more.",
    "Look at what is proposed now, and confirm that.",
  ),
  "confirmations-full": state(
    429,
    "Too many proposals wait for the owner.",
    "Decide about those that wait, or let them expire.",
  ),
  // The mind.
  "model-away": outside(
    503,
    "The local model's server does not answer.",
    "Start Ollama (ollama serve); the rules decide until then.",
  ),
  "model-missing": state(
    503,
    "The server does not have the model.",
    "Fetch it with ollama pull and the model's name; the rules decide until then.",
  ),
  "model-refused": state(
    503,
    "This model server is not used.",
    "Bring Ollama to 0.17.1 or newer, on loopback only, with a local model.",
  ),
  "model-loading": state(
    503,
    "The model is being loaded.",
    "Wait a little; the rules decide until then.",
  ),
  "model-silent": outside(
    504,
    "The model did not answer in time.",
    "Take a smaller model if it stays so; the rules decide until then.",
  ),
  "model-failed": outside(
    502,
    "The model's answer broke off or was no answer.",
    "Look at Ollama's log if it stays so; the rules decide until then.",
  ),
  "model-wrong": outside(
    502,
    "The model's plan was not valid, twice.",
    "Say it in simpler words; the rules decide instead.",
  ),
  "model-resting": state(
    503,
    "The model failed several times in a row and is left alone for a while.",
    "Wait; it is tried again by itself.",
  ),
  "model-busy": state(
    429,
    "The model already has as many questions as may wait.",
    "Ask again in a moment.",
  ),
  "mind-declined": input(
    422,
    "The model found no plan for this.",
    "Say which room, what to say, or what to patrol.",
  ),
  "unsafe-instruction": input(
    403,
    "This could hurt somebody or break something, so nothing is done.",
    "Ask for something harmless.",
  ),
  // Living and moving.
  "agent-departed": state(
    409,
    "The agent does not live in this body any more.",
    "Send it to the body where the agent lives now.",
  ),
  "agent-moving": state(
    409,
    "The agent is between two bodies and does not act.",
    "Wait until it lives again, or cancel the move.",
  ),
  "needs-owner": input(
    403,
    "The owner has to confirm this first.",
    "Say yes to have it done, or no to drop it.",
  ),
  "unknown-memory": input(404, "Nothing is remembered about this.", "Tell it: remember that ..."),
  "memory-taken": input(
    409,
    "There is a fact of this name already.",
    "Edit that one, or give this one another name.",
  ),
  "no-agent": state(
    409,
    "No agent lives in this body.",
    "Move one here, or send it to the body where the agent lives.",
  ),
  "agent-unsure": outside(
    503,
    "This body cannot be sure now that it is the only one in which the agent lives.",
    "Wait a moment; it acts again once the broker answers.",
  ),
  "owner-unproven": input(
    403,
    "This is only done for the owner, and his key was not used.",
    "Give both bodies the same owner.key: copy the file from one data folder to the other.",
  ),
  "owner-key-missing": state(
    409,
    "There is no owner's key in this folder yet.",
    "Start Timmy first (npm start), or name the folder of a Timmy that was started (--data).",
  ),
  "move-broken": outside(
    502,
    "The move broke off; the agent stays where it was.",
    "Try again once both bodies are online.",
  ),
  "move-unsettled": outside(
    504,
    "The agent has left, and the other body has not said yet that it lives there.",
    "Bring that body online; the handover is repeated until it answers.",
  ),
  "transfer-unknown": state(409, "This body knows of no such transfer.", "Begin the move again."),
  "state-not-merged": state(
    409,
    "This agent knows something already; nothing was added.",
    "Say that it should be added to what the agent knows (--merge).",
  ),
} as const satisfies Record<string, ErrorEntry>;
