import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, expect, it } from "vitest";
import { calm, type Inhabited, type Substrate, substrates } from "./substrates.ts";

const folder = mkdtempSync(join(tmpdir(), "timmy-moving-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [robot, sim, desktop, chat] = substrates;
let files = 0;

async function say(body: Inhabited, text: string) {
  const percept = { type: "text", text, from: "owner", who: "anna" } as const;
  const state = await body.agent.perceive(percept, calm());
  const action = await body.settle(body.agent.decide(state, calm()));
  return body.settle(body.agent.act(action, calm()));
}

/** Moves the agent as a sealed file into a new body. */
async function move(body: Inhabited, to: Substrate, seed: number): Promise<Inhabited> {
  const path = join(folder, `${files++}.timmy.age`);
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const secret = { kind: "recipient", recipient } as const;
  const { signal } = new AbortController();
  const options = { mode: "move", signal, timeoutMs: 30_000 } as const;
  await body.agent.exportState({ to: "file", path, secret }, options);
  const arrived = await to.fromState({ path, secret: { kind: "identity", identity } }, seed);
  if (!arrived.ok) throw new TimmyError(arrived.code, arrived.sentence);
  return arrived.body;
}

it.each([
  [sim, desktop, robot],
  [robot, chat, sim],
] as const)("an agent taught in one body answers the same in two others: %#", async (...bodies) => {
  const [first, second, third] = bodies;
  if (first === undefined || second === undefined || third === undefined) throw new Error("bodies");
  const born = await first.open({ seed: 11 });
  const { id } = born.agent.identity;
  expect((await say(born, "remember that my tea is in the kitchen")).outcome).toBe("done");
  const told = await say(born, "where is my tea?");
  expect(told.sentence).toContain("my tea is in the kitchen");
  const message = new TextEncoder().encode("the same key");
  const signature = born.store.sign(message);

  const lived = [born];
  for (const [n, to] of [second, third].entries()) {
    const from = lived.at(-1);
    if (from === undefined) throw new Error("no body");
    const here = await move(from, to, 20 + n);
    expect(here.agent.identity).toMatchObject({ id, epoch: 2 + n });
    expect((await say(here, "where is my tea?")).sentence).toBe(told.sentence);
    // Ed25519 signs the same bytes the same way (RFC 8032): an equal signature is an equal key.
    expect(here.store.sign(message)).toEqual(signature);
    expect(here.store.lineage().map(({ what }) => what)).toContain("moved");
    for (const old of lived) {
      expect(await say(old, "where is my tea?")).toMatchObject({ reason: "agent-departed" });
      expect(old.store.agent().status).toBe("departed");
    }
    lived.push(here);
  }
  for (const body of lived) await body.stop();
});
