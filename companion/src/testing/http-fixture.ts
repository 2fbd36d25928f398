import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { createHttpApp, type HttpAppPorts } from "../http-app.ts";
import { loopbackHosts } from "../request-guard.ts";
import type { GatewayAnswer, RobotGateway } from "../robot-gateway.ts";
import type { RobotChange, RobotSnapshot } from "../robot-view.ts";
import { createSessions } from "../sessions.ts";
import { createStaticFiles } from "../static-files.ts";

export const host = "127.0.0.1:8420";
export const origin = `http://${host}`;
export const cookie = "timmy_session=token-0";
const good: GatewayAnswer = { ok: true, code: null, sentence: "Done.", taskId: "t1", speedMps: 0 };

/** A gateway that notes what it is told and answers what the test wants. */
function fakeGateway() {
  const told: string[] = [];
  const listeners = new Set<(change: RobotChange) => void>();
  let answer = good;
  const snapshot: RobotSnapshot = {
    node: "timmy",
    status: "online",
    info: null,
    map: null,
    state: {},
    path: null,
    events: [],
  };
  const tell = async (words: string) => {
    told.push(words);
    return answer;
  };
  const gateway: RobotGateway = {
    snapshot: () => snapshot,
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    hear: (text) => tell(`hear ${text}`),
    hearTask: (text) => tell(`task ${text}`),
    goto: (place) => tell(`goto ${place}`),
    say: (text) => tell(`say ${text}`),
    stop: () => tell("stop"),
    estop: () => tell("estop"),
    reset: (generation) => tell(`reset ${generation}`),
    drive: () => answer,
    counts: () => ({ bad: 0, pending: 0, leases: 0 }),
    close() {},
  };
  const publish = (change: RobotChange) => {
    for (const listen of listeners) listen(change);
  };
  return { gateway, told, publish, answerWith: (next: GatewayAnswer) => (answer = next) };
}

const folders: string[] = [];
/** Removes the folders that were made; for `afterEach`. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
}

/** The HTTP app over a fake gateway and a small built dashboard. */
export async function setUpHttp(
  options: {
    built?: boolean;
    treasury?: HttpAppPorts["treasury"];
    agent?: HttpAppPorts["agent"];
  } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), "timmy-web-"));
  folders.push(folder);
  const root = join(folder, "dist");
  await writeFile(join(folder, "secret.txt"), "secret");
  if (options.built !== false) {
    await mkdir(join(root, "assets"), { recursive: true });
    await writeFile(join(root, "index.html"), "<h1>Timmy</h1>");
    await writeFile(join(root, "assets", "app-Ab12_-9z.js"), "1;");
    await writeFile(join(root, "icon.svg"), "<svg/>");
    await writeFile(join(root, ".hidden.json"), "secret");
    await symlink(join(folder, "secret.txt"), join(root, "link.txt"));
  }
  const fake = fakeGateway();
  const time = createVirtualTime();
  let tokens = 0;
  const sessions = createSessions(() => `token-${tokens++}`);
  sessions.create();
  const http = createHttpApp({
    gateway: fake.gateway,
    sessions,
    files: createStaticFiles(root),
    time,
    logger: createMemoryLogger(),
    agent: options.agent ?? null,
    treasury: options.treasury ?? null,
    brokerConnected: () => true,
    hosts: () => loopbackHosts(8420),
    companion: { node: "companion", version: "0.1.0", mind: "rules" },
  });
  const get = async (path: string, headers: Record<string, string> = {}) =>
    http.app.request(path, { headers: { host, cookie, ...headers } });
  const post = async (path: string, body: string, headers: Record<string, string> = {}) =>
    http.app.request(path, {
      method: "POST",
      body,
      headers: { host, origin, cookie, "content-type": "application/json", ...headers },
    });
  return { ...fake, http, time, get, post };
}
