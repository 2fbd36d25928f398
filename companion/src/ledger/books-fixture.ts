import { createVirtualTime } from "@timmy/shared/ports/time";
import { openBooks } from "./books.ts";
import type { Books, JournalEntry, Party, Posting } from "./port.ts";

/** Books in memory with a clock that stands, for tests of every folder. */
export const openTestBooks = (): Books =>
  openBooks({ path: ":memory:", clock: createVirtualTime().clock });

/** An entry with everything that a test does not care about. */
export const entryOf = (
  key: string,
  postings: readonly (readonly [account: string, amountMsat: bigint])[],
  over: Partial<JournalEntry> = {},
): JournalEntry => ({
  key,
  kind: "test",
  actor: "timmy",
  note: "",
  reference: "",
  party: "",
  service: "",
  postings: postings.map(([account, amountMsat]): Posting => ({ account, amountMsat })),
  ...over,
});

/** Money from outside into the account of a party. */
export function deposit(books: Books, party: Party, amountMsat: bigint, key = `in-${party}`): void {
  const lines = [
    ["asset:ln-hot", amountMsat],
    [`party:${party}`, -amountMsat],
  ] as const;
  const result = books.write(() => books.ledger.post(entryOf(key, lines, { party })));
  if (!result.ok) throw new RangeError(result.reason);
}
