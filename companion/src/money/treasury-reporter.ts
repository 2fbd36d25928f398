import type { TreasuryView } from "@timmy/shared/money/views";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import { stateRefreshMs } from "@timmy/shared/mqtt/limits";
import { eventPayloads, statePayloads } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Timers } from "@timmy/shared/ports/time";
import type { TreasuryClient } from "./treasury-client.ts";

/** Satoshi with three decimals, for people and home automation; the books have the exact amounts. */
const sat = (msat: string): number => Number(msat) / 1000;

function toState({ backend, tiers, parties, approvals_waiting, kill_switch }: TreasuryView) {
  const held = parties.reduce((sum, party) => sum + BigInt(party.held_msat), 0n);
  return {
    backend: backend.kind,
    backend_state: backend.state,
    lightning_sat: sat(tiers.hot.balance_msat),
    onchain_sat: sat(tiers.warm.confirmed_msat),
    held_sat: sat(String(held)),
    day_spent_sat: sat(tiers.hot.day_spent_msat),
    approvals_waiting,
    kill_switch,
  };
}

/** Says on the broker what the treasury says: its state on change and every 10 s, each payment. */
export function startTreasuryReporter(ports: {
  readonly treasury: Pick<TreasuryClient, "view" | "onNews">;
  readonly bus: Bus;
  readonly node: string;
  readonly encoder: Encoder;
  readonly timers: Timers;
}): () => void {
  const { treasury, bus, encoder } = ports;
  const topics = topicsOf(ports.node);
  let told = "";
  function report(again: boolean): void {
    const view = treasury.view();
    if (view === null || !bus.connected()) return;
    const state = toState(view);
    const text = JSON.stringify(state);
    if (text === told && !again) return;
    told = text;
    const bytes = encoder.encode(statePayloads.treasury, state);
    bus.publish(topics.state("treasury"), bytes, { qos: 1, retain: true });
  }
  const endNews = treasury.onNews((news) => {
    if (news.type === "view") report(false);
    if (news.type === "payment" && bus.connected()) {
      const bytes = encoder.encode(eventPayloads.payment, news.data);
      bus.publish(topics.event("payment"), bytes, { qos: 1, retain: false });
    }
  });
  const timer = ports.timers.every("treasury's state again", stateRefreshMs, () => report(true));
  return () => {
    endNews();
    timer.cancel();
  };
}
