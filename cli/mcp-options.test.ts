import { describe, expect, it } from "vitest";
import { mcpHelp, readMcpOptions } from "./mcp-options.ts";

describe("the options of timmy mcp", () => {
  it("ask the agent wherever it lives, over the broker at home", () => {
    expect(readMcpOptions([])).toEqual({
      ...{ help: false, data: ".timmy", broker: "mqtt://127.0.0.1:1883", node: null },
      companion: "companion",
    });
    const named = ["--node", "timmy", "--companion", "shop", "--broker", "mqtts://h:8883"];
    expect(readMcpOptions(named)).toMatchObject({
      ...{ node: "timmy", companion: "shop", broker: "mqtts://h:8883" },
    });
  });
  it.each([
    ["--node", "timmy/v1/#"],
    ["--companion", ""],
    ["--broker", "http://127.0.0.1"],
    ["--port", "1"],
    ["now"],
  ])("refuse %s %s", (...argv) => {
    expect(() => readMcpOptions(argv)).toThrow(expect.objectContaining({ code: "usage" }));
  });
  it("come with an example that is a client's configuration", () => {
    const examples = [...mcpHelp.matchAll(/^ {2}(\{[\s\S]*?\} \} \})$/gm)].map(
      ([, one = ""]) => one,
    );
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      const [servers] = Object.values(JSON.parse(example) as Record<string, { timmy: object }>);
      expect(servers?.timmy).toMatchObject({ command: "node" });
    }
  });
});
