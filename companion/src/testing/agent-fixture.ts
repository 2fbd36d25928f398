import type { CallAsk, CallBody, CallOutcome, OwnerCall } from "@timmy/shared/agent/owner-calls";
import type { AgentView, MemoryView } from "@timmy/shared/agent/views";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import { type InfoPayload, infoPayload, type NodeStatus } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";

/** Lets everything run that waits for no timer. */
export const drain = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An agent as its body says it. */
export function agentViewOf(fields: Partial<AgentView> = {}): AgentView {
  return {
    ...{ id: "a".repeat(64), name: "Timmy", created_ms: 1, epoch: 1, generation: 0 },
    ...{ parent_id: null, life: "living", departed_to: "", node: "desk", body: "desktop" },
    ...{ capabilities: [], facts: 0, episodes: 0, blobs: 0, effects: 0, blocks: [] },
    ...{ lineage: [], waiting: [], moving: null },
    ...fields,
  };
}

/** A fact that the owner told, or what the fields make of it. */
export function memoryOf(text: string, fields: Partial<MemoryView> = {}): MemoryView {
  return { id: `id of ${text}`, kind: "fact", key: "", text, from: "owner", at_ms: 1, ...fields };
}

type Life = Pick<InfoPayload, "life"> & Partial<InfoPayload>;
/** A body on the broker as far as it introduces itself: its info and its status, both kept. */
export function createIntroducer(bus: Bus, encoder: Encoder) {
  return {
    info(node: string, fields: Life): void {
      const info = encoder.encode(infoPayload, {
        ...{ name: "Timmy", kind: "robot", model: "mk1", version: "1", epoch: 1 },
        ...{ agent: "a".repeat(64), departed_to: "", tier: "simulated", skills: "" },
        ...{ commands: "", schemas: "", ui: "", rooms: [], room_names: [] },
        ...{ max_speed_mps: 0, radius_m: 0 },
        ...fields,
      });
      bus.publish(topicsOf(node).info, info, { retain: true });
    },
    status(node: string, status: NodeStatus): void {
      bus.publish(topicsOf(node).status, status, { retain: true });
    },
  };
}

type Answers = {
  readonly [C in OwnerCall]?: (
    ask: CallAsk<C>,
    node: string,
  ) => CallOutcome<C> | Promise<CallOutcome<C>>;
};
export interface AskedCall {
  readonly node: string;
  readonly name: OwnerCall;
  readonly ask: unknown;
}

/** A fake: bodies that answer what the test wants, and are silent to all else. */
export function createFakeCalls(answers: Answers) {
  const asked: AskedCall[] = [];
  const call = (async (node: string, name: OwnerCall, ask: unknown) => {
    asked.push({ node, name, ask });
    const run = answers[name] as
      | ((ask: unknown, node: string) => Promise<CallOutcome<OwnerCall>>)
      | undefined;
    const silent = { ok: false, code: "reply-timeout", sentence: `"${node}" was asked.` } as const;
    return run === undefined ? silent : run(ask, node);
  }) as CallBody;
  return { call, asked, named: (name: OwnerCall) => asked.filter((one) => one.name === name) };
}
