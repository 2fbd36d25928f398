import { createHash, createHmac, randomBytes as systemRandomBytes } from "node:crypto";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { parseMsat } from "@timmy/shared/money/amount";
import type { Books } from "../ledger/port.ts";
import type { Invoice } from "../lightning/backend.ts";
import { createAlarms } from "./alarms.ts";
import { takeInvoice } from "./invoice-credit.ts";
import { createInvoiceFeed } from "./invoice-feed.ts";
import { maxExpiryS, maxKeyLength, maxMemoBytes } from "./limits.ts";
import { createListeners } from "./listeners.ts";
import { createOpening } from "./opening.ts";
import { isParty } from "./payment-intake.ts";
import type { MoneyPorts, Payments, Sale, SaleRequest, SaleResult, Sales } from "./port.ts";
import { createSaleRows, type SaleRows } from "./sale-rows.ts";

export interface SalesPorts extends MoneyPorts {
  /** Tells of an invoice of ours that one of us paid inside. */
  readonly payments?: Pick<Payments, "onChange">;
  /** For the secret behind all preimages; the machine's own where it is not given. */
  readonly randomBytes?: (count: number) => Uint8Array;
}

const refuse = (code: ErrorCode, details = ""): SaleResult & { ok: false } => ({
  ok: false,
  code,
  details,
});

function checkSale(request: SaleRequest): ErrorCode | null {
  const { orderId, amountMsat, memo, service, expiryS } = request;
  if (parseMsat(amountMsat) === null) return "bad-amount";
  const fits =
    orderId !== "" &&
    orderId.length <= maxKeyLength &&
    Buffer.byteLength(memo) <= maxMemoBytes &&
    /^[A-Za-z0-9._@/-]{1,80}$/.test(service) &&
    isParty(request.party) &&
    Number.isSafeInteger(expiryS) &&
    expiryS > 0 &&
    expiryS <= maxExpiryS;
  return fits ? null : "bad-payload";
}

const sameRequest = (a: SaleRequest, b: SaleRequest): boolean =>
  a.amountMsat === b.amountMsat &&
  a.memo === b.memo &&
  a.party === b.party &&
  a.service === b.service &&
  a.expiryS === b.expiryS;

/** The secret that all preimages of these books come from; made once, inside a transaction. */
function preimageSecret(books: Books, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const known = books.sql.get<{ value: Uint8Array }>(
    "SELECT value FROM money_secrets WHERE name = 'preimages'",
  );
  if (known !== null) return known.value;
  const value = randomBytes(32);
  books.sql.run("INSERT INTO money_secrets (name, value) VALUES ('preimages', ?)", value);
  return value;
}

interface Begun {
  readonly sale: Sale;
  readonly preimage: Uint8Array;
  readonly fresh: boolean;
}

/** The row comes before the invoice; inside a transaction. Null: another request of the order. */
function begin(ports: SalesPorts, rows: SaleRows, request: SaleRequest): Begun | null {
  const secret = preimageSecret(ports.books, ports.randomBytes ?? systemRandomBytes);
  const preimage = createHmac("sha256", secret).update(request.orderId).digest();
  const known = rows.byOrder(request.orderId);
  if (known !== null) {
    return sameRequest(known, request) ? { sale: known, preimage, fresh: false } : null;
  }
  const { orderId, amountMsat, memo, party, service, expiryS } = request;
  const sale: Sale = {
    ...{ orderId, amountMsat, memo, party, service, expiryS },
    paymentHash: createHash("sha256").update(preimage).digest("hex"),
    ...{ bolt11: "", state: "draft", paidMsat: 0n, paidMs: null },
    createdMs: Math.round(ports.time.clock.wallMs()),
  };
  rows.insert(sale);
  return { sale, preimage, fresh: true };
}

/** Money that comes in; see `port.ts`. */
export function createSales(ports: SalesPorts): Sales {
  const { books, backend, time, logger } = ports;
  const rows = createSaleRows(books.sql);
  const opening = createOpening(ports);
  const alarms = createAlarms({ books, clock: time.clock, logger });
  const listeners = createListeners<Sale>(logger);
  const { tell } = listeners;
  const feed = createInvoiceFeed({ ...ports, rows, ensureOpen: opening.ensure, onPaid: tell });
  const unlisten = ports.payments?.onChange((payment) => {
    if (payment.state !== "succeeded") return;
    const sale = rows.byHash(payment.paymentHash);
    if (sale?.state === "paid") tell(sale);
  });

  /** The node's answer on disk, whatever became of the invoice meanwhile. */
  async function open(sale: Sale, invoice: Invoice): Promise<Sale> {
    const [now, paid] = await books.commit(() => {
      const nowMs = Math.round(time.clock.wallMs());
      const credited = takeInvoice({ books, rows, alarms, nowMs }, invoice);
      return [rows.byOrder(sale.orderId) ?? sale, credited];
    });
    if (paid !== null) tell(paid);
    return now;
  }
  async function create(given: SaleRequest, signal?: AbortSignal): Promise<SaleResult> {
    // As UTF-8 can hold it, so that the same request is the same after it was written and read.
    const request = { ...given, memo: given.memo.toWellFormed() };
    const fault = checkSale(request);
    if (fault !== null) return refuse(fault);
    try {
      const health = books.health();
      if (!health.ok) return refuse(health.code, health.details);
      await opening.ensure(signal);
      const begun = await books.commit(() => begin(ports, rows, request));
      if (begun === null) return refuse("duplicate-key");
      const { sale, preimage, fresh } = begun;
      if (sale.bolt11 !== "") return { ok: true, sale, fresh };
      const { amountMsat, memo, expiryS } = sale;
      const wanted = { preimage, amountMsat, memo, expiryS };
      const invoice = await backend.createInvoice(wanted, signal);
      if (invoice.paymentHash !== sale.paymentHash || invoice.amountMsat !== sale.amountMsat) {
        return refuse("lnd-refused", "The node made another invoice than it was asked for.");
      }
      return { ok: true, sale: await open(sale, invoice), fresh };
    } catch (cause) {
      if (!(cause instanceof TimmyError) || cause.code === "internal") throw cause;
      return refuse(cause.code, cause.details);
    }
  }
  return {
    create,
    get: (orderId) => rows.byOrder(orderId),
    list: ({ limit }) => rows.list(limit),
    onPaid: listeners.add,
    start: () => feed.start(),
    async stop() {
      unlisten?.();
      await feed.stop();
    },
  };
}
