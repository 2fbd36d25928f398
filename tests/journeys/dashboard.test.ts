import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPresent, type Looks, openLooks, sidewaysScroll, violations } from "./browser.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

const assets = fileURLToPath(new URL("../../companion/web/dist/assets/", import.meta.url));

describe.runIf(browserPresent)("the dashboard in a real browser", () => {
  let timmy: RunningTimmy;
  let browser: Browser;
  let page: Page;
  let pages: Looks["pages"];
  let requested: string[];
  let complaints: string[];

  beforeAll(async () => {
    timmy = await startTimmy();
    ({ browser, page, pages, requested, complaints } = await openLooks(timmy.dashboard));
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
  });

  const stop = (on = page) => on.getByRole("button", { name: /^stop/i }).last();
  async function tell(text: string) {
    await page.getByRole("textbox").fill(text);
    await page.keyboard.press("Enter");
  }
  async function isAccessible(state: string) {
    for (const { name, page: each } of pages) {
      expect(await violations(each), `${state}, ${name}`).toEqual([]);
      expect(await sidewaysScroll(each), `${state}, ${name}: sideways scroll`).toBe(0);
    }
  }

  it("shows where the robot is, and nothing that axe objects to, before anything was said", async () => {
    for (const { page: each } of pages)
      await each
        .getByText(/connected/i)
        .first()
        .waitFor();
    await isAccessible("idle");
  });
  it("keeps the stop in view, at least 72 px, on every screen", async () => {
    for (const { name, page: each } of pages) {
      const box = await stop(each).boundingBox();
      const size = each.viewportSize();
      expect(box?.height ?? 0, name).toBeGreaterThanOrEqual(72);
      expect(box?.width ?? 0, name).toBeGreaterThanOrEqual(72);
      expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual(size?.height ?? 0);
    }
  });
  it("drives where it is told, and says so with what was measured", async () => {
    await tell("go to the living room");
    await timmy.truthWhen((t) => t.speedMps > 0.3, 20_000);
    await isAccessible("driving");
    await page
      .getByText(/Arrived in the living room.*measured/s)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(timmy.truth().contacts).toBe(0);
    expect(Math.abs(timmy.truth().speedMps)).toBeLessThan(0.01);
  });
  it("says what it refuses and why, in words", async () => {
    await tell("go to the moon");
    await page
      .getByText(/no room called.*moon/i)
      .first()
      .waitFor();
    await isAccessible("refused");
  });
  it("stops on one key in a second drive, and shows stopped only when it was measured", async () => {
    await tell("go to the kitchen");
    await timmy.truthWhen((t) => t.speedMps > 0.3, 30_000);
    await page.getByRole("textbox").blur();
    await page.keyboard.press("Space");
    await page
      .getByText(/Stopped,\s0\.0\d\sm\/s\smeasured/)
      .first()
      .waitFor({ timeout: 10_000 });
    expect(Math.abs(timmy.truth().speedMps)).toBeLessThan(0.02);
    await isAccessible("stopped");
  });
  it("refuses to drive until a deliberate reset, of two acts", async () => {
    await tell("go to the bedroom");
    await page.getByText(/reset/i).first().waitFor();
    await page.getByRole("button", { name: /^reset/i }).click();
    await isAccessible("about to reset");
    expect((await timmy.state("safety")) as object).toMatchObject({ stop_state: "stopped" });
    // The second act lapses after five seconds, and axe may have taken longer.
    const confirm = page.getByRole("button", { name: /confirm/i });
    if ((await confirm.count()) === 0) await page.getByRole("button", { name: /^reset/i }).click();
    await confirm.click();
    await stop()
      .getByText(/^Stop$/)
      .waitFor();
    expect((await timmy.state("drive")) as object).toMatchObject({ mode: "disarmed" });
  });
  it("can be driven to a room by keyboard alone", async () => {
    const bedroom = page.getByRole("button", { name: /bedroom/i }).first();
    await bedroom.focus();
    await page.keyboard.press("Enter");
    const go = page.getByRole("button", { name: /go to the bedroom/i });
    if ((await go.count()) > 0) {
      await go.first().focus();
      await page.keyboard.press("Enter");
    }
    await timmy.truthWhen((t) => t.speedMps > 0.3, 20_000);
    await page
      .getByText(/Arrived in the bedroom/)
      .first()
      .waitFor({ timeout: 60_000 });
  });
  it("drives by hand only when that is switched on, and only while a key is held", async () => {
    const before = timmy.truth();
    await page.getByRole("textbox").blur();
    await page.keyboard.press("w");
    await page.getByRole("button", { name: /drive by hand/i }).click();
    await isAccessible("drive by hand");
    expect(timmy.truth().xM).toBeCloseTo(before.xM, 3);
    await page.keyboard.down("a");
    await timmy.truthWhen((t) => t.turnRadps > 0.3, 10_000);
    await page.keyboard.up("a");
    await timmy.truthWhen((t) => Math.abs(t.turnRadps) < 0.02, 5000);
    await page.getByRole("button", { name: /drive by hand/i }).click();
  });
  it("says within a moment that a companion hangs, greys what it no longer knows, and comes back", async () => {
    const pid = timmy.pidOf("companion");
    process.kill(pid, "SIGSTOP");
    try {
      await page
        .getByText(/disconnected|connection lost|not connected/i)
        .first()
        .waitFor({ timeout: 3000 });
      await isAccessible("disconnected");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await page
      .getByText(/^connected/i)
      .first()
      .waitFor({ timeout: 10_000 });
  });
  it("says within a moment that the companion is gone, and that it is back", async () => {
    process.kill(timmy.pidOf("companion"), "SIGKILL");
    await page
      .getByText(/disconnected|connection lost|not connected/i)
      .first()
      .waitFor({ timeout: 3000 });
    complaints.length = 0;
    await timmy.saysWithin("The companion process is back.", 15_000);
    await page
      .getByText(/^connected/i)
      .first()
      .waitFor({ timeout: 10_000 });
    complaints.length = 0;
  });
  it("asks nobody but this machine, and complains of nothing", () => {
    const host = new URL(timmy.dashboard).host;
    expect(requested.length).toBeGreaterThan(8);
    expect(
      requested.filter((url) => new URL(url).host !== host && !url.startsWith("data:")),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });
  it("loads at most 40 kB of JavaScript for map and stop, and 30 kB for the rest, gzipped", () => {
    const page = readFileSync(`${assets}../index.html`, "utf8");
    const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
    const sizes = scripts.map((name) => ({
      isFirst: page.includes(name),
      bytes: gzipSync(readFileSync(assets + name)).length,
    }));
    const sum = (isFirst: boolean) =>
      sizes.reduce((total, one) => total + (one.isFirst === isFirst ? one.bytes : 0), 0);
    expect(sum(true)).toBeGreaterThan(0);
    expect(sum(true)).toBeLessThanOrEqual(40_000);
    expect(sum(false)).toBeLessThanOrEqual(30_000);
  });
});
