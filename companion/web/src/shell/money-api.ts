import type {
  ApprovalView,
  InvoiceView,
  JournalsView,
  ProbeView,
  TreasuryView,
} from "@timmy/shared/money/views";
import type { Withdrawal } from "../core/money-forms.ts";
import type { ListChange, ListName, MoneyAction } from "../core/money-state.ts";
import { earningDays, journalsPage, paymentsPage } from "../limits.ts";
import type { Answer, AskPorts } from "./ask.ts";
import { createAsk } from "./ask.ts";

export interface MoneyApiPorts extends AskPorts {
  readonly dispatch: (action: MoneyAction) => void;
  readonly nowMs: () => number;
}

export interface Decision {
  readonly approval: ApprovalView;
  readonly verdict: "approve" | "deny";
  readonly code: string;
}
export interface Connection {
  readonly address: string;
  readonly cert_pem: string;
  readonly macaroon_hex: string;
  readonly passphrase: string;
  readonly code?: string;
}
interface InvoiceRequest {
  readonly key: string;
  readonly amount_msat: string;
  readonly memo: string;
}

/** Secrets pass through here once, as arguments; nothing keeps them. */
export interface MoneyApi {
  /** Reads a list anew; while it is being read, once more afterwards. */
  load(name: ListName): Promise<void>;
  moreJournals(beforeSeq: number): Promise<void>;
  decide(decision: Decision): Promise<Answer<unknown>>;
  withdraw(withdrawal: Withdrawal & { readonly key: string }): Promise<Answer<ApprovalView>>;
  /** The same key again answers the same invoice. */
  makeInvoice(request: InvoiceRequest): Promise<Answer<InvoiceView>>;
  /** The invoice in the state that it is in now. */
  readInvoice(orderId: string): Promise<Answer<InvoiceView>>;
  playPayer(orderId: string): Promise<Answer<unknown>>;
  killSwitch(on: boolean, code: string): Promise<Answer<unknown>>;
  reconcile(): Promise<Answer<unknown>>;
  probe(address: string, certPem: string): Promise<Answer<ProbeView>>;
  connect(connection: Connection): Promise<Answer<unknown>>;
  unlock(passphrase: string): Promise<Answer<unknown>>;
}

const listPaths = {
  approvals: "treasury/approvals",
  earnings: `treasury/earnings?days=${earningDays}`,
  journals: `treasury/journals?before=0&limit=${journalsPage}`,
  lnd: "lnd",
  market: "market",
  payments: `treasury/payments?limit=${paymentsPage}`,
} as const satisfies Record<ListName, string>;

export function createMoneyApi(ports: MoneyApiPorts): MoneyApi {
  const { dispatch, nowMs } = ports;
  const ask = createAsk(ports);
  const running = new Map<ListName, { again: boolean }>();

  async function read(name: ListName): Promise<void> {
    const answer = await ask(listPaths[name]);
    if (answer.ok) {
      const list = { name, value: answer.value } as ListChange;
      dispatch({ type: "list-read", list, nowMs: nowMs() });
    } else dispatch({ type: "list-failed", name, problem: answer.problem });
  }

  return {
    async load(name) {
      const busy = running.get(name);
      if (busy !== undefined) {
        busy.again = true;
        return;
      }
      const turn = { again: false };
      running.set(name, turn);
      do {
        turn.again = false;
        await read(name);
      } while (turn.again);
      running.delete(name);
    },
    async moreJournals(beforeSeq) {
      const path = `treasury/journals?before=${beforeSeq}&limit=${journalsPage}`;
      const answer = await ask<JournalsView>(path);
      if (answer.ok) dispatch({ type: "journals-more", page: answer.value, nowMs: nowMs() });
      else dispatch({ type: "list-failed", name: "journals", problem: answer.problem });
    },
    async decide({ approval, verdict, code }) {
      const path = `treasury/approvals/${encodeURIComponent(approval.id)}/${verdict}`;
      const answer = await ask(path, { digest: approval.digest, code });
      const done = verdict === "approve" ? "Approved." : "Denied.";
      dispatch({ type: "decided", words: answer.ok ? done : answer.problem.sentence });
      await this.load("approvals");
      return answer;
    },
    withdraw: (withdrawal) => ask("treasury/withdrawals", withdrawal),
    makeInvoice: (request) => ask("treasury/invoices", request),
    readInvoice: (orderId) => ask(`treasury/invoices/${encodeURIComponent(orderId)}`),
    playPayer: (orderId) => ask(`treasury/invoices/${encodeURIComponent(orderId)}/settle`, {}),
    killSwitch: (on, code) => ask("treasury/kill-switch", on ? { on } : { on, code }),
    async reconcile() {
      const answer = await ask<NonNullable<TreasuryView["proof"]>>("treasury/reconcile", {});
      if (answer.ok) dispatch({ type: "proved", proof: answer.value, nowMs: nowMs() });
      return answer;
    },
    probe: (address, certPem) => ask("lnd/probe", { address, cert_pem: certPem }),
    connect: (connection) => ask("lnd/connect", connection),
    unlock: (passphrase) => ask("lnd/unlock", { passphrase }),
  };
}
