import { status as grpcStatus } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { cleanReason, codeOfFault, errorOfFault, toFault, wasRefusedAtTheDoor } from "./faults.ts";

const fault = (status: number, text: string) => ({ status, text, sent: true });
const unknown = (text: string) => fault(grpcStatus.UNKNOWN, text);

describe("faults of gRPC", () => {
  it("are named by what a person can do about them", () => {
    const cases = [
      [unknown("wallet locked, unlock it to enable full RPC access"), "lnd-locked"],
      [unknown("wallet not created, create one to enable full RPC access"), "lnd-locked"],
      [unknown("waiting to start, RPC services not available"), "lnd-starting"],
      [
        unknown("the RPC server is in the process of starting up, but not yet ready"),
        "lnd-starting",
      ],
      [unknown("server is still in the process of starting"), "lnd-starting"],
      [unknown("permission denied"), "macaroon-refused"],
      [unknown("verification failed: signature mismatch"), "macaroon-refused"],
      [unknown("expected 1 macaroon, got 0"), "macaroon-refused"],
      [unknown("insufficient funds available"), "lnd-refused"],
      [fault(grpcStatus.PERMISSION_DENIED, "no"), "macaroon-refused"],
      [fault(grpcStatus.UNAVAILABLE, "Connection dropped"), "lnd-away"],
      [fault(grpcStatus.DEADLINE_EXCEEDED, "Deadline exceeded"), "lnd-away"],
      [fault(grpcStatus.CANCELLED, "Cancelled on client"), "lnd-away"],
    ] as const;
    for (const [given, code] of cases) expect(codeOfFault(given), given.text).toBe(code);
  });
  it("say bad-certificate for every way in which TLS refuses", () => {
    const texts = [
      "Error: the certificate is not the pinned one",
      "Error: self-signed certificate",
      "Error: unable to verify the first certificate",
      "Error: certificate has expired",
      "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames",
    ];
    for (const text of texts) {
      const whole = `No connection established. Last error: ${text}. Resolution note: `;
      expect(codeOfFault(fault(grpcStatus.UNAVAILABLE, whole)), text).toBe("bad-certificate");
    }
  });
  it("count as unsent only while there was no connection", () => {
    const unavailable = (details: string) => toFault({ code: grpcStatus.UNAVAILABLE, details });
    expect(unavailable("No connection established. Last error: x").sent).toBe(false);
    expect(unavailable("Name resolution failed for target dns:x").sent).toBe(false);
    expect(unavailable("Getting metadata from plugin failed with error: x").sent).toBe(false);
    expect(unavailable("Connection dropped").sent).toBe(true);
    expect(unavailable("read ECONNRESET").sent).toBe(true);
    const known = { code: grpcStatus.UNKNOWN, details: "No connection established" };
    expect(toFault(known).sent).toBe(true);
    expect(toFault(new Error("odd")).sent).toBe(true);
  });
  it("are refusals at the door only when LND's interceptor speaks", () => {
    expect(wasRefusedAtTheDoor(unknown("wallet locked, unlock it to enable"))).toBe(true);
    expect(wasRefusedAtTheDoor(unknown("routerrpc server shutting down"))).toBe(false);
    expect(wasRefusedAtTheDoor(fault(grpcStatus.UNAVAILABLE, "permission denied"))).toBe(false);
  });
});

describe("the text of an error", () => {
  it("never holds a macaroon, however the node quotes it", () => {
    const macaroon = `0201036c6e64${"5e0c".repeat(90)}`;
    const base64 = Buffer.from(macaroon, "hex").toString("base64");
    for (const secret of [macaroon, macaroon.toUpperCase(), base64, `x${macaroon}`]) {
      const details = `cannot use macaroon ${secret} for this`;
      const error = errorOfFault(toFault({ code: grpcStatus.UNKNOWN, details }), "getInfo");
      const shown = `${error.message} ${error.details} ${error.stack ?? ""}`;
      expect(shown).not.toContain(secret.slice(0, 40));
      expect(shown).toContain("(hidden)");
      expect(error.cause).toBeUndefined();
    }
  });
  it("keeps public keys and hashes readable, and is never long or of several lines", () => {
    const pubkey = `02${"ab".repeat(32)}`;
    expect(cleanReason(`peer ${pubkey} is not online`)).toContain(pubkey);
    expect(cleanReason("a\nb\r\u0000c")).toBe("a b c");
    const refused = "No connection established. Last error: connect ECONNREFUSED";
    expect(cleanReason(`${refused}. Resolution note: `)).toBe(refused);
    expect(cleanReason("word ".repeat(1000)).length).toBeLessThan(310);
  });
});
