import { createHash } from "node:crypto";
import type { OpenAgentStore } from "@timmy/memory/agent-store";
import { createLife, type Life } from "@timmy/memory/living/life";
import { proposalSettleMs } from "@timmy/memory/living/limits";
import { moveOver } from "@timmy/memory/living/move-over";
import { secretTexts } from "@timmy/memory/living/owner-key";
import type { Spool } from "@timmy/memory/living/spool";
import type { PrepareSearch } from "@timmy/shared/agent/agent-loop";
import type { Mind } from "@timmy/shared/agent/mind";
import { defaultOwners } from "@timmy/shared/agent/sender-rank";
import type { MakeId } from "@timmy/shared/ids";
import type { Rooms } from "@timmy/shared/mind/places";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { hearTimeoutMs, proposalTimeoutMs } from "../limits.ts";
import { toCallAnswer } from "../reply-desk.ts";
import { startBodyCommands } from "./body-commands.ts";
import { createDesktopTimAgent, type DesktopTimAgent } from "./desktop-tim-agent.ts";
import { createHearing, type Hearing } from "./hearing.ts";
import { wordsCapabilities } from "./words-body.ts";

export interface CompanionBodyPorts {
  readonly store: OpenAgentStore;
  readonly bus: Bus;
  readonly node: string;
  readonly version: string;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
  readonly mind: Mind;
  /** Of the house that is known here, if one is. */
  readonly rooms: () => Rooms;
  /** Puts words on the dashboard. */
  readonly show: (text: string) => void;
  readonly ownerKey: Uint8Array;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly makeSpool: () => Spool;
  readonly keepAt: (agentId: string) => string;
  readonly secrets: readonly Uint8Array[];
  /** Memories by meaning, where there is a model for it. */
  readonly prepareSearch?: PrepareSearch;
  readonly onChange: () => void;
}

/** The companion as a body that an agent can live in: the desktop, with the dashboard as its screen. */
export interface CompanionBody {
  readonly agent: DesktopTimAgent;
  readonly life: Life;
  readonly hearing: Hearing;
  start(): void;
  stop(): Promise<void>;
}

export function createCompanionBody(ports: CompanionBodyPorts): CompanionBody {
  const { store, bus, node, version, time, makeId, encoder, logger } = ports;
  const capabilities = wordsCapabilities(false);
  const ways = ports.prepareSearch === undefined ? {} : { prepareSearch: ports.prepareSearch };
  const exporter = `timmy ${version}`;
  const agent = createDesktopTimAgent({
    ...{ store, node, version, time, makeId, logger },
    ...{ mind: ports.mind, rooms: ports.rooms, randomBytes: ports.randomBytes },
    stateSecrets: ports.secrets,
    gate: { secrets: secretTexts(ports.secrets) },
    ...ways,
    sha256: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
    screen: async (text) => ports.show(text),
    speaker: null,
    authority: () => life.refusal(),
    toNode: (to) => moveOver(life.call, node, to),
  });
  const life = createLife({
    ...{ store, bus, node, time, makeId, encoder, logger, exporter, capabilities },
    ...{ ownerKey: ports.ownerKey, randomBytes: ports.randomBytes, secrets: ports.secrets },
    ...{ makeSpool: ports.makeSpool, keepAt: ports.keepAt, onChange: ports.onChange },
    kind: "desktop",
    ...ways,
    agent: () => agent,
    async propose(action, by, signal) {
      await life.settled(proposalSettleMs);
      return agent.propose(action, by, { signal, timeoutMs: proposalTimeoutMs });
    },
    async confirm(digest, yes, who, signal) {
      await life.settled(proposalSettleMs);
      return agent.confirm(digest, yes, who, { signal, timeoutMs: proposalTimeoutMs });
    },
    onSilenced: () => hearing.stop(),
  });
  const onError = (error: unknown) => logger.warn("a stop failed", { error: String(error) });
  const hearing = createHearing(agent, life, { onError });
  life.serve({
    async "agent.hear"({ text }) {
      const told = { who: "owner", from: "owner", timeoutMs: hearTimeoutMs } as const;
      return { ok: true, value: toCallAnswer(await hearing.hear(text, told)) };
    },
  });
  let endCommands = () => {};
  return {
    agent,
    life,
    hearing,
    start() {
      life.start();
      const { clock } = time;
      endCommands = startBodyCommands({
        ...{ bus, node, store, life, hearing, clock, encoder, logger, owners: defaultOwners },
      });
    },
    async stop() {
      endCommands();
      life.stop();
      await agent.shutdown();
      store.stop();
    },
  };
}
