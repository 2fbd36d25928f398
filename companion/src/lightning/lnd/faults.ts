import { status as grpcStatus } from "@grpc/grpc-js";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { maxReasonLength } from "./limits.ts";

/** Why a call failed, as gRPC told it. */
export interface Fault {
  /** A status code of gRPC. */
  readonly status: number;
  /** LND's words, cleaned. */
  readonly text: string;
  /** False only where it is certain that nothing of the request reached the node. */
  readonly sent: boolean;
}

/**
 * LND's interceptor answers these before a handler runs, with the status UNKNOWN
 * (lnd, rpcperms/interceptor.go; the last one: server.go).
 */
const lockedTexts = ["wallet locked, unlock it", "wallet not created"];
const startingTexts = [
  "waiting to start, RPC services not available",
  "the RPC server is in the process of starting up",
  "server is still in the process of starting",
];
/** The macaroon check's words (macaroon-bakery, bakery/error.go; lnd, macaroons/service.go). */
const macaroonTexts = [
  "permission denied",
  "verification failed",
  "cannot get macaroon",
  "cannot unmarshal macaroon",
  "expected 1 macaroon",
  "unable to get metadata from context",
  "macaroon",
];
/** What Node's TLS says of a certificate that is not the pinned one, is old, or has another name. */
const certificatePattern =
  /certificate|CERT_|self.signed|altnames|unable to verify|UNABLE_TO_|pinned/i;
/** grpc-js, while it has no connection or was kept from using it: nothing was ever written. */
const unsentPattern =
  /^(No connection established|Name resolution failed|Getting metadata from plugin failed)/;

/** Keeps a reason readable, and free of runs that could be a macaroon; public keys are shorter. */
export function cleanReason(text: string): string {
  const clean = text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\. Resolution note:\s*$/, "")
    .replace(/[A-Za-z0-9+/_-]{90,}={0,2}/g, "(hidden)");
  return clean.length <= maxReasonLength ? clean : `${clean.slice(0, maxReasonLength)}...`;
}

/** A fault from what grpc-js rejects with; anything else counts as sent and unknown. */
export function toFault(error: unknown): Fault {
  const { code, details, message } = error as {
    code?: unknown;
    details?: string;
    message?: string;
  };
  const text = cleanReason(String(details ?? message ?? "no reason given"));
  const status = typeof code === "number" ? code : grpcStatus.UNKNOWN;
  const sent = !(status === grpcStatus.UNAVAILABLE && unsentPattern.test(text));
  return { status, text, sent };
}

const hasAny = (text: string, parts: readonly string[]) =>
  parts.some((part) => text.includes(part));

/** True when LND's interceptor refused, so that no handler saw the request. */
export function wasRefusedAtTheDoor({ status, text }: Fault): boolean {
  if (status === grpcStatus.PERMISSION_DENIED || status === grpcStatus.UNAUTHENTICATED) return true;
  if (status !== grpcStatus.UNKNOWN) return false;
  return hasAny(text, lockedTexts) || hasAny(text, startingTexts) || hasAny(text, macaroonTexts);
}

/** The code of the table that says what a person can do about a fault. */
export function codeOfFault(fault: Fault): ErrorCode {
  const { status, text } = fault;
  switch (status) {
    case grpcStatus.UNAVAILABLE:
      return certificatePattern.test(text) ? "bad-certificate" : "lnd-away";
    case grpcStatus.DEADLINE_EXCEEDED:
    case grpcStatus.CANCELLED:
      return "lnd-away";
    case grpcStatus.PERMISSION_DENIED:
    case grpcStatus.UNAUTHENTICATED:
      return "macaroon-refused";
    default:
      if (hasAny(text, lockedTexts)) return "lnd-locked";
      if (hasAny(text, startingTexts)) return "lnd-starting";
      return wasRefusedAtTheDoor(fault) ? "macaroon-refused" : "lnd-refused";
  }
}

/** LND's words as a sentence. */
export const sentenceOf = ({ text }: Fault): string => (text.endsWith(".") ? text : `${text}.`);

export function errorOfFault(fault: Fault, call: string): TimmyError {
  return new TimmyError(codeOfFault(fault), `${call}: ${sentenceOf(fault)}`);
}
