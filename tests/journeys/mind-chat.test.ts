import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeOllama, startFakeOllama } from "../fake-ollama/fake-ollama.ts";
import { browserPresent, openBrowser, violations } from "./browser.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

describe.runIf(browserPresent)("a chat with a model in a real browser", () => {
  let fake: FakeOllama;
  let timmy: RunningTimmy;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    fake = await startFakeOllama();
    const host = { OLLAMA_HOST: new URL(fake.url).host };
    timmy = await startTimmy(["--model", "fake:1b"], host);
    await timmy.hears('"state":"ready"');
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${timmy.dashboard}#/mind`);
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
    await fake?.stop();
  });

  async function say(text: string) {
    await page.getByRole("textbox", { name: /talk with/i }).fill(text);
    await page.keyboard.press("Enter");
  }
  const turn = (text: string) =>
    page.getByRole("complementary").getByRole("listitem").filter({ hasText: text }).first();

  it("says which model decides", async () => {
    await page.getByText("fake:1b decides.").waitFor();
    await page.getByText("fake:1b answers").waitFor();
  });
  it("shows the call of a tool with its input and its outcome, who answered and in which time", async () => {
    fake.state.answer = "I will keep that in mind.";
    fake.state.tools = [
      { name: "remember", arguments: { key: "kettle", value: "it stands in the study" } },
    ];
    await say("Note where the kettle is.");
    const answer = turn("Note where the kettle is.");
    await answer.getByText("key: kettle, value: it stands in the study").waitFor();
    await answer.getByText("I will keep that in mind.").waitFor();
    await answer.getByText(/By fake:1b in/).waitFor();
    fake.state.tools = [{ name: "open_safe", arguments: {} }];
    await say("And now the safe.");
    await turn("And now the safe.")
      .getByText(/no such tool/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    fake.state.tools = [];
  });
  it("shows what was remembered before the answer, with who said it", async () => {
    await say("What about the kettle?");
    const used = turn("What about the kettle?").getByText(/memor(y|ies) used/);
    await used.waitFor();
    await turn("What about the kettle?")
      .getByText(/kettle: it stands in the study/)
      .waitFor();
  });
  it("is interrupted in the middle of an answer that does not end, and the model is let go", async () => {
    fake.state.fault = "endless";
    await say("Sing me a song.");
    const song = turn("Sing me a song.");
    await song.getByText(/la la la/).waitFor();
    expect(fake.open()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Interrupt" }).click();
    await song.getByText("Interrupted.").waitFor();
    // By itself the answer would be cut off at its limit, several seconds later.
    await expect.poll(() => fake.open(), { timeout: 2000 }).toBe(0);
    fake.state.fault = "none";
    await say("And now?");
    await turn("And now?")
      .getByText(/By fake:1b in/)
      .waitFor();
  });
  it("is there again when the page is opened anew, until a new one is begun", async () => {
    await page.reload();
    const song = turn("Sing me a song.");
    await song.getByText("Interrupted.").waitFor();
    await turn("What about the kettle?")
      .getByText(/memor(y|ies) used/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "New chat" }).click();
    await song.waitFor({ state: "detached" });
    await page.reload();
    await page.getByText("Nothing was said yet.").waitFor();
  });
  it("says that the model is away, answers by rules, and is back by itself", async () => {
    await fake.kill();
    await say("where is the kettle?");
    await turn("where is the kettle?")
      .getByText(/By the rules in/)
      .waitFor();
    await page.getByText(/The rules decide: fake:1b/).waitFor();
    await fake.revive();
    await page.getByText("fake:1b decides.").waitFor({ timeout: 60_000 });
  });
});
