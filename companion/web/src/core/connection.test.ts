import { describe, expect, it } from "vitest";
import { checkCertificate, checkConnection, readAddress, readMacaroon } from "./connection.ts";

const pem = "-----BEGIN CERTIFICATE-----\nMIIC+/=\n-----END CERTIFICATE-----\n";

describe("the node's address", () => {
  it("gets LND's port where none is named", () => {
    expect(readAddress(" 10.0.0.5 ")).toBe("10.0.0.5:10009");
    expect(readAddress("home.local:10010")).toBe("home.local:10010");
    expect(readAddress("[fe80::1]:10009")).toBe("[fe80::1]:10009");
  });
  it("is a host and a port, no link and no path", () => {
    for (const text of ["", "https://home:10009", "home:0", "home:70000", "home/x", "a b"]) {
      expect(readAddress(text), text).toBeNull();
    }
  });
});

describe("the certificate", () => {
  it("is one certificate in PEM", () => {
    expect(checkCertificate(pem)).toBe("");
    expect(checkCertificate("MIIC")).not.toBe("");
    expect(checkCertificate(pem + pem)).toContain("One certificate");
  });
  it("is never a private key", () => {
    const key = ["-----BEGIN EC", "PRIVATE KEY-----"].join(" ");
    expect(checkCertificate(`${pem}${key}`)).toContain("private key");
  });
});

describe("the macaroon", () => {
  const bytes = Uint8Array.from([2, 1, ...Array.from({ length: 60 }, (_, at) => at)]);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  it("is taken as the binary file or as its hex", () => {
    expect(readMacaroon(bytes)).toBe(hex);
    expect(readMacaroon(new TextEncoder().encode(`${hex.toUpperCase()}\n`))).toBe(hex);
  });
  it("is no other file", () => {
    expect(readMacaroon(new TextEncoder().encode(pem))).toBeNull();
    expect(readMacaroon(new Uint8Array(5000).fill(2))).toBeNull();
    expect(readMacaroon(new Uint8Array())).toBeNull();
  });
});

describe("the secrets", () => {
  const whole = {
    macaroonHex: "02",
    passphrase: "long enough",
    repeated: "long enough",
    code: null,
  };
  it("go out without a code where nobody is enrolled, and with one where somebody is", () => {
    expect(checkConnection(whole)).toEqual({
      ok: true,
      value: { macaroon_hex: "02", passphrase: "long enough" },
    });
    expect(checkConnection({ ...whole, code: "123 456" })).toMatchObject({
      value: { code: "123456" },
    });
  });
  it("stay here while something is wrong with them", () => {
    const wrong = { macaroonHex: "", passphrase: "short", repeated: "other", code: "1" };
    const checked = checkConnection(wrong);
    const errors = checked.ok ? {} : checked.errors;
    expect(Object.keys(errors).sort()).toEqual(["code", "macaroon", "passphrase", "repeated"]);
    expect(JSON.stringify(errors)).not.toContain("short");
  });
});
