import { describe, expect, it } from "vitest";
import { lndHelp, readLndOptions } from "./lnd-options.ts";

const connect = ["connect", "--address", "127.0.0.1:10009", "--cert", "tls.cert"];

describe("the arguments of timmy lnd", () => {
  it("name the node, its certificate and its admin macaroon", () => {
    expect(readLndOptions([...connect, "--macaroon", "admin.macaroon"])).toEqual({
      command: "connect",
      folder: ".timmy",
      address: "127.0.0.1:10009",
      certFile: "tls.cert",
      macaroonFile: "admin.macaroon",
      keyFile: null,
      weak: false,
    });
    expect(readLndOptions(["bake", "--macaroon", "m", "--data", "d", "--key-file", "k"])).toEqual({
      command: "bake",
      folder: "d",
      macaroonFile: "m",
      keyFile: "k",
    });
    const status = { command: "status", folder: ".timmy", json: true };
    expect(readLndOptions(["status", "--json"])).toEqual(status);
    expect(readLndOptions(["connect", "--help"])).toEqual({ command: "help" });
  });
  it("are refused when something is missing or not known", () => {
    const bad = [[], ["jump"], connect, ["bake"], ["status", "now"], ["status", "--loud"]];
    for (const argv of bad) {
      expect(() => readLndOptions(argv), argv.join(" ")).toThrow(
        expect.objectContaining({ code: "usage" }),
      );
    }
  });
  it("never hold a passphrase", () => {
    expect(() => readLndOptions(["status", "--passphrase", "secret"])).toThrow(/Unknown option/);
    expect(lndHelp).toMatch(/never taken from an argument/);
  });
});
