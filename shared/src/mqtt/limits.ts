/** Bytes of a payload (interfaces.md: flat JSON up to 4 kB). */
export const maxPayloadBytes = 4096;
/** Bytes of a `cmd/hear`: an instruction that is too long is answered, not dropped. */
export const maxHearBytes = 16_384;
/** Bytes of a `cmd/decide`: the text, the rooms of a large house, and what is known about it. */
export const maxDecideBytes = 32_768;
/** Characters of what is known, sealed, in it. */
export const maxKnownChars = 16_384;
/** Bytes of a `cmd/call` and of a piece of its answer. */
export const maxCallBytes = 66_560;
/** Bytes of the retained floor plan, the one payload that is not flat. */
export const maxMapBytes = 65_536;
/** Command ids that a body remembers to refuse duplicates; the oldest is forgotten. */
export const rememberedCommands = 512;
/** Milliseconds that a motion lease lasts without being renewed. */
export const leaseMs = 300;
/** Milliseconds between renewals. */
export const leaseRenewMs = 100;
/** Milliseconds of silence after which a leased task is given up. */
export const leaseGiveUpMs = 2000;
/** Milliseconds between two publications of an unchanged retained state. */
export const stateRefreshMs = 10_000;
