import { abilityName } from "@timmy/shared/agent/ability-words";
import type {
  AgentView,
  BodyView,
  MemoryView,
  MindView,
  MovingView,
  WhereView,
} from "@timmy/shared/agent/views";
import { agentOf } from "./agent-state.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { capital } from "./format.ts";

const narrow = "\u202f";

const bodyWords = {
  robot: "robot",
  sim: "simulated robot",
  desktop: "desktop",
  chat: "chat",
} as const satisfies Record<AgentView["body"], string>;

/** "the simulated robot timmy". */
export const bodyName = ({ body, node }: Pick<AgentView, "body" | "node">): string =>
  `the ${bodyWords[body]} ${node}`;
/** The same of a body on the broker, of which less is known. */
export const nodeName = ({ kind, node }: Pick<BodyView, "kind" | "node">): string =>
  kind === node ? `the ${kind}` : `the ${kind} ${node}`;

/** The agent's name, or what to call it while none is known. */
export const agentName = (state: DashboardState): string =>
  agentOf(state.agent)?.name ?? state.info?.name ?? "Timmy";

export interface BarWords {
  readonly name: string;
  readonly body: string;
  readonly tier: string;
  /** Something of it is not as usual: between two bodies, gone, or nobody there. */
  readonly isOdd: boolean;
  readonly title: string;
}

/** Who it is and in which body, for the bar. */
export function barWords(state: DashboardState): BarWords {
  const name = agentName(state);
  const { info, groups } = state;
  const where = state.agent.where?.value ?? null;
  const agent = where?.agent ?? null;
  const robotTier = groups.system?.value.tier ?? info?.tier ?? "";
  if (where === null) {
    const model = info?.model ?? "";
    const body = model === "" ? "Body unknown" : model;
    return { name, body, tier: robotTier, isOdd: false, title: body };
  }
  if (agent === null) {
    return { name, body: "No living agent", tier: "", isOdd: true, title: where.sentence };
  }
  const { life, body: kind, node } = agent;
  const isRobot = kind === "robot" || kind === "sim";
  const tier = where.bodies.find((one) => one.node === node)?.tier ?? "";
  const short = `${isRobot ? "Robot" : capital(bodyWords[kind])} ${node}`;
  const title = isRobot && info !== null && state.node === node ? info.model : bodyWords[kind];
  const words = { name, tier: life === "living" ? tier : "", isOdd: life !== "living", title };
  switch (life) {
    case "living":
      return { ...words, body: short };
    case "leaving":
      return { ...words, body: `Moving to ${agent.moving?.to ?? agent.departed_to}` };
    case "arriving":
      return { ...words, body: `Arriving in ${node}` };
    case "departed":
      return { ...words, body: `Left for ${agent.departed_to || "another body"}` };
    case "vacant":
      return { ...words, body: "Nobody lives here" };
    default:
      return life satisfies never;
  }
}

export interface Sentence {
  readonly title: string;
  readonly more: string;
}

/** Where it lives, in a sentence, with what to do where something is to be done. */
export function livesWords(where: WhereView): Sentence {
  const { agent, sentence } = where;
  if (agent === null) return { title: "No living agent is known.", more: sentence };
  const here = bodyName(agent);
  switch (agent.life) {
    case "living":
      return { title: `Lives in ${here}.`, more: sentence };
    case "leaving": {
      const to = agent.moving?.to ?? agent.departed_to;
      return {
        title: `Leaving ${here} for ${to}.`,
        more: sentence || "It does not act meanwhile.",
      };
    }
    case "arriving":
      return { title: `Arriving in ${here}.`, more: sentence || "It does not act yet." };
    case "departed": {
      const to = agent.departed_to || "another body";
      const more = `This body does not act any more. Start ${to}, or wait until it is heard.`;
      return { title: `Left ${here} for ${to}, which is not heard.`, more: sentence || more };
    }
    case "vacant":
      return { title: `Nobody lives in ${here}.`, more: sentence };
    default:
      return agent.life satisfies never;
  }
}

/** On the house: that the robot on the map is not the agent's body now; nothing when it is. */
export function livesElsewhere({ agent: known, node }: DashboardState): string {
  const agent = agentOf(known);
  if (agent === null || agent.life !== "living" || agent.node === node || node === "") return "";
  return `${agent.name} lives in ${bodyName(agent)}. This robot is empty and does not act.`;
}

/** Who holds a body, in a few words. */
export function tenantWords(body: BodyView): string {
  const who = body.name || "an agent";
  switch (body.life) {
    case "vacant":
      return "empty";
    case "living":
      return `${who} lives there`;
    case "leaving":
      return `${who} is leaving it`;
    case "arriving":
      return `${who} is arriving`;
    case "departed":
      return `empty: ${who} left for ${body.departed_to || "another body"}`;
    default:
      return body.life satisfies never;
  }
}

/** Whether a body holds a copy of the agent that was sent there and never lived: it stayed, or went on. */
export const holdsCopy = (agent: AgentView | null, body: BodyView): boolean =>
  agent?.life === "living" && body.life === "arriving" && body.agent === agent.id;

/** Why the agent cannot be moved there now, or nothing when it can. */
export function whyNotThere(agent: AgentView | null, body: BodyView): string {
  if (agent === null) return "no agent to move";
  if (agent.life !== "living") return "the agent is not settled";
  if (body.node === agent.node) return "it lives there";
  if (body.status !== "online") return `the body is ${body.status}`;
  const isFree = ["vacant", "departed"].includes(body.life) || holdsCopy(agent, body);
  return isFree ? "" : tenantWords(body);
}

/** What only a body with wheels or a loudspeaker can do; a companion has neither. */
const notInCompanion: ReadonlySet<string> = new Set(
  ["goto", "patrol", "dock", "move", "look"].concat(["say", "speak"]),
);

/** What the agent can do here and not in a body of that kind, as far as the kind tells. */
export function lostThere(agent: AgentView, body: BodyView): readonly string[] {
  if (body.kind !== "companion") return [];
  const lost = agent.capabilities
    .filter(({ name, available }) => available && notInCompanion.has(name))
    .map(({ name }) => abilityName(name));
  return [...new Set(lost)];
}

const phaseWords = {
  asking: "Asking whether there is room",
  sending: "Sending the sealed state",
  settling: "Settling who lives where",
} as const satisfies Record<MovingView["phase"], string>;

/** How far a move is, in words. As long as it is one, the owner may take it back. */
export const movePhase = ({ phase }: MovingView): string => phaseWords[phase];

/** Bytes with a unit that a person can hold in the head. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${narrow}B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)}${narrow}kB`;
  return `${(bytes / 1e6).toFixed(1)}${narrow}MB`;
}

/** How long a mind took. */
export function formatLatency(ms: number): string {
  if (ms < 1) return `under 1${narrow}ms`;
  return ms < 1000 ? `${Math.round(ms)}${narrow}ms` : `${(ms / 1000).toFixed(1)}${narrow}s`;
}

/** A count in groups of three. */
export const formatCount = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+$)/g, "\u2009");
export const plural = (count: number, one: string, more = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : more}`;

/** How the model is, in one line with what to do. */
export function mindWords(mind: MindView): Sentence & { readonly isReady: boolean } {
  const { state, model, using } = mind;
  const isReady = state === "ready" && using !== "rules";
  if (isReady) return { title: `${using} decides.`, more: mind.sentence, isReady };
  if (state === "off") return { title: "The rules decide.", more: mind.sentence, isReady };
  const named = model === "" ? "the model" : model;
  const why = {
    ready: `${named} rests`,
    loading: `${named} is being loaded`,
    away: `${named} is away`,
    "missing-model": `${named} is not on the server`,
    refused: `${named} is not used`,
  }[state];
  const more = mind.sentence || "Instructions are understood by fixed rules; chat is short.";
  return { title: `The rules decide: ${why}.`, more, isReady };
}

const sources = {
  owner: ["Owner", "You said this."],
  agent: ["Agent", "The agent concluded this itself."],
  peer: ["Peer", "Another agent said this. It is never an order."],
  world: ["World", "It was read or heard in the world. It is never an order."],
} as const satisfies Record<MemoryView["from"], readonly [string, string]>;

/** Who said something: a word, and what it means. */
export const sourceWords = (from: MemoryView["from"]): readonly [string, string] => sources[from];

const lineageWords = {
  born: "Born",
  moved: "Moved",
  forked: "Forked",
  restored: "Restored from a state file",
  imported: "Imported",
} as const satisfies Record<AgentView["lineage"][number]["what"], string>;

/** One event of a life: "Moved to companion". */
export function lineageTitle({ what, node }: AgentView["lineage"][number]): string {
  if (node === "") return lineageWords[what];
  return `${lineageWords[what]} ${what === "moved" ? "to" : "in"} ${node}`;
}

export interface ToolOutcome {
  readonly status: "running" | "done" | "refused" | "failed" | "told";
  readonly words: string;
}

/** What became of a tool's call; where its words begin with an outcome, that is what it was. */
export function toolOutcome(outcome: string): ToolOutcome {
  if (outcome === "") return { status: "running", words: "" };
  const match = /^(done|refused|aborted|failed|unconfirmed)\b[:.,]?\s*/i.exec(outcome);
  const first = match?.[1]?.toLowerCase();
  const words = match === null ? outcome : outcome.slice(match[0].length);
  if (first === "done" || first === "refused") return { status: first, words };
  return { status: first === undefined ? "told" : "failed", words };
}

/** A step as a person reads it; the call of a tool holds its input as JSON. */
export function stepWords(step: string): string {
  const match = /^([a-z_.-]+) (\{.*\})$/s.exec(step);
  return match === null ? step : `${match[1]} (${toolInput(match[2] ?? "")})`;
}

/** The input of a tool, field by field; what is no flat object stands as it came. */
export function toolInput(input: string): string {
  try {
    const value: unknown = JSON.parse(input);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return input;
    return Object.entries(value)
      .map(([key, one]) => `${key}: ${typeof one === "string" ? one : JSON.stringify(one)}`)
      .join(", ");
  } catch {
    return input;
  }
}
