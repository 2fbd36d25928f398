import { describe, expect, it } from "vitest";
import { problemAnswer } from "../money/answers.ts";
import { createQuoteCall } from "./quote-call.ts";

const answer = { quotes: [{ persona: "forge", price_msat: "18000", able: true }], sentence: "Ok." };

/** A treasury that answers so; `asked` keeps what came. */
function setUp(respond: () => Response | null) {
  const asked: string[] = [];
  const forward = async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    return respond();
  };
  return { asked, quote: createQuoteCall({ forward }) };
}

describe("the call market.quote", () => {
  it("passes the task on as it is, and the quotes back", async () => {
    const { asked, quote } = setUp(() => Response.json(answer));
    expect(await quote({ task: "a & b=c #d 漢" })).toEqual({ ok: true, value: answer });
    expect(asked).toEqual(["GET /api/market/quote?task=a%20%26%20b%3Dc%20%23d%20%E6%BC%A2"]);
    expect(await quote({ task: "half \ud800" })).toMatchObject({ ok: true });
  });
  it("says why there is no quote, with the treasury's own code", async () => {
    const away = setUp(() => null);
    expect(await away.quote({ task: "x" })).toMatchObject({ ok: false, code: "treasury-away" });
    const { quote } = setUp(() => problemAnswer("too-large", "2000 characters."));
    const refused = await quote({ task: "x" });
    expect(refused).toMatchObject({ ok: false, code: "too-large" });
    expect(refused).toHaveProperty("sentence", expect.stringContaining("2000 characters."));
  });
  it.each([
    ["no JSON", () => new Response("<html>", { status: 431 })],
    ["another shape", () => Response.json({ quotes: "many" })],
    ["a code that is none", () => Response.json({ code: "toString", detail: "" }, { status: 400 })],
  ])("takes %s for an error of ours", async (_, respond) => {
    const { quote } = setUp(respond);
    expect(await quote({ task: "x" })).toMatchObject({ ok: false, code: "internal" });
  });
});
