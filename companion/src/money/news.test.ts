import { describe, expect, it } from "vitest";
import { createNews } from "./news.ts";

describe("news", () => {
  it("goes to each listener as lines, the first one at once", async () => {
    const news = createNews();
    const body = news.open({ type: "view" });
    news.send({ type: "payment" });
    news.close();
    expect(await new Response(body).text()).toBe('{"type":"view"}\n{"type":"payment"}\n');
  });
  it("cuts off a listener that does not read, and goes on with the others", async () => {
    const news = createNews();
    const slow = news.open("first");
    for (let i = 0; i < 300; i++) news.send(i);
    const text = await new Response(slow).text();
    expect(text.split("\n").length).toBeLessThan(260);
    const fresh = news.open("again");
    news.close();
    expect(await new Response(fresh).text()).toBe('"again"\n');
  });
  it("refuses more listeners than its limit", () => {
    const news = createNews();
    const bodies = Array.from({ length: 9 }, () => news.open(""));
    expect(bodies.filter((body) => body === null)).toHaveLength(1);
    news.close();
  });
});
