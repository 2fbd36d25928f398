import { verifySignature } from "@timmy/memory/identity-key";
import { claimText } from "@timmy/shared/agent/epoch-claim";
import { decodePayload } from "@timmy/shared/mqtt/codec";
import { claimPayload } from "@timmy/shared/mqtt/payloads";
import { claimTopic } from "@timmy/shared/mqtt/topics";
import { maxGuardedAgents } from "./limits.ts";

const prefix = claimTopic("");

/**
 * What the broker itself asks of a claim, so that nobody overwrites what it keeps: the agent's own
 * signature, and no lower epoch than it has seen. Answers why a message is not passed on, or null.
 */
export function createEpochGuard() {
  /** Of each agent; the one that was heard of first is forgotten at the limit. */
  const highest = new Map<string, number>();
  return (topic: string, payload: Uint8Array): string | null => {
    if (!topic.startsWith(prefix)) return null;
    const decoded = decodePayload(claimPayload, payload);
    if (!decoded.ok) return "a claim has another form";
    const { agent, epoch, node, says, life, n, signature } = decoded.value;
    if (topic !== claimTopic(agent)) return "a claim of another agent";
    const text = new TextEncoder().encode(claimText({ agent, epoch, node, says, life, n }));
    if (!verifySignature(agent, text, Buffer.from(signature, "hex"))) return "a forged claim";
    const known = highest.get(agent);
    if (known !== undefined && epoch < known) return `a claim of epoch ${epoch}, after ${known}`;
    if (known === undefined && highest.size >= maxGuardedAgents) {
      const [oldest] = highest.keys();
      if (oldest !== undefined) highest.delete(oldest);
    }
    // Who only asks may be gone again before it holds anything.
    if (says !== "asks") highest.set(agent, epoch);
    return null;
  };
}
