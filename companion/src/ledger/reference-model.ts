/**
 * The ledger as a person would write it on a napkin: numbers in maps, no disk, no cache. The property
 * tests play the same operations on both and compare every answer and every balance.
 */
export type Operation =
  | {
      readonly do: "post";
      readonly key: string;
      readonly lines: readonly (readonly [string, bigint])[];
    }
  | { readonly do: "hold"; readonly id: string; readonly account: string; readonly amount: bigint }
  | { readonly do: "release"; readonly id: string };

export function createModel() {
  const posted = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  const holds = new Map<string, { account: string; amount: bigint; open: boolean }>();
  const keys = new Map<string, string>();
  const of = (map: ReadonlyMap<string, bigint>, name: string) => map.get(name) ?? 0n;
  const free = (name: string) => of(posted, name) - of(held, name);
  const isCredit = (name: string) => /^(party|income):/.test(name);
  const text = (value: unknown) =>
    JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v));

  function post(key: string, lines: readonly (readonly [string, bigint])[]): string {
    const known = keys.get(key);
    if (known !== undefined) return known === text(lines) ? "same" : "duplicate-key";
    const after = new Map<string, bigint>();
    for (const [name, amount] of lines) {
      after.set(name, of(after, name) + (isCredit(name) ? -amount : amount));
    }
    for (const [name, change] of after) {
      if (name.startsWith("party:") && change < 0n && free(name) + change < 0n) {
        return "balance-too-low";
      }
    }
    keys.set(key, text(lines));
    for (const [name, change] of after) posted.set(name, of(posted, name) + change);
    return "fresh";
  }
  function hold(id: string, account: string, amount: bigint): string {
    const known = holds.get(id);
    if (known !== undefined) {
      return known.account === account && known.amount === amount ? "same" : "duplicate-key";
    }
    if (free(account) < amount) return "balance-too-low";
    holds.set(id, { account, amount, open: true });
    held.set(account, of(held, account) + amount);
    return "fresh";
  }
  function release(id: string): string {
    const known = holds.get(id);
    if (known === undefined) return "internal";
    if (!known.open) return "false";
    known.open = false;
    held.set(known.account, of(held, known.account) - known.amount);
    return "true";
  }
  return {
    step(operation: Operation): string {
      if (operation.do === "post") return post(operation.key, operation.lines);
      if (operation.do === "hold") return hold(operation.id, operation.account, operation.amount);
      return release(operation.id);
    },
    balance: (name: string) => ({ posted: of(posted, name), held: of(held, name) }),
  };
}
