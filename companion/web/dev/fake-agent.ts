import type { ServerResponse } from "node:http";
import type {
  AgentView,
  BodyView,
  ChatPiece,
  DecisionsView,
  MemoryView,
  MindView,
  ProposalView,
  WhereView,
} from "@timmy/shared/agent/views";
import { fakeHex } from "./fake-books.ts";
import {
  desktopAbilities,
  fakeAgent,
  fakeBodies,
  fakeDecisions,
  fakeEpisodes,
  fakeFacts,
  fakeMind,
  fakeWaiting,
} from "./fake-lives.ts";
import type { MoneyAnswer } from "./fake-money.ts";
import type { Emit } from "./fake-robot.ts";

type Fields = Readonly<Record<string, unknown>>;
const done = (body: unknown): MoneyAnswer => ({ status: 200, body });
const refuse = (status: number, code: string, title: string, remedy: string): MoneyAnswer => ({
  status,
  body: { title, detail: title, code, remedy, status },
});
const stateBytes = 1_480_000;
const lives = ["vacant", "living", "leaving", "departed", "arriving"] as const;
const minds = ["ready", "loading", "away", "missing-model", "refused", "off"] as const;

/** The agent's API of a companion, pretended: memories, decisions, chat, moving. */
export class FakeAgent {
  #agent: AgentView | null = fakeAgent(Date.now());
  #sentence = "";
  #bodies: BodyView[] = fakeBodies();
  #mind: MindView = fakeMind("ready");
  #facts: MemoryView[] = fakeFacts(Date.now());
  #episodes: MemoryView[] = fakeEpisodes(Date.now());
  #forgotten = new Map<string, { memory: MemoryView; at: number }>();
  #decisions: DecisionsView["decisions"] = fakeDecisions(Date.now());
  #kept = 0;
  #fails = false;
  /** Pieces of a chat after which it hangs; 0 = it goes on to its end. */
  #stalls = 0;
  #moveFails = false;
  #stepMs = 60;
  #move: { end(answer: MoneyAnswer): void; timer: NodeJS.Timeout } | null = null;
  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
  }
  where(): WhereView {
    return { agent: this.#agent, sentence: this.#sentence, bodies: this.#bodies };
  }
  mind(): MindView {
    return this.#mind;
  }
  #change(fields: Partial<AgentView>): void {
    if (this.#agent !== null) this.#agent = { ...this.#agent, ...fields };
    this.#emit("agent", this.where());
  }

  /** POST /fake {agent: {empty, life, mind, waiting, fails, stalls, moveFails, stepMs, blocks}}. */
  setScenario(fields: Fields): void {
    const now = Date.now();
    const isEmpty = fields["empty"] === true;
    this.#fails = fields["fails"] === true;
    this.#stalls = Number(fields["stalls"] ?? 0);
    this.#moveFails = fields["moveFails"] === true;
    this.#stepMs = Number(fields["stepMs"] ?? 60);
    this.#bodies = fields["alone"] === true ? [] : fakeBodies();
    this.#facts = isEmpty ? [] : fakeFacts(now);
    this.#episodes = isEmpty ? [] : fakeEpisodes(now);
    this.#decisions = isEmpty ? [] : fakeDecisions(now);
    this.#forgotten.clear();
    this.#mind = fakeMind(minds.find((one) => one === fields["mind"]) ?? "ready");
    this.#emit("mind", this.#mind);
    const agent = fakeAgent(now);
    const life = lives.find((one) => one === fields["life"]) ?? "living";
    this.#agent = fields["life"] === "none" ? null : { ...agent, ...fakeLife(life) };
    this.#sentence =
      this.#agent === null ? "Start the robot, or wait until a body is heard that holds it." : "";
    this.#change({
      waiting: fields["waiting"] === true ? fakeWaiting(now) : [],
      ...(isEmpty ? { blocks: [], lineage: agent.lineage.slice(0, 1), facts: 0, episodes: 0 } : {}),
      ...(fields["blocks"] === "full" ? { blocks: fullBlocks(now) } : {}),
    });
    this.#emit("decision", {});
  }

  get(path: string, query: URLSearchParams): MoneyAnswer | null {
    if (path === "agent") return done(this.where());
    if (!path.startsWith("agent/")) return null;
    if (this.#fails) {
      return refuse(503, "robot-away", "The robot is not connected.", "Start the robot process.");
    }
    if (path === "agent/memories") return done(this.#search(query));
    if (path === "agent/decisions") {
      return done({ decisions: this.#decisions.slice(0, Number(query.get("limit"))) });
    }
    return null;
  }
  #search(query: URLSearchParams): object {
    const all = query.get("kind") === "episode" ? this.#episodes : this.#facts;
    const words = (query.get("query") ?? "").toLowerCase();
    const searched = words === "" ? all : [...this.#facts, ...this.#episodes];
    const found = searched.filter(({ key, text }) =>
      `${key} ${text}`.toLowerCase().includes(words),
    );
    const before = query.get("before");
    const start = before === null ? 0 : found.findIndex(({ id }) => id === before) + 1;
    const memories = found.slice(start, start + Number(query.get("limit")));
    return { memories, facts: this.#facts.length, episodes: this.#agent?.episodes ?? 0 };
  }

  /** Null for what is none of the agent's; a move answers when it has ended. */
  post(path: string, body: Fields): MoneyAnswer | Promise<MoneyAnswer> | null {
    const name = path.replace(/^agent\//, "");
    switch (path === name ? "" : name) {
      case "memories":
        return this.#keep(body);
      case "memories/forget":
        return this.#forget(String(body["id"]));
      case "memories/restore":
        return this.#restore(String(body["id"]));
      case "blocks":
        return this.#write(String(body["name"]), String(body["text"]));
      case "name":
        this.#change({ name: String(body["name"]) });
        return done(this.#agent);
      case "confirm":
        return this.#confirm(String(body["digest"]), body["yes"] === true);
      case "move":
        return this.#startMove(String(body["to"]));
      case "stay":
        return this.#stay();
      default:
        return null;
    }
  }
  #keep(body: Fields): MoneyAnswer {
    const old = this.#facts.findIndex(({ id }) => id === body["id"]);
    this.#kept += 1;
    const memory: MemoryView = {
      id: old === -1 ? `n${this.#kept}` : String(body["id"]),
      kind: "fact",
      key: String(body["key"]),
      text: String(body["text"]),
      from: "owner",
      at_ms: Date.now(),
    };
    this.#facts = old === -1 ? [memory, ...this.#facts] : this.#facts.with(old, memory);
    this.#change({ facts: this.#facts.length });
    return done(memory);
  }
  #listOf(kind: MemoryView["kind"], list: MemoryView[]): void {
    if (kind === "fact") this.#facts = list;
    else this.#episodes = list;
    this.#change({ facts: this.#facts.length });
  }
  #forget(id: string): MoneyAnswer {
    const list = this.#facts.some((one) => one.id === id) ? this.#facts : this.#episodes;
    const at = list.findIndex((one) => one.id === id);
    const memory = list[at];
    if (memory === undefined) return refuse(404, "unknown-memory", "Nothing is remembered.", "");
    this.#forgotten.set(id, { memory, at });
    this.#listOf(memory.kind, list.toSpliced(at, 1));
    return done(memory);
  }
  #restore(id: string): MoneyAnswer {
    const kept = this.#forgotten.get(id);
    if (kept === undefined) return refuse(404, "unknown-memory", "It is gone.", "");
    const list = kept.memory.kind === "fact" ? this.#facts : this.#episodes;
    this.#listOf(kept.memory.kind, list.toSpliced(kept.at, 0, kept.memory));
    return done(kept.memory);
  }
  #write(name: string, text: string): MoneyAnswer {
    const blocks = this.#agent?.blocks ?? [];
    const at = blocks.findIndex((one) => one.name === name);
    const block = { name, text, from: "owner", at_ms: Date.now() } as const;
    const others = at === -1 ? blocks : blocks.toSpliced(at, 1);
    const next = text === "" ? others : others.toSpliced(at === -1 ? blocks.length : at, 0, block);
    this.#change({ blocks: next });
    return done({ blocks: next });
  }
  #confirm(digest: string, yes: boolean): MoneyAnswer {
    const waiting = this.#agent?.waiting ?? [];
    const one = waiting.find((proposal) => proposal.digest === digest);
    if (one === undefined) {
      return refuse(409, "confirmation-void", "This confirmation is not open any more.", "");
    }
    this.#change({ waiting: waiting.filter((proposal) => proposal !== one) });
    const view: ProposalView = yes
      ? { outcome: "done", reason: null, sentence: one.sentence, verdicts: [] }
      : { outcome: "refused", reason: "needs-owner", sentence: "You said no.", verdicts: [] };
    return done(view);
  }

  #startMove(to: string): Promise<MoneyAnswer> {
    const { promise, resolve } = Promise.withResolvers<MoneyAnswer>();
    let step = 0;
    const timer = setInterval(() => {
      step += 1;
      const bytes = Math.min(stateBytes, Math.max(0, (step - 3) * 80_000));
      const phase = step < 3 ? "asking" : bytes < stateBytes ? "sending" : "settling";
      if (this.#moveFails && bytes > stateBytes / 2) return this.#failMove(to);
      if (step > 26) return this.#arrive(to);
      this.#change({ moving: { to, phase, bytes, of: step < 3 ? 0 : stateBytes } });
    }, this.#stepMs);
    this.#move = { end: resolve, timer };
    return promise;
  }
  #endMove(answer: MoneyAnswer): void {
    clearInterval(this.#move?.timer);
    this.#move?.end(answer);
    this.#move = null;
  }
  #failMove(to: string): void {
    this.#change({ moving: null });
    this.#endMove(
      refuse(
        504,
        "reply-timeout",
        `${to} did not answer in time.`,
        "Look at its log; nothing was changed.",
      ),
    );
  }
  #stay(): MoneyAnswer {
    this.#change({ moving: null });
    this.#endMove(refuse(409, "superseded", "The move was taken back.", ""));
    return done(this.#agent);
  }
  #arrive(to: string): void {
    const from = this.#agent?.node ?? "";
    const epoch = (this.#agent?.epoch ?? 0) + 1;
    this.#bodies = this.#bodies.map((body) => {
      if (body.node === to) return { ...body, life: "living", name: "Timmy", epoch };
      return body.node === from ? { ...body, life: "departed", departed_to: to } : body;
    });
    this.#change({
      node: to,
      body: to === "companion" ? "desktop" : "sim",
      capabilities: to === "companion" ? desktopAbilities : fakeAgent(0).capabilities,
      epoch,
      moving: null,
      lineage: [
        ...(this.#agent?.lineage ?? []),
        { at_ms: Date.now(), what: "moved", node: to, epoch, note: "" },
      ],
    });
    const missing = ["cannot goto here", "cannot look here", "cannot speak here"];
    const hash = fakeHex(5, 32);
    this.#endMove(done({ to, epoch, generation: 3, bytes: stateBytes, hash, missing }));
  }

  /** Streams an answer, a piece every few milliseconds, until the page goes away. */
  chat(text: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const pieces = chatPieces(text, this.#facts, this.#mind);
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece !== undefined) response.write(`${JSON.stringify(piece)}\n`);
      if (pieces.length > 0 || this.#stalls > 0) return;
      clearInterval(timer);
      response.end();
    }, 40);
    response.on("close", () => clearInterval(timer));
    if (this.#stalls > 0) pieces.splice(this.#stalls);
  }
}

function fakeLife(life: AgentView["life"]): Partial<AgentView> {
  if (life === "departed") return { life, departed_to: "companion" };
  const moving = { to: "companion", phase: "settling", bytes: stateBytes, of: stateBytes } as const;
  return life === "leaving" ? { life, departed_to: "companion", moving } : { life };
}

const fullBlocks = (now: number): AgentView["blocks"] =>
  Array.from({ length: 8 }, (_, at) => ({
    name: `block ${at + 1}`,
    text: "Something that is always in the prompt. ".repeat(at + 1).trim(),
    from: "owner",
    at_ms: now - at * 3_600_000,
  }));

const words = (text: string): ChatPiece[] =>
  text.split(/(?<= )/).map((word) => ({ type: "text", text: word }));

function chatPieces(text: string, facts: readonly MemoryView[], mind: MindView): ChatPiece[] {
  const by = mind.using;
  const end: ChatPiece = { type: "done", decided_by: by, latency_ms: 1830, interrupted: false };
  if (by === "rules") {
    return [...words("No model is here to talk; I understand: go to the kitchen."), end];
  }
  const call = { type: "tool", name: "recall", input: JSON.stringify({ query: text }) } as const;
  const pay = { type: "tool", name: "goto", input: JSON.stringify({ place: "street" }) } as const;
  return [
    { type: "memories", memories: facts.slice(0, 2) },
    ...words("Let me look. "),
    { ...call, outcome: "" },
    { ...call, outcome: "done: You told me: the tea is in the blue tin." },
    ...words("You keep the tea in the blue tin, on the second shelf of the kitchen. "),
    { ...pay, outcome: "refused: There is no such room." },
    ...words("I cannot go out into the street: it is no room of this house."),
    end,
  ];
}
