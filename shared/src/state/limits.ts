/** Nesting of one JSON value: deeper ones are refused instead of filling the stack. */
export const depthLimit = 32;
