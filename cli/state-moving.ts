import { watchedMove } from "@timmy/companion/agent/watched-move";
import { takeBack } from "@timmy/memory/living/departure";
import { missingName } from "@timmy/shared/agent/ability-words";
import type { CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { AgentView, BodyView } from "@timmy/shared/agent/views";
import { createMemoryLogger, type Logger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { isFolderFree } from "./data-folder.ts";
import type { OwnerLine } from "./owner-line.ts";
import type { StateOptions } from "./state-options.ts";
import { answer, createProgress, openAgentOf } from "./state-parts.ts";
import { textTable } from "./text-table.ts";

/** The owner's line to his bodies over a broker. */
export type ConnectLine = (options: {
  readonly broker: string;
  readonly data: string;
  readonly logger: Logger;
}) => Promise<OwnerLine>;

const refused = (options: StateOptions, { code, sentence }: CallRefusal): number =>
  answer(options, false, { code, sentence }, sentence);

/** A line for one command; it ends with it. */
async function withLine(
  options: StateOptions,
  connect: ConnectLine,
  work: (line: OwnerLine) => Promise<number>,
): Promise<number> {
  const { broker, data } = options;
  const line = await connect({ broker, data, logger: createMemoryLogger() });
  try {
    return await work(line);
  } finally {
    await line.stop();
  }
}
/** The body that is asked: the one that was named, or the one in which the agent lives. */
const bodyOf = async ({ from }: StateOptions, line: OwnerLine) =>
  from === null ? line.living() : { node: from };

/** What need not be asked to be known. */
async function whyNotTo(node: string, to: string, line: OwnerLine): Promise<CallRefusal | null> {
  const refuse = (sentence: string): CallRefusal => ({ ok: false, code: "robot-away", sentence });
  if (to === node) {
    return { ok: false, code: "state-occupied", sentence: `"${to}" is where it is to leave.` };
  }
  const body = await line.find(to);
  if (body === null) {
    const known = line
      .bodies()
      .map((one) => one.node)
      .join(", ");
    return refuse(`There is no body "${to}" on this broker; there are ${known}.`);
  }
  return body.status === "online" ? null : refuse(`The body "${to}" is ${body.status}.`);
}

/** Over the broker, by the running bodies themselves: this program only asks, and shows how far it is. */
export function moveOver(options: StateOptions, to: string, connect: ConnectLine): Promise<number> {
  return withLine(options, connect, async (line) => {
    const from = await bodyOf(options, line);
    if ("ok" in from) return refused(options, from);
    const { node } = from;
    const why = await whyNotTo(node, to, line);
    if (why !== null) return refused(options, why);
    const progress = createProgress("Moving");
    const { timers } = createSystemTime();
    const onView = ({ moving }: AgentView) => progress.show(moving?.bytes ?? 0);
    const moved = await watchedMove({ call: line.call, timers, onView }, node, to);
    progress.end();
    if (!moved.ok) return refused(options, moved);
    const { epoch, bytes, missing } = moved.value;
    const lost = [...new Set(missing.map(missingName))].join(", ");
    const cannot = lost === "" ? "" : ` There it cannot ${lost}.`;
    const sentence = `The agent lives in "${to}" now, in epoch ${epoch} (${bytes} bytes).${cannot}`;
    return answer(options, true, moved.value, sentence);
  });
}

const stayed = "It stays, and acts here again.";
const fileIsVoid = " If a file of it was written, it must not be imported any more.";

/** In a folder on which nothing runs. */
function stayInFolder(options: StateOptions): number {
  const store = openAgentOf(options, "write");
  try {
    const { status, departedTo } = store.agent();
    if (status === "living") return answer(options, true, { status }, "It lives here already.");
    if (status !== "leaving") {
      const to = departedTo === "" ? "" : ` for "${departedTo}"`;
      const where = status === "departed" ? `It left${to}` : `It is ${status}`;
      const sentence = `${where}: there is nothing to take back.`;
      return refused(options, { ok: false, code: "agent-departed", sentence });
    }
    takeBack(store);
    return answer(options, true, { status: "living" }, stayed + fileIsVoid);
  } finally {
    store.stop();
  }
}

/** Bodies that hold a copy of the agent in `node` which was sent there and never lived. */
function copiesOf(node: string, bodies: readonly BodyView[]): string[] {
  const agent = bodies.find((body) => body.node === node)?.agent ?? "";
  return bodies
    .filter((body) => body.life === "arriving" && body.status === "online" && body.agent === agent)
    .map((body) => body.node);
}

/** Takes a move back that was not settled, in the running body or in the folder of one that stands. */
export async function stay(options: StateOptions, connect: ConnectLine): Promise<number> {
  if (options.from === null && isFolderFree(options.data)) return stayInFolder(options);
  return withLine(options, connect, async (line) => {
    const from = await bodyOf(options, line);
    if ("ok" in from) return refused(options, from);
    const { node } = from;
    const before = await line.call(node, "agent.view", {});
    // With that answer all has come that the broker keeps of the bodies.
    const drop = copiesOf(node, line.bodies());
    const done = await line.call(node, "agent.stay", { drop });
    if (!done.ok) return refused(options, done);
    const was = before.ok ? before.value : done.value;
    const undone = was.life === "leaving" || was.moving !== null;
    const file = was.life === "leaving" && was.moving === null ? fileIsVoid : "";
    const words = undone
      ? `It stays in "${node}", and acts there again.${file}`
      : `It lives in "${node}": no move was under way.`;
    const gone = drop.length === 0 ? "" : ` The copy in ${drop.join(", ")} is forgotten.`;
    const json = { life: done.value.life, undone, dropped: drop };
    return answer(options, true, json, `${words}${gone}`);
  });
}

/** Where the bodies are that this owner has on the broker. */
export function where(options: StateOptions, connect: ConnectLine): Promise<number> {
  return withLine(options, connect, async (line) => {
    const living = await line.living();
    const bodies = line.bodies();
    const rows = bodies.map(({ node, kind, status, life, name, epoch, departed_to }) => [
      ...[node, kind, status],
      life === "departed" ? `departed to ${departed_to}` : life,
      ...(life === "vacant" ? ["", ""] : [name, `epoch ${epoch}`]),
    ]);
    const found = "node" in living;
    const sentence = found ? `The agent lives in "${living.node}".` : living.sentence;
    const json = { living: found ? living.node : null, bodies };
    return answer(options, true, json, `${textTable(rows)}${sentence}`);
  });
}
