import { agentIdOf, signWith } from "@timmy/memory/identity-key";
import { claimText, type EpochClaim } from "@timmy/shared/agent/epoch-claim";
import { claimTopic } from "@timmy/shared/mqtt/topics";
import { describe, expect, it } from "vitest";
import { createEpochGuard } from "./epoch-guard.ts";

const seed = new Uint8Array(32).fill(7);
const agent = agentIdOf(seed);

function claim(over: Partial<EpochClaim> = {}, key = seed): [string, Uint8Array] {
  const made = { agent, epoch: 4, node: "desk", says: "holds", life: "l", n: 1, ...over } as const;
  const signature = Buffer.from(signWith(key, Buffer.from(claimText(made)))).toString("hex");
  const payload = JSON.stringify({ v: 1, seq: 0, ts: 0, ...made, signature });
  return [claimTopic(agent), Buffer.from(payload)];
}

describe("the broker's look at claims", () => {
  it("passes on what is signed, and every other topic unread", () => {
    const guard = createEpochGuard();
    expect(guard(...claim())).toBeNull();
    expect(guard(...claim({ epoch: 5, node: "attic" }))).toBeNull();
    expect(guard("timmy/v1/timmy/info", Buffer.from("anything"))).toBeNull();
  });
  it("refuses an epoch that is over, whatever it says", () => {
    const guard = createEpochGuard();
    guard(...claim({ epoch: 5 }));
    for (const says of ["asks", "holds", "hands"] as const) {
      expect(guard(...claim({ says, n: 9 }))).toContain("epoch 4, after 5");
    }
  });
  it("refuses what is forged, another agent's, or no claim: what it keeps stays", () => {
    const guard = createEpochGuard();
    expect(guard(...claim({}, new Uint8Array(32).fill(8)))).toContain("forged");
    expect(guard(claimTopic("b".repeat(64)), claim()[1])).toContain("another agent");
    expect(guard(claimTopic(agent), new Uint8Array())).toContain("form");
    const [topic, payload] = claim();
    const changed = Buffer.from(Buffer.from(payload).toString().replace('"epoch":4', '"epoch":9'));
    expect(guard(topic, changed)).toContain("forged");
    expect(guard(topic, payload)).toBeNull();
  });
});
