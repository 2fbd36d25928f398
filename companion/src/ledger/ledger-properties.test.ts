import { TimmyError } from "@timmy/shared/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, openTestBooks } from "./books-fixture.ts";
import { type Books, type Party, partyAccount } from "./port.ts";
import { createModel, type Operation } from "./reference-model.ts";

const parties: readonly Party[] = ["owner", "agent:a", "agent:b"];
const accounts = [
  ...parties.map(partyAccount),
  ...["asset:ln-hot", "income:service:s", "expense:payment-fee"],
];
const amount = fc.bigInt({ min: 1n, max: 20n });
const name = fc.integer({ min: 0, max: 12 }).map((k) => `n${k}`);
const signed = fc.oneof(
  amount,
  amount.map((a) => -a),
);
const line = fc.tuple(fc.constantFrom(...accounts), signed);
/** Lines and one more that balances them. */
const lines = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), fc.constantFrom(...accounts))
  .map(([some, last]) => {
    const sum = some.reduce((total, [, value]) => total + value, 0n);
    return [...some, [last, -sum] as const];
  })
  .filter((all) => all.at(-1)?.[1] !== 0n);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant("post" as const), key: name, lines }),
  // A plain payment in, so that there is something to spend.
  fc.record({
    do: fc.constant("post" as const),
    key: name,
    lines: fc
      .constantFrom(...parties)
      .map((party) => [["asset:ln-hot", 30n] as const, [partyAccount(party), -30n] as const]),
  }),
  fc.record({
    do: fc.constant("hold" as const),
    id: name,
    account: fc.constantFrom(...parties.map(partyAccount)),
    amount,
  }),
  fc.record({ do: fc.constant("release" as const), id: name }),
);

function play({ ledger }: Books, step: Operation): string {
  try {
    if (step.do === "release") return `${ledger.release(step.id)}`;
    const result =
      step.do === "post"
        ? ledger.post(entryOf(step.key, step.lines))
        : ledger.hold({
            id: step.id,
            party: step.account.replace("party:", "") as Party,
            amountMsat: step.amount,
            purpose: "payment",
            reference: "",
          });
    if (!result.ok) return result.reason;
    return result.fresh ? "fresh" : "same";
  } catch (error) {
    return error instanceof TimmyError ? error.code : String(error);
  }
}

describe("the ledger, beside a model on a napkin", () => {
  it("gives the same answers and the same balances, whatever is asked", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (steps) => {
        const books = openTestBooks();
        const model = createModel();
        for (const step of steps) {
          expect(books.write(() => play(books, step))).toBe(model.step(step));
        }
        for (const account of accounts) {
          const { postedMsat, heldMsat } = books.ledger.balance(account);
          expect({ posted: postedMsat, held: heldMsat }).toEqual(model.balance(account));
        }
        expect(books.ledger.verify()).toEqual([]);
        books.close();
      }),
      { numRuns: 150 },
    );
  });
  it("remembers nothing of a transaction that was undone", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), fc.array(operation), (kept, undone) => {
        const books = openTestBooks();
        for (const step of kept) books.write(() => play(books, step));
        const before = { balances: books.ledger.balances(), head: books.ledger.head() };
        expect(() =>
          books.write(() => {
            for (const step of undone) play(books, step);
            throw new RangeError("undo");
          }),
        ).toThrow();
        expect({ balances: books.ledger.balances(), head: books.ledger.head() }).toEqual(before);
        books.close();
      }),
      { numRuns: 50 },
    );
  });
});
