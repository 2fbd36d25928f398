import { describe, expect, it } from "vitest";
import { readUpOptions } from "./up-options.ts";

describe("the arguments of timmy up", () => {
  it("mean the house with its page when there are none", () => {
    expect(readUpOptions([])).toMatchObject({
      headless: false,
      once: null,
      seed: 1,
      world: "house_001",
      speed: 1,
      httpPort: 8420,
      mqttPort: 1883,
      open: true,
      lightning: "auto",
      keyFile: null,
    });
  });
  it("take the backend from the environment unless the command line says otherwise", () => {
    expect(readUpOptions([], "mock").lightning).toBe("mock");
    expect(readUpOptions(["--lightning", "lnd"], "mock").lightning).toBe("lnd");
    expect(() => readUpOptions([], "bitcoin")).toThrow("--lightning wants");
  });
  it("run one instruction in lockstep unless a pace is given", () => {
    expect(readUpOptions(["--once", "go"]).speed).toBe("lockstep");
    expect(readUpOptions(["--once", "go", "--speed", "2"]).speed).toBe(2);
  });
  it.each([
    [["--seed", "-1"]],
    [["--seed", "x"]],
    [["--seed", "4294967296"]],
    [["--port", "70000"]],
    [["--mqtt-port", "0"]],
    [["--speed", "fast"]],
    [["--speed", "0"]],
    [["--speed", "lockstep"]],
    [["--lightning", "cloud"]],
    [["--nonsense"]],
    [["word"]],
  ])("refuse %j with a sentence", (argv) => {
    expect(() => readUpOptions(argv)).toThrow(/^The command line was not understood\. ./);
  });
});
