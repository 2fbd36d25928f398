import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { readResult } from "@timmy/companion/mcp/mcp-fixture";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let timmy: RunningTimmy;
beforeAll(async () => {
  timmy = await startTimmy();
  await timmy.online();
});
afterAll(endAll);

const commandLine = (): readonly string[] => {
  const broker = `mqtt://127.0.0.1:${timmy.mqttPort}`;
  return [process.execPath, "timmy.ts", "mcp", "--data", timmy.folder, "--broker", broker];
};

/** An assistant that starts `timmy mcp` itself, as its configuration says. */
async function startAssistant(mode: "auto" | "legacy") {
  const [command = "", ...args] = commandLine();
  const transport = new StdioClientTransport({ command, args, cwd: root, stderr: "pipe" });
  const client = new Client({ name: "owner", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (name: string, input: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: input })) as unknown;
  return {
    client,
    call: async (name: string, input: object) => readResult(await call(name, { ...input })),
  };
}
const propose = (action: object) => ({ action, why: "It would help." });

describe("an assistant that starts timmy mcp", () => {
  it.each(["auto", "legacy"] as const)("reads the living agent (%s)", async (mode) => {
    const { client, call } = await startAssistant(mode);
    expect(client.getServerVersion()).toMatchObject({ name: "timmy" });
    const spoken = client.getNegotiatedProtocolVersion();
    expect(spoken === "2026-07-28").toBe(mode === "auto");
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("propose_action");
    const { value } = await call("state", {});
    expect(value).toMatchObject({ name: "Timmy", lives_in: "timmy", body: "sim", epoch: 1 });
    const quoted = await call("quote", { task: "Write a letter" });
    expect(quoted.value["quotes"]).toHaveLength(6);
  });
  it("finds the protocol alone on standard output, and exit code 0 when it leaves", async () => {
    const [command = "", ...args] = commandLine();
    const child = spawn(command, args, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
    const lines = createInterface({ input: child.stdout });
    const said: string[] = [];
    const ask = async (id: number, method: string, params: object) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      const [line] = (await once(lines, "line")) as [string];
      said.push(line);
    };
    const clientInfo = { name: "raw", version: "1" };
    await ask(0, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    await ask(1, "tools/call", { name: "state", arguments: {} });
    lines.on("line", (line) => said.push(line));
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(0);
    const ids = said.map((line) => (JSON.parse(line) as { readonly id?: number }).id);
    expect(ids).toEqual([0, 1]);
  });
  it("recalls what the owner said, and moves the robot only with his yes", async () => {
    const { call } = await startAssistant("auto");
    await timmy.post("/api/robot/hear", { text: "remember that my tea is in the kitchen" });
    const { value } = await call("recall", { query: "tea" });
    expect(value["memories"]).toContainEqual(
      expect.objectContaining({ said_by: "owner", text: expect.stringContaining("kitchen") }),
    );
    const before = timmy.truth();
    const asked = await call("propose_action", propose({ do: "goto", place: "kitchen" }));
    expect(asked).toMatchObject({ isError: false, value: { outcome: "waiting" } });
    const later = await timmy.truthWhen(({ timeMs }) => timeMs > before.timeMs + 1500, 20_000);
    expect([later.xM, later.yM]).toEqual([
      expect.closeTo(before.xM, 3),
      expect.closeTo(before.yM, 3),
    ]);
    const shown = await timmy.post("/api/robot/hear", { text: "yes" });
    expect(JSON.stringify(shown.body)).toContain("go to the kitchen");
    const begun = await timmy.post("/api/robot/hear", { text: "yes" });
    expect(begun.body).toMatchObject({ ok: true, sentence: "I will go to the kitchen." });
    await timmy.truthWhen(({ speedMps }) => Math.abs(speedMps) > 0.2, 20_000);
    const stopped = await call("propose_action", { action: { do: "stop" } });
    expect(stopped.value).toMatchObject({ outcome: "done" });
    await timmy.truthWhen(({ speedMps }) => Math.abs(speedMps) < 0.01, 5000);
  });
});
