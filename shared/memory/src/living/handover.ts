/**
 * What the lineage keeps of a move, at both ends of it: the beginning of the hash of the state that was
 * taken. It stands there whatever is exported later, so the body that was left names the right copy.
 */
export const handoverNote = (hash: string): string => `state ${hash.slice(0, 32)}`;
