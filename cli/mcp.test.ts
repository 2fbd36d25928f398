import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createFakeReach } from "@timmy/companion/mcp/mcp-fixture";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ConnectOwner, mcp } from "./mcp.ts";

const secret = "f00dfeedf00dfeedf00dfeedf00dfeed";
const memory = (text: string) => ({
  ...({ id: text, kind: "fact", key: "", text, from: "owner", at_ms: 0 } as const),
});

/** The command on a pair of pipes, with an agent that answers as scripted. */
function start(argv: readonly string[] = [], away: readonly ErrorCode[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "timmy-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "node.macaroon"), secret);
  const memories = [memory("tea"), memory(`the macaroon is ${secret}`)];
  const { reach, asked } = createFakeReach({
    "agent.memories": { memories, facts: 2, episodes: 0 },
  });
  const stopped: string[] = [];
  const still = [...away];
  const connect: ConnectOwner = async ({ broker, data }) => {
    const code = still.shift();
    if (code !== undefined) throw new TimmyError(code);
    return { ...reach, stop: async () => void stopped.push(`${broker} ${data === folder}`) };
  };
  const input = new PassThrough();
  const output = new PassThrough();
  let said = "";
  output.on("data", (bytes: Buffer) => {
    said += bytes.toString("utf8");
  });
  const logger = createMemoryLogger();
  const code = mcp(["--data", folder, ...argv], { connect, input, output, logger });
  let ids = 0;
  /** Sends a line as it is, or a request; answers the next line. */
  async function say(line: string): Promise<Record<string, unknown>> {
    const before = said.length;
    input.write(`${line}\n`);
    while (!said.slice(before).includes("\n")) await once(output, "data");
    return JSON.parse(said.slice(before)) as Record<string, unknown>;
  }
  const request = (method: string, params: object) =>
    say(JSON.stringify({ jsonrpc: "2.0", id: ids++, method, params }));
  const open = () =>
    request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    });
  const call = async (name: string, args: object) => {
    const { result } = await request("tools/call", { name, arguments: args });
    const [{ text }] = (result as { readonly content: [{ readonly text: string }] }).content;
    return JSON.parse(text) as Record<string, unknown>;
  };
  return {
    input,
    output,
    code,
    logger,
    stopped,
    asked,
    open,
    request,
    call,
    say,
    said: () => said,
  };
}

describe("timmy mcp", () => {
  it("speaks the protocol alone, and ends with 0 when the assistant leaves", async () => {
    const { input, code, stopped, open, request, call, said } = start();
    expect(await open()).toMatchObject({ result: { serverInfo: { name: "timmy" } } });
    await call("state", {});
    const { result } = await request("tools/list", {});
    expect((result as { readonly tools: readonly object[] }).tools).toHaveLength(4);
    for (const line of said().trim().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    }
    input.end();
    expect(await code).toBe(0);
    expect(stopped).toEqual(["mqtt://127.0.0.1:1883 true"]);
  });
  it("asks the agent where it lives, or the body that it was told", async () => {
    const home = start();
    await home.open();
    await home.call("state", {});
    expect(home.asked[0]?.node).toBe("timmy");
    home.input.end();
    const told = start(["--node", "attic", "--companion", "shop"]);
    await told.open();
    await told.call("state", {});
    await told.call("quote", { task: "x" });
    expect(new Set(told.asked.map(({ node }) => node))).toEqual(new Set(["attic", "shop"]));
    told.input.end();
    expect(await Promise.all([home.code, told.code])).toEqual([0, 0]);
  });
  it("is there before the house is, and says what is missing until it comes", async () => {
    const { input, code, stopped, open, call } = start([], ["owner-unproven", "broker-away"]);
    await open();
    expect(await call("state", {})).toMatchObject({ code: "owner-unproven" });
    expect(await call("quote", { task: "x" })).toMatchObject({ code: "broker-away" });
    expect(await call("recall", { query: "x" })).toMatchObject({ withheld: 1 });
    input.end();
    expect(await code).toBe(0);
    expect(stopped).toHaveLength(1);
  });
  it("gives out no memory that holds a secret of the folder", async () => {
    const { input, logger, open, call, said } = start();
    await open();
    expect(await call("recall", { query: secret })).toMatchObject({ withheld: 1 });
    expect(said() + JSON.stringify(logger.lines)).not.toContain(secret);
    input.end();
  });
  it("answers what is no message with nothing, and goes on", async () => {
    const { input, open, call } = start();
    input.write('{"jsonrpc":"1.0"}\nnonsense\n\u0000\n[[[[\n{"jsonrpc":"2.0","method":7}\n');
    await open();
    input.write('nonsense\n{"jsonrpc":"2.0","id":null,"method":"tools/call"}\n');
    expect(await call("recall", { query: "x" })).toMatchObject({ withheld: 1 });
    input.end();
  });
  it("ends the connection at a message without an end", async () => {
    const { input, code, open } = start();
    await open();
    for (let k = 0; k < 5; k++) input.write("x".repeat(1 << 20));
    expect(await code).toBe(0);
  });
  it("shows its help on standard output, and needs nothing for it", async () => {
    const { code, said, stopped } = start(["--help"]);
    expect(await code).toBe(0);
    expect(said()).toContain("claude_desktop_config.json");
    expect(stopped).toEqual([]);
  });
});
