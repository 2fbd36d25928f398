import type { ErrorCode } from "@timmy/shared/errors";
import type { Sessions } from "./sessions.ts";

/** The parts of a request that decide whether it may pass, the same for HTTP and the upgrade. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly upgrade: boolean;
}

/** The exact names under which a loopback server is reached; anything else is DNS rebinding. */
export function loopbackHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

/**
 * Host first, then the origin of everything that changes something, then the session. A write
 * without an Origin header is refused too: every browser sends one.
 */
export function judgeRequest(
  head: RequestHead,
  hosts: readonly string[],
  sessions: Pick<Sessions, "has">,
): ErrorCode | null {
  if (head.host === undefined || !hosts.includes(head.host)) return "bad-origin";
  const reads = head.method === "GET" || head.method === "HEAD";
  const origins = hosts.map((host) => `http://${host}`);
  if (!reads || head.upgrade || head.origin !== undefined) {
    if (head.origin === undefined || !origins.includes(head.origin)) return "bad-origin";
  }
  const open = head.path === "/api/health" && reads && !head.upgrade;
  const guarded = head.upgrade || head.path === "/api" || head.path.startsWith("/api/");
  if (guarded && !open && !sessions.has(head.cookie)) return "no-session";
  return null;
}

/** Headers of every answer; `host` was checked before it is written into a policy. */
export function securityHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ws://${host}`,
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
  };
}
