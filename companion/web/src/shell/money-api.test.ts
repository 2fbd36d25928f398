import { describe, expect, it } from "vitest";
import { sampleApproval } from "../core/money-samples.ts";
import type { MoneyAction } from "../core/money-state.ts";
import { createMoneyApi } from "./money-api.ts";

interface Scripted {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An API on scripted answers, the last of which repeats; `gate` holds them back. */
function createApi(answers: readonly (Scripted | "no network")[], gate = Promise.resolve()) {
  const actions: MoneyAction[] = [];
  const sent: { path: string; method: string; body: string }[] = [];
  let renewals = 0;
  const api = createMoneyApi({
    fetch: async (path, init) => {
      const next = answers[Math.min(sent.length, answers.length - 1)];
      sent.push({ path, method: init.method ?? "GET", body: String(init.body ?? "") });
      await gate;
      if (next === undefined || next === "no network") throw new TypeError("no network");
      return Response.json(next.body, { status: next.status, headers: { ...next.headers } });
    },
    renewSession: async () => {
      renewals += 1;
    },
    dispatch: (action) => {
      actions.push(action);
    },
    nowMs: () => 7,
  });
  return { api, actions, sent, renewals: () => renewals };
}
const ok = (body: unknown): Scripted => ({ status: 200, body });

describe("reading money", () => {
  it("puts a list on its shelf", async () => {
    const { api, actions } = createApi([ok({ payments: [] })]);
    await api.load("payments");
    const list = { name: "payments", value: { payments: [] } };
    expect(actions).toEqual([{ type: "list-read", list, nowMs: 7 }]);
  });
  it("says why a list could not be read, and when to try again", async () => {
    const away = { status: 503, body: { title: "Away.", code: "treasury-away", remedy: "Wait." } };
    const { api, actions } = createApi([{ ...away, headers: { "retry-after": "5" } }]);
    await api.load("market");
    expect(actions).toMatchObject([{ type: "list-failed", problem: { retryS: 5 } }]);
  });
  it("takes a new session when the companion was restarted", async () => {
    const { api, actions, renewals } = createApi([
      { status: 401, body: { code: "no-session" } },
      ok({ payments: [] }),
    ]);
    await api.load("payments");
    expect(renewals()).toBe(1);
    expect(actions).toMatchObject([{ type: "list-read" }]);
  });
  it("reads once more, and only once, what changed while it was being read", async () => {
    const gate = Promise.withResolvers<void>();
    const { api, sent } = createApi([ok({ payments: [] })], gate.promise);
    const first = api.load("payments");
    const others = [api.load("payments"), api.load("payments"), api.load("payments")];
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(sent).toHaveLength(2);
  });
});

describe("moving money", () => {
  it("binds a decision to the digest that was shown", async () => {
    const { api, sent, actions } = createApi([ok({}), ok({ approvals: [] })]);
    const approval = sampleApproval({ id: "w/7" });
    await api.decide({ approval, verdict: "approve", code: "123456" });
    expect(sent[0]?.path).toBe("/api/treasury/approvals/w%2F7/approve");
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual({ digest: approval.digest, code: "123456" });
    expect(sent[1]?.path).toBe("/api/treasury/approvals");
    expect(actions[0]).toEqual({ type: "decided", words: "Approved." });
  });
  it("says the refusal of a decision, without the code", async () => {
    const { api, actions } = createApi([{ status: 403, body: { title: "Wrong code." } }]);
    await api.decide({ approval: sampleApproval(), verdict: "deny", code: "654321" });
    expect(actions[0]).toEqual({ type: "decided", words: "Wrong code." });
    expect(JSON.stringify(actions)).not.toContain("654321");
  });
  it("freezes without a code and thaws with one", async () => {
    const { api, sent } = createApi([ok({})]);
    await api.killSwitch(true, "");
    await api.killSwitch(false, "123456");
    const bodies = sent.map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual([{ on: true }, { on: false, code: "123456" }]);
  });
  it("dispatches nothing of a node's secrets", async () => {
    const { api, actions } = createApi([ok({})]);
    const secrets = { macaroon_hex: "02aa", passphrase: "correct horse" };
    await api.connect({ address: "a:1", cert_pem: "", ...secrets });
    await api.unlock("correct horse");
    expect(actions).toEqual([]);
  });
  it("calls an answer that never came no answer, and sends nothing again by itself", async () => {
    const { api, sent } = createApi(["no network"]);
    const withdrawal = { amount_msat: "1", destination: "d", fee_cap_msat: "1", why: "w" };
    const answer = await api.withdraw({ key: "k", ...withdrawal });
    expect(answer).toMatchObject({ ok: false, problem: { code: "no-answer" } });
    expect(sent).toHaveLength(1);
  });
});
