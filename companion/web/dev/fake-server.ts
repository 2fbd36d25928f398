import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import { floorPlanSchema } from "@timmy/shared/map/floor-plan";
import { WebSocketServer } from "ws";
import { FakeAgent } from "./fake-agent.ts";
import type { MoneyAnswer } from "./fake-money.ts";
import { FakeMoney } from "./fake-money.ts";
import type { FakeTask } from "./fake-robot.ts";
import { FakeRobot } from "./fake-robot.ts";
import { smallHouse } from "./small-house.ts";

/** Serves the built page with a pretended companion and robot. For looking at the page, only. */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8099" },
    dist: { type: "string", default: join(import.meta.dirname, "../dist") },
  },
});
const dist = values.dist;
const worldFile = join(import.meta.dirname, "../../../sim/worlds/house_001.json");
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws:";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

function readPlan(): FloorPlan {
  try {
    const world = JSON.parse(readFileSync(worldFile, "utf8"));
    return floorPlanSchema.parse(world.plan ?? world);
  } catch {
    return smallHouse;
  }
}

const plan = readPlan();
const listeners = new Set<ServerResponse>();
const scenario = { quiet: false, refuseStop: false, status: "online", noMoney: false };
let tasks = 0;

function emit(name: string, body: object | null): void {
  if (scenario.quiet) return;
  const text = `event: ${name}\ndata: ${JSON.stringify(body)}\n\n`;
  for (const listener of listeners) listener.write(text);
}
const start = plan.rooms.find(({ id }) => id === "living_room")?.goal ??
  plan.rooms[0]?.goal ?? [1, 1];
const robot = new FakeRobot(plan, start, emit);
const money = new FakeMoney(emit);
const agent = new FakeAgent(emit);

function snapshot(): object {
  const groups = ["power", "pose", "drive", "range", "safety", "system", "mind"];
  return {
    now_ms: Date.now(),
    companion: { node: "companion", version: "0.1.0", mind: "rules" },
    treasury: scenario.noMoney ? null : money.treasury(),
    agent: agent.where(),
    mind: agent.mind(),
    robot: {
      node: "timmy",
      status: scenario.status,
      info: robot.info(),
      map: { v: 1, seq: 1, ts: Date.now(), plan },
      state: Object.fromEntries(groups.map((name) => [name, robot.group(name)])),
      path: robot.path(),
      events: robot.events(),
    },
  };
}

function makePlan(text: string): FakeTask["steps"] | null {
  const steps = text
    .toLowerCase()
    .split(/,| and | then /)
    .flatMap((part): FakeTask["steps"] => {
      const words = part.trim();
      const said = /^say (.+)$/.exec(words)?.[1];
      if (said !== undefined) return [{ text: `say "${said}"`, say: said }];
      if (words.includes("dock")) return [{ text: "go to the dock", place: "dock" }];
      const named = plan.rooms.filter((room) => words.includes(room.name) || words === room.id);
      return named.map(({ id, name }) => ({ text: `go to the ${name}`, place: id }));
    });
  return steps.length === 0 ? null : steps.slice(0, 4);
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
const ok = (
  sentence: string,
  taskId: string | null = null,
  speed: number | null = null,
): Answer => ({
  status: 200,
  body: { ok: true, code: null, sentence, task_id: taskId, speed_mps: speed },
});
const problem = (status: number, code: string, detail: string, remedy: string): Answer => ({
  status,
  body: { title: detail, detail, code, remedy, status },
});

function begin(text: string, decidedBy: string): Answer {
  const steps = makePlan(text);
  const remedy = "Use one of: go to, say, stop, patrol, dock, come back.";
  if (steps === null)
    return problem(422, "not-understood", "The instruction was not understood.", remedy);
  if (robot.stopState !== "none") {
    return problem(409, "stopped", "The robot is stopped.", "Reset the stop, then ask again.");
  }
  tasks += 1;
  const id = `task-${tasks}`;
  robot.begin({ id, instruction: text, decidedBy, steps });
  return ok("Accepted.", id);
}

function command(name: string, body: Readonly<Record<string, unknown>>): Answer {
  switch (name) {
    case "hear":
      return begin(String(body["text"]), "rules");
    case "goto":
      return begin(`go to the ${String(body["place"]).replaceAll("_", " ")}`, "owner");
    case "say":
      return begin(`say ${String(body["text"])}`, "owner");
    case "stop":
    case "estop":
      if (scenario.refuseStop) {
        return problem(
          503,
          "broker-away",
          "The message broker does not answer.",
          "Look at its log.",
        );
      }
      return ok("Stopping.", null, robot.halt(name === "estop" ? "estop" : "asked"));
    case "reset":
      return robot.reset(Number(body["generation"]))
        ? ok("Reset.")
        : problem(409, "reset-refused", "There is no such stop.", "Reload the page.");
    default:
      return problem(404, "not-found", "There is no such command.", "");
  }
}

/** Puts the fake into a state to look at: POST /fake {quiet, refuseStop, status, slips, money, agent}. */
function setScenario(body: Readonly<Record<string, unknown>>): Answer {
  if (typeof body["quiet"] === "boolean") scenario.quiet = body["quiet"];
  if (typeof body["refuseStop"] === "boolean") scenario.refuseStop = body["refuseStop"];
  if (typeof body["noMoney"] === "boolean") scenario.noMoney = body["noMoney"];
  if (body["noMoney"] === true) emit("treasury", null);
  if (typeof body["slips"] === "boolean") robot.slips = body["slips"];
  if (typeof body["money"] === "object" && body["money"] !== null) {
    money.setScenario(body["money"] as Readonly<Record<string, unknown>>);
  }
  if (typeof body["agent"] === "object" && body["agent"] !== null) {
    agent.setScenario(body["agent"] as Readonly<Record<string, unknown>>);
  }
  if (typeof body["status"] === "string") {
    scenario.status = body["status"];
    emit("status", { status: scenario.status });
  }
  return ok("This is a fake.");
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : JSON.parse(text);
}

function answerMoney(answer: MoneyAnswer, response: ServerResponse): void {
  const { status, body, retryAfterS, csv } = answer;
  const type = status === 200 ? "application/json" : "application/problem+json";
  response.writeHead(status, {
    "content-type": csv === true ? "text/csv" : type,
    ...(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }),
  });
  response.end(csv === true ? String(body) : JSON.stringify(body));
}

function serveFile(path: string, response: ServerResponse): void {
  const file = path === "/" ? "index.html" : normalize(path).replace(/^(\.\.[/\\])+/, "");
  try {
    const bytes = readFileSync(join(dist, file));
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": policy });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer((request, response) => {
  const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (path === "/api/events") {
    if (scenario.quiet) return;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(`event: snapshot\ndata: ${JSON.stringify(snapshot())}\n\n`);
    listeners.add(response);
    request.on("close", () => listeners.delete(response));
    return;
  }
  if (request.method !== "POST") {
    const name = path.startsWith("/api/") ? path.slice(5) : "";
    const read = agent.get(name, searchParams) ?? money.get(name, searchParams);
    return read === null ? serveFile(path, response) : answerMoney(read, response);
  }
  void readBody(request).then(async (body) => {
    const name = path.startsWith("/api/") ? path.slice(5) : "";
    if (name === "chat") return agent.chat(String(body["text"]), response);
    const asked = await (agent.post(name, body) ?? money.post(name, body));
    if (asked !== null) return answerMoney(asked, response);
    const { status, body: answer } =
      path === "/fake" ? setScenario(body) : command(name.replace(/^(robot|agent)\//, ""), body);
    const type = status === 200 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "content-type": type }).end(JSON.stringify(answer));
  });
});
const sockets = new WebSocketServer({ server, path: "/api/robot/joystick" });
sockets.on("connection", (socket) => {
  socket.on("message", (message) => {
    const { linear_mps, angular_radps } = JSON.parse(String(message));
    robot.drive(Number(linear_mps), Number(angular_radps));
  });
});
setInterval(() => robot.tick(), 50);
setInterval(() => emit("ping", { now_ms: Date.now() }), 400);
server.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`A FAKE companion and robot, to look at the page: http://127.0.0.1:${values.port}`);
});
