import { createAlarms } from "./alarms.ts";
import { createMoneyFixture, faultsOf, type MoneyFixture } from "./money-fixture.ts";
import type { Payment, Payments, SendRequest } from "./port.ts";

export const capMsat = 10_000n;
export const amountMsat = 50_000n;

/** A fixture whose agent has money, and what tests of payments do with it. */
export function setUp(fundedMsat = 1_000_000n) {
  const money = createMoneyFixture();
  money.fund("agent:a", fundedMsat);
  const payments = money.makePayments();
  const invoice = (msat: bigint | null = amountMsat, expiryS = 3600) =>
    money.mock.makeForeignInvoice(msat, "a cake", expiryS);
  const all = (from: Payments = payments) => from.list({ limit: 1000 });
  const faults = (from: Payments = payments) => faultsOf(money.books, all(from));
  /** Sends, and answers the payment once it rests in this state. */
  async function sendTo(state: Payment["state"], request: SendRequest, by: Payments = payments) {
    const sent = await by.send(request);
    if (!sent.ok) throw new Error(`${sent.code} ${sent.details}`);
    const now = () => by.get(sent.payment.id);
    await money.until(() => now()?.state === state);
    return now() as Payment;
  }
  const alarms = () => createAlarms({ ...money, clock: money.time.clock }).newest(10);
  return {
    ...money,
    payments,
    invoice,
    all,
    faults,
    sendTo,
    codes: () => alarms().map((a) => a.code),
  };
}
export type World = ReturnType<typeof setUp>;

/** What the party has, what is held of it, hot and in flight. */
export const figures = ({ party, balance }: MoneyFixture | World) => [
  party("agent:a").postedMsat,
  party("agent:a").heldMsat,
  balance("asset:ln-hot"),
  balance("asset:ln-inflight"),
];
