import type { ApprovalView, InvoiceView, TreasuryView } from "@timmy/shared/money/views";
import {
  fakeBackend,
  fakeEarnings,
  fakeInvoice,
  fakeJournals,
  fakePayments,
  fakePubkey,
  fakeTreasury,
  sat,
} from "./fake-books.ts";
import { fakeApprovals, fakeLnd, fakeMarket } from "./fake-decisions.ts";
import type { Emit } from "./fake-robot.ts";

type Fields = Readonly<Record<string, unknown>>;
export interface MoneyAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterS?: number;
  readonly csv?: boolean;
}

const refuse = (status: number, code: string, title: string, remedy: string): MoneyAnswer => ({
  status,
  body: { title, detail: title, code, remedy, status },
  ...(status === 503 ? { retryAfterS: 10 } : {}),
});
const done = (body: unknown = { ok: true }): MoneyAnswer => ({ status: 200, body });
/** The code that the fake takes; every other is refused. */
const goodCode = "123456";
const badCode = (): MoneyAnswer =>
  refuse(403, "bad-code", "The code is wrong or was used before.", "Wait for the next one.");

/** The money API of a companion, pretended. */
export class FakeMoney {
  #treasury: TreasuryView;
  #approvals: ApprovalView[] = [];
  #invoices = new Map<string, InvoiceView>();
  #empty = false;
  #fails = false;
  #lnd = false;
  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
    this.#treasury = fakeTreasury(Date.now(), false);
  }

  treasury(): TreasuryView {
    const waiting = this.#approvals.filter(({ state }) => state === "pending").length;
    return { ...this.#treasury, approvals_waiting: waiting };
  }
  #change(fields: Partial<TreasuryView>): void {
    this.#treasury = { ...this.#treasury, ...fields };
    this.#emit("treasury", this.treasury());
  }

  /** POST /fake {money: {kind, state, empty, enrolled, differs, approvals, alarm, fails}}. */
  setScenario(fields: Fields): void {
    const now = Date.now();
    const { kind, state } = fields;
    this.#empty = fields["empty"] === true;
    this.#fails = fields["fails"] === true;
    this.#approvals = fields["approvals"] === true ? fakeApprovals(now) : [];
    this.#invoices.clear();
    const backendKind = kind === "lnd" || kind === "none" ? kind : "mock";
    this.#lnd = backendKind === "lnd";
    const states = ["active", "locked", "starting", "away", "refused", "vault-locked"] as const;
    const found = states.find((one) => one === state) ?? "active";
    this.#change({
      ...fakeTreasury(now, this.#empty),
      backend: fakeBackend(backendKind, found, now),
      approver_enrolled: fields["enrolled"] !== false,
      alarms: fields["alarm"] === true ? fakeAlarms(now) : [],
      ...(fields["differs"] === true ? { proof: fakeDifference(now) } : {}),
    });
  }

  get(path: string, query: URLSearchParams): MoneyAnswer | null {
    const now = Date.now();
    if (this.#fails) {
      return refuse(500, "books-broken", "The books do not add up.", "Run timmy treasury verify.");
    }
    if (path.startsWith("treasury/invoices/")) return this.#read(path.split("/")[2] ?? "");
    switch (path) {
      case "treasury":
        return done(this.treasury());
      case "treasury/journals":
        return done(this.#journals(now, query));
      case "treasury/payments":
        return done({ payments: this.#empty ? [] : fakePayments(now) });
      case "treasury/earnings":
        return done(fakeEarnings(now, this.#empty));
      case "treasury/approvals":
        return done({ approvals: this.#approvals });
      case "treasury/export.csv":
        return { status: 200, body: "seq,at,kind\n1,2026-11-22,sale\n", csv: true };
      case "lnd":
        return done(fakeLnd(this.#lnd, this.#treasury.backend.state === "vault-locked"));
      case "market":
        return done(this.#empty ? { auctions: [] } : fakeMarket(now));
      default:
        return null;
    }
  }
  #journals(now: number, query: URLSearchParams): object {
    const before = Number(query.get("before") ?? "0") || Number.POSITIVE_INFINITY;
    const all = this.#empty ? [] : fakeJournals(now, 64);
    const journals = all.filter(({ seq }) => seq < before).slice(0, Number(query.get("limit")));
    const last = journals.at(-1)?.seq ?? 1;
    return { journals, next: last > 1 ? last : 0 };
  }

  post(path: string, body: Fields): MoneyAnswer | null {
    const [first, second, id = "", act] = path.split("/");
    if (first === "lnd") return this.#postLnd(second ?? "", body);
    if (second === "approvals") return this.#decide(id, act === "approve", body);
    if (second === "invoices" && act === "settle") return this.#settle(id);
    switch (second) {
      case "invoices":
        return this.#invoice(body);
      case "withdrawals":
        return this.#withdraw(body);
      case "kill-switch":
        if (body["on"] !== true && body["code"] !== goodCode) return badCode();
        this.#change({ kill_switch: body["on"] === true });
        return done();
      case "reconcile":
        return this.#reconcile();
      default:
        return null;
    }
  }
  #reconcile(): MoneyAnswer {
    if (this.#treasury.backend.state !== "active") {
      return refuse(503, "lnd-away", "The Lightning node does not answer.", "Check that it runs.");
    }
    const proof = { at_ms: Date.now(), ok: true, differences: [] };
    this.#change({ proof });
    return done(proof);
  }
  #decide(id: string, isYes: boolean, body: Fields): MoneyAnswer {
    if (body["code"] !== goodCode) return badCode();
    this.#approvals = this.#approvals.map((one) =>
      one.id !== id
        ? one
        : {
            ...one,
            state: isYes ? "executing" : "rejected",
            decided_ms: Date.now(),
            decided_by: "person:owner",
          },
    );
    this.#change({});
    return done();
  }
  #withdraw(body: Fields): MoneyAnswer {
    if (this.#treasury.kill_switch) {
      return refuse(403, "kill-switch", "All spending is frozen.", "Take the kill switch back.");
    }
    const [model] = fakeApprovals(Date.now());
    if (model === undefined) return refuse(500, "internal", "No model.", "");
    this.#approvals.unshift({
      ...model,
      id: `w${100 + this.#approvals.length}`,
      requested_by: "person:owner",
      why: String(body["why"]),
      amount_msat: String(body["amount_msat"]),
      fee_cap_msat: String(body["fee_cap_msat"]),
      destination: String(body["destination"]),
    });
    this.#change({});
    return done(this.#approvals[0]);
  }
  #invoice(body: Fields): MoneyAnswer {
    if (this.#treasury.backend.state !== "active") {
      return refuse(503, "lnd-away", "The Lightning node does not answer.", "Check that it runs.");
    }
    const key = String(body["key"]);
    const known = this.#invoices.get(key);
    if (known !== undefined) return done(known);
    const made: InvoiceView = {
      order_id: `order-${this.#invoices.size + 1}`,
      bolt11: fakeInvoice(this.#invoices.size + 6, Number(body["amount_msat"]) / 1000),
      amount_msat: String(body["amount_msat"]),
      state: "open",
      expires_ms: Date.now() + 3_600_000,
    };
    this.#invoices.set(key, made);
    return done(made);
  }
  #read(orderId: string): MoneyAnswer {
    const found = [...this.#invoices.values()].find(({ order_id }) => order_id === orderId);
    return found === undefined ? refuse(404, "not-found", "Nothing here.", "") : done(found);
  }
  #settle(orderId: string): MoneyAnswer {
    for (const [key, invoice] of this.#invoices) {
      if (invoice.order_id === orderId) this.#invoices.set(key, { ...invoice, state: "paid" });
    }
    this.#change({});
    return done();
  }
  #postLnd(act: string, body: Fields): MoneyAnswer {
    if (act === "probe") {
      return done({
        fingerprint: fakePubkey(12).slice(2),
        names: ["localhost", "home-node", "10.0.0.5"],
        valid_until_ms: Date.now() + 400 * 86_400_000,
        reachable: true,
        sentence: "A node with this certificate listens there.",
      });
    }
    if (act === "unlock" && body["passphrase"] !== "open sesame") {
      return refuse(
        403,
        "bad-passphrase",
        "The passphrase or key does not open the vault.",
        "Try again; without it connect the node anew.",
      );
    }
    this.#lnd = true;
    this.#change({ backend: fakeBackend("lnd", "active", Date.now()) });
    return done();
  }
}

const fakeAlarms = (now: number): TreasuryView["alarms"] => [
  {
    at_ms: now - 180_000,
    code: "success-after-failure",
    sentence: "A payment that counted as failed went through: 100 sat, order-31. The books follow.",
  },
];
const fakeDifference = (now: number): NonNullable<TreasuryView["proof"]> => ({
  at_ms: now - 50_000,
  ok: false,
  differences: [
    {
      kind: "unexplained",
      account: "asset:ln-hot",
      ledger_msat: sat(412_350.25),
      node_msat: sat(412_250.25),
      sentence: "The channels hold 100 sat less than the books say, and no payment explains it.",
    },
  ],
});
