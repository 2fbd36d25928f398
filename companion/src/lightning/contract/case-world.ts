import { createHash, randomBytes } from "node:crypto";
import { vi } from "vitest";
import type { Follow, Invoice, PaymentOutcome, PayRequest } from "../backend.ts";
import type { Ability, ContractFixture } from "../contract-fixture.ts";

/** The fixture is made before the first case, so the cases get a way to it. */
export type World = () => ContractFixture;

export const sat = (amount: number): bigint => BigInt(amount) * 1000n;
export const freshPreimage = (): Uint8Array => Uint8Array.from(randomBytes(32));
export const hashOf = (preimage: Uint8Array | string): string =>
  createHash("sha256")
    .update(typeof preimage === "string" ? Buffer.from(preimage, "hex") : preimage)
    .digest("hex");

/** Seconds that a node may need for what it does in the background. */
const patienceMs = 20_000;
export const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: patienceMs, interval: 50 });
export const following = (): Follow => ({ signal: AbortSignal.timeout(patienceMs) });

interface Skips {
  skip(note: string): never;
}
/** What the fixture can do; else the case ends here, and is reported with the reason. */
export function able<T>(ability: Ability<T>, { skip }: Skips): T {
  if (typeof ability === "object" && ability !== null && "cannot" in ability) skip(ability.cannot);
  return ability as T;
}

export const newInvoice = (
  world: World,
  wish: { amountMsat?: bigint; memo?: string; expiryS?: number; preimage?: Uint8Array } = {},
): Promise<Invoice> =>
  world().backend.createInvoice({
    preimage: wish.preimage ?? freshPreimage(),
    amountMsat: wish.amountMsat ?? sat(1000),
    memo: wish.memo ?? "tea",
    expiryS: wish.expiryS ?? 3600,
  });

export const pay = (
  world: World,
  bolt11: string,
  more: Partial<PayRequest> = {},
  follow: Follow = following(),
): Promise<PaymentOutcome> =>
  world().backend.payInvoice({ bolt11, maxFeeMsat: sat(50), timeoutS: 15, ...more }, follow);

/** Both ends of our channels, once nothing is on its way any more, neither out nor in. */
export const calmBalance = (world: World) =>
  eventually(async () => {
    const { backend } = world();
    const channels = await backend.channels();
    const balance = await backend.getBalance();
    const pending = channels.some((channel) => channel.pendingHtlcs > 0);
    if (pending || balance.channelUnsettledMsat !== 0n) throw new Error("something is in flight");
    return balance;
  });

/** Listens until `end`; what was told is in `told`. */
export function listen(world: World, cursor: { addIndex: bigint; settleIndex: bigint }) {
  const abort = new AbortController();
  const told: Invoice[] = [];
  const done = world().backend.subscribeInvoices(cursor, (i) => told.push(i), abort.signal);
  // It may end before `end` looks at it, when the node goes away.
  done.catch(() => {});
  return {
    told,
    /** Whether it resolves or rejects at the signal is the backend's own. */
    async end(): Promise<void> {
      abort.abort();
      await Promise.allSettled([done]);
    },
  };
}
