import { describe, expect, it } from "vitest";
import { createTicking, exportBytes, openTestStore, teach } from "../testing/state-agent.ts";
import { importState } from "./import-state.ts";
import { sourceOfBytes } from "./state-file.ts";
import { verifyState } from "./verify-state.ts";

const secret = { kind: "passphrase", passphrase: "four random words here" } as const;
const wish = { as: "same", replace: false, node: "laptop" } as const;

describe("a state file", () => {
  it("is byte-equal after export, import and export", async () => {
    const { store } = openTestStore(1);
    teach(store, 40);
    const file = await exportBytes(store, { secret });
    const plain = await exportBytes(store);
    const { store: other, ports } = openTestStore(2);
    const taken = await importState(sourceOfBytes(file, secret), other, wish, {
      ...ports,
      clock: createTicking(),
    });
    expect(taken).toMatchObject({ ok: true, agent: { id: store.agent().id } });
    expect((await exportBytes(other)).toString()).toBe(plain.toString());
    expect(await verifyState(sourceOfBytes(plain))).toMatchObject({ ok: true });
  });
});
