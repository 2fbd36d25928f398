import { expect, it } from "vitest";
import { exportBytes, openTestStore, teach } from "../testing/state-agent.ts";
import { type Difference, diffStates } from "./diff-states.ts";
import { sourceOfBytes } from "./state-file.ts";

it("finds what was added, changed and removed between two files, record by record", async () => {
  const { store } = openTestStore(1);
  teach(store, 20);
  const a = sourceOfBytes(await exportBytes(store));
  const [last] = store.facts({ limit: 1 });
  store.forget(last?.id ?? "");
  store.remember("key 2", "another value", "owner");
  store.remember("new", "value", "world");
  store.setPreference("colour", "green");
  const b = sourceOfBytes(await exportBytes(store));
  const seen: Difference[] = [];
  const found = await diffStates(a, b, (one) => seen.push(one));
  expect(found).toMatchObject({ ok: true, header: ["generation", "parent"] });
  expect(seen.map(({ section, what }) => `${what} ${section}`)).toEqual([
    "added preferences",
    "changed facts",
    "removed facts",
    "added facts",
  ]);
  expect(seen[0]).toMatchObject({ key: "colour", before: null });
  expect(await diffStates(a, a, () => expect.unreachable())).toMatchObject({
    ok: true,
    header: [],
  });
  const broken = sourceOfBytes(Buffer.from("x\n"));
  expect(await diffStates(a, broken, () => undefined)).toMatchObject({ ok: false, side: "b" });
});
