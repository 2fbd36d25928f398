import { TimmyError } from "@timmy/shared/errors";
import { maxAmountMsat } from "@timmy/shared/money/amount";
import { assertAccount, floorOf, signOf } from "./account.ts";
import { maxPostedMsat, noteLimit, postingsLimit, wordLimit } from "./limits.ts";
import type { Account, Balance, HoldRequest, JournalEntry } from "./port.ts";

const inRange = (amountMsat: bigint) =>
  amountMsat !== 0n && amountMsat <= maxAmountMsat && amountMsat >= -maxAmountMsat;

/** SQLite stores UTF-8 and reads up to a NUL in places: text is made to survive the way back. */
const plainText = (text: string) => text.toWellFormed().replaceAll("\0", "\uFFFD");

function word(name: string, text: string, least = 0): string {
  if (text.length < least || text.length > wordLimit) {
    throw new TimmyError("internal", `${name} has ${text.length} characters.`);
  }
  return plainText(text);
}

/** The entry as it is stored. Throws `internal` for what only our own code can have got wrong. */
export function checkEntry(entry: JournalEntry): JournalEntry {
  const { postings } = entry;
  if (postings.length < 2 || postings.length > postingsLimit) {
    throw new TimmyError("internal", `A journal has ${postings.length} postings.`);
  }
  let sum = 0n;
  for (const { account, amountMsat } of postings) {
    assertAccount(account);
    if (amountMsat === 0n) throw new TimmyError("internal", "A posting moves nothing.");
    sum += amountMsat;
  }
  if (sum !== 0n) throw new TimmyError("internal", `A journal is off balance by ${sum} msat.`);
  if (entry.note.length > noteLimit) throw new TimmyError("internal", "The note is too long.");
  return {
    key: word("The key", entry.key, 1),
    kind: word("The kind", entry.kind, 1),
    actor: word("The actor", entry.actor, 1),
    note: plainText(entry.note),
    reference: word("The reference", entry.reference),
    party: entry.party,
    service: word("The service", entry.service),
    postings: postings.map(({ account, amountMsat }) => ({ account, amountMsat })),
  };
}

export function checkHold(request: HoldRequest): HoldRequest {
  return {
    id: word("The id", request.id, 1),
    party: request.party,
    amountMsat: request.amountMsat,
    purpose: word("The purpose", request.purpose, 1),
    reference: word("The reference", request.reference),
  };
}

export const isHoldable = (amountMsat: bigint) => amountMsat > 0n && inRange(amountMsat);

/** Why these postings cannot be made, or null; `balance` reads an account as it is now. */
export function refuseEntry(
  entry: JournalEntry,
  balance: (account: Account) => Balance,
): { readonly reason: "bad-amount" | "balance-too-low"; readonly details: string } | null {
  const change = new Map<Account, bigint>();
  for (const { account, amountMsat } of entry.postings) {
    if (!inRange(amountMsat)) {
      return { reason: "bad-amount", details: `${amountMsat} msat is out of range.` };
    }
    change.set(account, (change.get(account) ?? 0n) + signOf(account) * amountMsat);
  }
  for (const [account, delta] of change) {
    const { postedMsat, availableMsat } = balance(account);
    const posted = postedMsat + delta;
    if (posted > maxPostedMsat || posted < -maxPostedMsat) {
      return { reason: "bad-amount", details: `${account} would leave its range.` };
    }
    const floor = floorOf(account);
    if (floor !== null && delta < 0n && availableMsat + delta < floor) {
      const details = `${account} has ${availableMsat} msat and needs ${-delta}.`;
      return { reason: "balance-too-low", details };
    }
  }
  return null;
}
