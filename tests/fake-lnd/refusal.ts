import { status } from "@grpc/grpc-js";

export type StatusName = "UNKNOWN" | "NOT_FOUND" | "ALREADY_EXISTS" | "UNAVAILABLE" | "INTERNAL";

/** An answer of the fake that is an error: a gRPC status and the words that lnd uses. */
export class Refusal extends Error {
  readonly code: number;
  readonly details: string;

  constructor(name: StatusName, details: string) {
    super(details);
    this.code = status[name];
    this.details = details;
  }
}
