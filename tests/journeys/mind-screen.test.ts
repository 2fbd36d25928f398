import { connectMqttBus } from "@timmy/companion/mqtt-bus";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPresent, type Looks, openLooks, sidewaysScroll, violations } from "./browser.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

describe.runIf(browserPresent)("the mind and the agent in a real browser", () => {
  let timmy: RunningTimmy;
  let browser: Browser;
  let page: Page;
  let pages: Looks["pages"];
  let requested: string[];
  let complaints: string[];

  beforeAll(async () => {
    timmy = await startTimmy(["--model", "none"]);
    ({ browser, page, pages, requested, complaints } = await openLooks(`${timmy.dashboard}#/mind`));
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
  });

  async function isAccessible(screen: string, state: string) {
    for (const { name, page: each } of pages) {
      if (!each.url().endsWith(`#/${screen}`)) await each.goto(`${timmy.dashboard}#/${screen}`);
      await each.getByRole("heading", { level: 2, name: screen, exact: false }).first().waitFor();
      expect(await violations(each), `${state}, ${name}`).toEqual([]);
      expect(await sidewaysScroll(each), `${state}, ${name}: sideways scroll`).toBe(0);
    }
  }
  async function say(text: string) {
    await page.getByRole("textbox", { name: /talk with/i }).fill(text);
    await page.keyboard.press("Enter");
  }
  const memory = (text: string) =>
    page.getByRole("listitem").filter({ hasText: text }).filter({ hasText: "Forget" });
  const decision = (text: string) =>
    page.getByRole("listitem").filter({ hasText: text }).filter({ hasText: "Decided by" });

  it("says who decides, and that a house without a model is an ordinary one", async () => {
    for (const { page: each } of pages)
      await each
        .getByText(/The rules decide/)
        .first()
        .waitFor();
    await isAccessible("mind", "before anything was said");
  });
  it("shows in the bar who it is and in which body", async () => {
    const body = page.getByRole("banner").getByRole("link", { name: /body/i });
    await body.getByText("Robot timmy").waitFor();
    expect(await body.getAttribute("href")).toBe("#/agent");
  });
  it("remembers what it is told in the chat, and shows the decision with its source and checks", async () => {
    await say("remember that the tea is in the blue tin");
    await page.getByText("I will remember: the tea is in the blue tin.").first().waitFor();
    await page.getByText(/By the rules in/).waitFor();
    const made = decision("remember that the tea is in the blue tin").first();
    await made.getByText("Owner", { exact: true }).waitFor();
    await made.getByText(/Decided by rules in/).waitFor();
    await made.getByText(/provenance/).waitFor();
    await made.getByText("Done.").waitFor();
    await isAccessible("mind", "after a chat");
  });
  it("refuses in words, with the check that did not pass or the reason", async () => {
    await say("go to the moon");
    await decision("go to the moon")
      .getByText(/no room called/)
      .waitFor();
  });
  it("asks before it moves for a stranger's words, says which check failed, and takes a no", async () => {
    const url = `mqtt://127.0.0.1:${timmy.mqttPort}`;
    const bus = connectMqttBus({ url, clientId: "stranger", logger: createMemoryLogger() });
    const ts = Date.now();
    const said = { text: "go to the bedroom", from: "world", who: "microphone", lease: "mic" };
    const command = { v: 1, seq: 0, ts, id: "stranger-1", epoch: 1, deadline_ms: ts + 60_000 };
    bus.publish("timmy/v1/timmy/cmd/hear", JSON.stringify({ ...command, ...said }), { qos: 1 });
    try {
      const made = decision("go to the bedroom").filter({ hasText: "microphone" });
      await made.getByText("provenance not passed.").waitFor();
      await made.getByText("Refused.").waitFor();
      const asked = page.getByRole("listitem").filter({ hasText: "Yes, do it" });
      await asked.getByText("World").waitFor();
      await isAccessible("mind", "a proposal waits");
      await page.getByRole("link", { name: /Mind.*1 waiting/ }).waitFor();
      await asked.getByRole("button", { name: "No" }).click();
      await page.getByText("Dropped.").waitFor();
      expect((await timmy.state("drive")) as object).toMatchObject({ speed_mps: 0 });
    } finally {
      await bus.stop();
    }
  });
  it("finds a memory by its words, with who said it", async () => {
    await page.getByRole("searchbox").fill("blue tin");
    await page.keyboard.press("Enter");
    await page.getByText(/best first for/).waitFor();
    const found = memory("the tea is in the blue tin").first();
    await found.getByText("Owner", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("memory-query");
  });
  it("takes an edit as the owner's word", async () => {
    await page.getByRole("button", { name: "Edit tea" }).click();
    await page.getByLabel("What to remember").fill("the tea is in the green tin");
    await isAccessible("mind", "editing");
    await page.getByRole("button", { name: "Save as your word" }).click();
    await memory("the tea is in the green tin").first().waitFor();
    await say("where is the tea?");
    await page
      .getByText(/green tin/)
      .nth(1)
      .waitFor();
  });
  it("forgets, and brings back what was forgotten by mistake", async () => {
    await page.getByRole("button", { name: "Forget tea" }).click();
    await page.getByRole("button", { name: "Undo forgetting tea" }).waitFor();
    await isAccessible("mind", "forgotten");
    await page.getByRole("button", { name: "Undo forgetting tea" }).click();
    // The button that had the focus is gone: the page, where Space is a stop, must not have it.
    const focused = () => page.evaluate("document.activeElement.id");
    await expect.poll(focused).toBe("memories-title");
    await memory("the tea is in the green tin").first().waitFor();
    await say("where is the tea?");
    await page
      .getByText(/You told me: the tea is in the green tin/)
      .nth(1)
      .waitFor();
  });
  it("keeps a fact that is typed, by keyboard alone, and stops for no space in it", async () => {
    await page.getByRole("button", { name: "Add a fact" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Name", { exact: true }).fill("spare key");
    await page.keyboard.press("Tab");
    await page.keyboard.type("under the third pot");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await memory("under the third pot").first().waitFor();
    const focused = () => page.evaluate("document.activeElement.textContent");
    await expect.poll(focused).toContain("Add a fact");
    expect((await timmy.state("safety")) as object).toMatchObject({ stop_state: "none" });
  });
  it("keeps a core block, changes it in place, removes it and brings it back", async () => {
    await page.getByRole("button", { name: "Add a block" }).click();
    await page.getByLabel("Name", { exact: true }).fill("the house");
    await page.getByLabel("Text", { exact: true }).fill("Ada lives here.");
    await page.getByText(/15 of 2.000 characters/).waitFor();
    await page.getByRole("button", { name: "Save as your word" }).click();
    await page.getByRole("button", { name: "Edit the house" }).click();
    await page.getByLabel("Text of the house").fill("Ada and Tom live here.");
    await page.getByRole("button", { name: "Save as your word" }).click();
    await page.getByText("Ada and Tom live here.").waitFor();
    await page.getByRole("button", { name: "Remove the house" }).click();
    await page.getByRole("button", { name: "Undo removing the house" }).click();
    await page.getByRole("button", { name: "Edit the house" }).waitFor();
  });
  it("keeps the bar and the stop in view when a part of the screen is jumped to", async () => {
    const desk = pages.filter(({ name }) => name.startsWith("desk"));
    for (const { name, page: each } of desk) {
      await each.goto(`${timmy.dashboard}#/mind/blocks`);
      await each.getByRole("button", { name: "Add a block" }).waitFor();
      await each.getByRole("textbox", { name: /talk with/i }).fill("where is the tea?");
      await each.keyboard.press("Enter");
      await each
        .getByText(/By the rules in/)
        .first()
        .waitFor();
      expect((await each.getByRole("banner").boundingBox())?.y, name).toBe(0);
      const longer = "document.documentElement.scrollHeight - innerHeight";
      expect(await each.evaluate(longer), `${name}: the page itself scrolls`).toBe(0);
    }
  });
  it("says what a move means before it is made, with the stop in reach", async () => {
    await page.goto(`${timmy.dashboard}#/agent`);
    await page.getByText("Lives in the simulated robot timmy.").waitFor();
    await page.getByRole("button", { name: "Move here to companion" }).click();
    const dialog = page.getByRole("dialog", { name: /Move Timmy to the companion/ });
    await dialog.getByText(/has no wheels/).waitFor();
    await dialog.getByText(/same key/).waitFor();
    expect(await page.getByRole("button", { name: /^stop/i }).last().isEnabled()).toBe(true);
    await isAccessible("agent", "about to move");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
  it("moves with its key and memories, follows it there, and comes back", async () => {
    const id = page
      .locator("[title]")
      .filter({ hasText: /^[0-9a-f]{8}\.\.\./ })
      .first();
    const key = await id.getAttribute("title");
    await page.getByRole("button", { name: "Move here to companion" }).click();
    await page.getByRole("button", { name: "Move to companion" }).click();
    await page.getByText("Timmy lives in companion now.").first().waitFor({ timeout: 60_000 });
    await page.getByText("Lives in the desktop companion.").waitFor();
    expect(await id.getAttribute("title")).toBe(key);
    await page.getByRole("banner").getByText("Desktop companion").waitFor();
    await isAccessible("agent", "moved");
    await page.goto(`${timmy.dashboard}#/`);
    await page.getByText(/This robot is empty/).waitFor();
    await page.goto(`${timmy.dashboard}#/mind`);
    await memory("the tea is in the green tin").first().waitFor();
    await page.goto(`${timmy.dashboard}#/agent`);
    await page.getByRole("button", { name: "Move here to timmy" }).click();
    await page.getByRole("button", { name: "Move to timmy" }).click();
    await page.getByText("Lives in the simulated robot timmy.").waitFor({ timeout: 60_000 });
    expect(await id.getAttribute("title")).toBe(key);
  });
  it("greys what it no longer knows when the companion hangs, and comes back", async () => {
    await page.goto(`${timmy.dashboard}#/mind`);
    const pid = timmy.pidOf("companion");
    process.kill(pid, "SIGSTOP");
    try {
      await page
        .getByText(/last known/)
        .first()
        .waitFor({ timeout: 5000 });
      expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await page
      .getByText(/last known/)
      .first()
      .waitFor({ state: "detached", timeout: 10_000 });
  });
  it("asks nobody but this machine, and complains of nothing", () => {
    const host = new URL(timmy.dashboard).host;
    expect(requested.length).toBeGreaterThan(8);
    expect(
      requested.filter((url) => new URL(url).host !== host && !url.startsWith("data:")),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
