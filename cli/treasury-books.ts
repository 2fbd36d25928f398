import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { openBooks } from "@timmy/companion/ledger/books";
import type { Books } from "@timmy/companion/ledger/port";
import { readConnection } from "@timmy/companion/lightning/lnd/connection-record";
import { booksName, type MoneyFiles, moneyFiles } from "@timmy/companion/money/money-files";
import { type MoneyHost, openMoneyHost } from "@timmy/companion/money/money-host";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import type { TreasuryOptions } from "./treasury-options.ts";

/** The books that a command is about; throws `bad-file` where there are none yet. */
function booksFile(files: MoneyFiles, { lightning, data }: TreasuryOptions): string {
  const record = lightning === "mock" ? null : readConnection(files.lnd);
  if (record === null && lightning === "lnd") throw new TimmyError("not-connected");
  const path = files.books(record === null ? "mock" : booksName(record));
  if (existsSync(path)) return path;
  throw new TimmyError("bad-file", `There are no books in ${data} yet: start timmy up once.`);
}

/** Reads the books, also while timmy is up; nothing is written. */
export function withBooks<T>(options: TreasuryOptions, work: (books: Books) => T): T {
  const { clock } = createSystemTime();
  const path = booksFile(moneyFiles(options.data), options);
  const books = openBooks({ path, clock, mode: "read" });
  try {
    return work(books);
  } finally {
    books.close();
  }
}

/** The treasury on the same books; `asks` says whether the node behind it is asked too. */
export async function withTreasury<T>(
  options: TreasuryOptions,
  asks: "node" | "books",
  work: (host: MoneyHost) => T | Promise<T>,
): Promise<T> {
  const time = createSystemTime();
  const random = createRandom(randomBytes(4).readUInt32LE());
  const files = moneyFiles(options.data);
  booksFile(files, options);
  const host = await openMoneyHost(
    { files, time, makeId: createIds(time.clock, random), random, logger: createMemoryLogger() },
    {
      lightning: options.lightning,
      asks,
      keyFile: options.keyFile,
      credentialsFolder: process.env["CREDENTIALS_DIRECTORY"],
    },
  );
  try {
    return await work(host);
  } finally {
    await host.stop();
  }
}

/** Asks the treasury that is up; null when none is. Throws what it answers as a problem. */
export function askRunning(options: TreasuryOptions, method: string, path: string) {
  const { address } = moneyFiles(options.data);
  return new Promise<unknown>((resolve, reject) => {
    if (!existsSync(address)) return resolve(null);
    const socketPath = readFileSync(address, "utf8").trim();
    const headers = { "content-type": "application/json" };
    const sent = request({ socketPath, method, path, headers, timeout: 60_000 }, (message) => {
      let text = "";
      message.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      message.on("end", () => {
        const body = JSON.parse(text) as { code?: ErrorCode; detail?: string };
        if ((message.statusCode ?? 500) < 400) resolve(body);
        else reject(new TimmyError(body.code ?? "internal", body.detail ?? ""));
      });
    });
    sent.on("timeout", () => reject(new TimmyError("treasury-away", "It was silent for 60 s.")));
    // A process that is gone left its address.
    sent.on("error", () => resolve(null)).end("{}");
  });
}
