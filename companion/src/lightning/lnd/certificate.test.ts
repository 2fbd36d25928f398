import { describe, expect, it } from "vitest";
import { nameToAskFor, probeCertificate, splitAddress } from "./certificate.ts";
import { pem } from "./certificate-fixture.ts";

describe("a certificate of LND", () => {
  it("tells its fingerprint, its names and its end", () => {
    const certificate = probeCertificate(pem);
    expect(certificate.fingerprint).toMatch(/^755B89BA|^75:5B:89:BA:86:60:B0:A5/);
    expect(certificate.names).toContain("localhost");
    expect(certificate.names).toContain("127.0.0.1");
    expect(certificate.validUntilMs).toBe(Date.UTC(2028, 0, 16, 11, 43, 22));
    expect(probeCertificate(`\n${pem}\n`).fingerprint).toBe(certificate.fingerprint);
  });
  it("is one certificate and nothing else", () => {
    const bent = ["", "x", pem + pem, pem.replace("MIIC", "AAAA"), `${pem}${"x".repeat(70_000)}`];
    for (const text of bent) {
      expect(() => probeCertificate(text)).toThrow(
        expect.objectContaining({ code: "bad-certificate" }),
      );
    }
  });
  it("is asked for by one of its own names, whatever the address", () => {
    const certificate = probeCertificate(pem);
    expect(nameToAskFor(certificate, "localhost")).toBeNull();
    expect(nameToAskFor(certificate, "127.0.0.1")).toBe("localhost");
    expect(nameToAskFor(certificate, "192.168.7.7")).toBe("localhost");
    expect(nameToAskFor(certificate, "node.example")).toBe("localhost");
  });
});

describe("an address", () => {
  it("is a host and a port", () => {
    expect(splitAddress("127.0.0.1:10009")).toEqual({ host: "127.0.0.1", port: 10_009 });
    expect(splitAddress("[::1]:10009")).toEqual({ host: "::1", port: 10_009 });
    expect(splitAddress("node.local:1")).toEqual({ host: "node.local", port: 1 });
  });
  it("is nothing else", () => {
    for (const text of ["", "host", "host:", ":1", "host:0", "host:65536", "http://h:1", "h:1/x"]) {
      expect(() => splitAddress(text), text).toThrow(/is not HOST:PORT/);
    }
  });
});
