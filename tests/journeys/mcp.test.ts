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

/** An assistant that starts `timmy mcp` itself, as its configuration says. */
async function startAssistant(mode: "auto" | "legacy") {
  const { folder, mqttPort } = timmy;
  const broker = `mqtt://127.0.0.1:${mqttPort}`;
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["timmy.ts", "mcp", "--data", folder, "--broker", broker],
    cwd: root,
    stderr: "pipe",
  });
  // What is no protocol on standard output is an error of the transport.
  const errors: Error[] = [];
  const client = new Client({ name: "owner", version: "1" }, { versionNegotiation: { mode } });
  client.onerror = (error) => errors.push(error);
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (name: string, input: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: input })) as unknown;
  return {
    client,
    errors,
    call: async (name: string, input: object) => readResult(await call(name, { ...input })),
  };
}
const propose = (action: object) => ({ action, why: "It would help." });

describe("an assistant that starts timmy mcp", () => {
  it.each(["auto", "legacy"] as const)("reads the living agent (%s)", async (mode) => {
    const { client, errors, call } = await startAssistant(mode);
    expect(client.getServerVersion()).toMatchObject({ name: "timmy" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("propose_action");
    const { value } = await call("state", {});
    expect(value).toMatchObject({ name: "Timmy", lives_in: "timmy", body: "sim", epoch: 1 });
    const quoted = await call("quote", { task: "Write a letter" });
    expect(quoted.value["quotes"]).toHaveLength(6);
    expect(errors).toEqual([]);
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
