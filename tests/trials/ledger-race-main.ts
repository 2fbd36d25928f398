import { writeSync } from "node:fs";
import { openBooks } from "@timmy/companion/ledger/books";

/** One of two processes that want the same money: `ID COUNT` of holds of 100 msat when it is told. */
const [path = "", id = "", count = "0"] = process.argv.slice(2);
const books = openBooks({ path, clock: { wallMs: () => 1 }, space: null });
writeSync(1, "ready\n");
const told = new Promise((resolve) => process.stdin.once("data", resolve));
await told;
const holds = Array.from({ length: Number(count) }, (_, k) =>
  books.commit(() =>
    books.ledger.hold({
      ...{ id: `${id}-${k}`, party: "agent:a", amountMsat: 100n },
      ...{ purpose: "payment", reference: "" },
    }),
  ),
);
for (const result of await Promise.all(holds)) writeSync(1, result.ok ? "held\n" : "refused\n");
books.close();
process.exit(0);
