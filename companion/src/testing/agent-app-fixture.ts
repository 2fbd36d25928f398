import type { MindView, WhereView } from "@timmy/shared/agent/views";
import { createVirtualTime } from "@timmy/shared/ports/time";
import type { AgentAppPorts } from "../agent/agent-app.ts";
import { createChat } from "../agent/chat.ts";
import type { GatewayAnswer } from "../reply-desk.ts";
import { agentViewOf, createFakeCalls } from "./agent-fixture.ts";
import { createScriptedHost, type Script } from "./chat-fixture.ts";
import { setUpHttp } from "./http-fixture.ts";

const done = { ok: true, code: null, sentence: "Done.", taskId: null, speedMps: null } as const;
type Where = ReturnType<AgentAppPorts["directory"]["living"]>;
type Answers = Parameters<typeof createFakeCalls>[0];

/** The HTTP app over an agent that answers what the test wants, or over one that really lives. */
export async function setUpAgentApp(
  given: {
    readonly answers?: Answers;
    readonly real?: Pick<AgentAppPorts, "call"> & { readonly node: string };
    readonly script?: Script;
  } = {},
) {
  const time = createVirtualTime();
  const calls = createFakeCalls(given.answers ?? {});
  const call = given.real?.call ?? calls.call;
  const heard: string[] = [];
  const whereListeners = new Set<(view: WhereView) => void>();
  const mindListeners = new Set<(mind: MindView) => void>();
  const scripted = createScriptedHost(given.script ?? (() => ["Hello."]));
  let living: Where = { ok: true, node: given.real?.node ?? "desk" };
  let where: WhereView = { agent: agentViewOf(), sentence: "", bodies: [] };
  let answer: GatewayAnswer = done;
  let refreshed = 0;
  const directory: AgentAppPorts["directory"] = {
    ...{ living: () => living, view: () => where, start() {}, stop() {} },
    async refresh() {
      refreshed++;
    },
    onChange(listen) {
      whereListeners.add(listen);
      return () => whereListeners.delete(listen);
    },
  };
  const hear = async (text: string) => {
    heard.push(text);
    return answer;
  };
  const { host } = scripted;
  const ports: AgentAppPorts = {
    ...{ directory, call, hear, timers: time.timers, mind: () => host.view() },
    chat: createChat({ directory, call, host, hear, rooms: () => [], time }),
    onMind(listen) {
      mindListeners.add(listen);
      return () => mindListeners.delete(listen);
    },
  };
  const http = await setUpHttp({ agent: ports });
  return {
    ...{ ...http, ...scripted, calls, heard, agentTime: time, refreshed: () => refreshed },
    live: (next: Where) => {
      living = next;
    },
    hearWith: (next: GatewayAnswer) => {
      answer = next;
    },
    tellWhere(next: WhereView) {
      where = next;
      for (const listen of whereListeners) listen(next);
    },
    tellMind(next: MindView) {
      for (const listen of mindListeners) listen(next);
    },
    listeners: () => whereListeners.size + mindListeners.size,
  };
}
