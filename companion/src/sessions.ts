import { maxSessions } from "./limits.ts";

export const sessionCookie = "timmy_session";

/** Sessions of browsers on this machine: a random token each, kept in memory only. */
export function createSessions(randomToken: () => string) {
  const tokens = new Set<string>();
  return {
    create(): string {
      const [oldest] = tokens;
      if (tokens.size >= maxSessions && oldest !== undefined) tokens.delete(oldest);
      const token = randomToken();
      tokens.add(token);
      return token;
    },
    /** Whether a `Cookie` header carries a session of ours. */
    has(cookieHeader: string | null | undefined): boolean {
      return (cookieHeader ?? "").split(";").some((pair) => {
        const at = pair.indexOf("=");
        return pair.slice(0, at).trim() === sessionCookie && tokens.has(pair.slice(at + 1).trim());
      });
    },
  };
}
export type Sessions = ReturnType<typeof createSessions>;

/** Strict and without a domain: another site can neither send nor read it (RFC 6265bis). */
export function cookieOf(token: string): string {
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict`;
}
