import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { openBooks } from "@timmy/companion/ledger/books";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { TimmyError } from "@timmy/shared/errors";
import { operate, workloadClock } from "./ledger-workload.ts";
import { breakable, createPoint } from "./step-points.ts";

/**
 * The process that dies in the trials of the ledger: it does operations of the workload and says
 * each on standard output once it is on disk. `ack K` was written, `error K CODE` was refused.
 */
const { values } = parseArgs({
  options: {
    books: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "100" },
    "die-at": { type: "string", default: "0" },
    plant: { type: "string", default: "" },
    ballast: { type: "boolean", default: false },
  },
});
const say = (line: string) => void writeSync(1, `${line}\n`);
const codeOf = (error: unknown) => (error instanceof TimmyError ? error.code : `raw ${error}`);
const { plant } = values;
const clock = workloadClock();
const space = values.ballast ? {} : { space: null };

function open() {
  try {
    return openBooks({ path: values.books, clock, migrations: ledgerTables, ...space });
  } catch (error) {
    say(`error open ${codeOf(error)}`);
    return process.exit(0);
  }
}
const opened = open();
// The planted fault of the power cut: what better-sqlite3 does unless it is told otherwise.
if (plant === "normal") opened.sql.run("PRAGMA synchronous = NORMAL");
const books = breakable(opened, createPoint(Number(values["die-at"])));
say("open");
/** Three errors at most: what was refused is tried again, because it must come before the next. */
let errors = 0;
for (let k = Number(values.from); k < Number(values.to) && errors < 3; ) {
  try {
    // The planted fault of the kill: it is said before it is done.
    if (plant === "early-ack") say(`ack ${k}`);
    await operate(books, clock, { seed: Number(values.seed), k, plant });
    if (plant !== "early-ack") say(`ack ${k}`);
    k++;
  } catch (error) {
    errors++;
    // The planted fault of the failing disk: nobody looks at the error.
    say(plant === "deaf" ? `ack ${k++}` : `error ${k} ${codeOf(error)}`);
  }
}
try {
  books.close();
} catch (error) {
  say(`error close ${codeOf(error)}`);
}
