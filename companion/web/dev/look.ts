import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { chromium } from "playwright-core";
import { visitMind } from "./look-mind.ts";
import { visitMoney } from "./look-money.ts";

/** Photographs the page in every designed state and asks axe about each. Needs the fake server. */
const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8099" },
    out: { type: "string", default: join(import.meta.dirname, "../../../.cache/look") },
    /** Of house, mind and money, those to visit. */
    screens: { type: "string", default: "house mind money" },
    only: { type: "string", default: "" },
    browser: { type: "string", default: "/usr/bin/chromium" },
  },
});
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const moreFlags = ["--disable-component-update", "--disable-sync", "--no-first-run"];

async function fake(body: object): Promise<void> {
  await fetch(`${values.url}/fake`, { method: "POST", body: JSON.stringify(body) });
}
async function say(page: Page, text: string): Promise<void> {
  await page.fill("#instruction", text);
  await page.press("#instruction", "Enter");
}
async function reset(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Reset..." }).click();
  await page.getByRole("button", { name: /Confirm reset/ }).click();
  await page.getByText("The stop was reset.").last().waitFor({ state: "attached" });
}

type Shoot = (name: string) => Promise<void>;

/** The states in the order of one visit; each leaves the fake as it found it. */
async function visit(page: Page, shoot: Shoot): Promise<void> {
  await fake({ quiet: true });
  await page.goto(values.url, { waitUntil: "commit" });
  await page.waitForSelector(".stop");
  await shoot("loading");
  await page.getByText("The companion does not answer.").waitFor();
  await shoot("unreachable");
  await fake({ quiet: false });
  await page.reload();
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.waitForTimeout(300);
  await shoot("idle");
  await say(page, "go to the kitchen and say hello and come back to the dock");
  await page.waitForTimeout(7000);
  await shoot("driving");
  await say(page, "make me a sandwich");
  await page.getByText("Refused.").last().waitFor();
  await shoot("refused");
  await page.locator("#instruction").blur();
  await page.keyboard.press("Space");
  await page.getByText("Stopping...").first().waitFor();
  await shoot("stopping");
  await page
    .getByText(/measured/)
    .first()
    .waitFor();
  await shoot("stopped");
  await page.getByRole("button", { name: "Reset..." }).click();
  await shoot("reset");
  // The offer to confirm lapses by itself; `reset` waits for the first button.
  await reset(page);
  await page.getByRole("button", { name: /Drive by hand/ }).click();
  await page.getByText(/Asked: 0/).waitFor();
  await page.keyboard.down("ArrowUp");
  await page.waitForTimeout(800);
  await shoot("hand");
  await page.keyboard.up("ArrowUp");
  await page.getByRole("button", { name: /Drive by hand/ }).click();
  const box = await page.locator(".map").boundingBox();
  if (box !== null) await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.35);
  await shoot("offer");
  await page.keyboard.press("Escape");
  await fake({ slips: true });
  await page.keyboard.press("Space");
  await page
    .getByText(/Unconfirmed: last/)
    .first()
    .waitFor();
  await shoot("unconfirmed");
  await fake({ slips: false });
  await reset(page);
  await fake({ refuseStop: true });
  await page.keyboard.press("Space");
  await page.getByText("The stop did not get through.").first().waitFor();
  await shoot("not-sent");
  await fake({ refuseStop: false });
  await page
    .getByText(/measured/)
    .first()
    .waitFor();
  await reset(page);
  await fake({ status: "lost" });
  await page.getByText("The robot is lost.").waitFor();
  await shoot("lost");
  await fake({ status: "online", quiet: true });
  await page.getByText("Disconnected from the companion.").waitFor();
  await page.waitForTimeout(2500);
  await shoot("disconnected");
  await fake({ quiet: false });
}

/** A screen that scrolls inside of itself is shown whole by a window as tall as its content. */
async function photograph(
  page: Page,
  path: string,
  whole: { readonly width: number; readonly height: number } | null,
): Promise<void> {
  if (whole !== null) {
    const height = await page.evaluate(
      "document.querySelector('main').scrollHeight + innerHeight - Math.min(innerHeight, document.querySelector('main').clientHeight)",
    );
    await page.setViewportSize({
      width: whole.width,
      height: Math.max(whole.height, Number(height)),
    });
  }
  await page.screenshot({ path });
  if (whole !== null) await page.setViewportSize(whole);
}

mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: values.browser,
  args: [...flags, ...moreFlags],
});
let found = 0;
for (const [size, viewport] of [
  ["wide", { width: 1280, height: 800 }],
  ["phone", { width: 360, height: 740 }],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    if (!`${size}-${colorScheme}`.includes(values.only)) continue;
    const page = await browser.newPage({ viewport, colorScheme, bypassCSP: true });
    page.on("pageerror", (error) => console.log("page error:", error.message));
    page.on("console", (message) => {
      if (message.type() === "error") console.log("console:", message.text());
    });
    const shoot = async (name: string, whole = false): Promise<void> => {
      const path = join(values.out, `${size}-${colorScheme}-${name}.png`);
      await photograph(page, path, whole ? viewport : null);
      await page.evaluate(axeSource);
      const violations = await page.evaluate("axe.run().then((result) => result.violations)");
      for (const violation of violations as readonly { id: string; nodes: { html: string }[] }[]) {
        found += 1;
        const where = violation.nodes.map(({ html }) => html.slice(0, 120)).join(" | ");
        console.log(`axe ${size} ${colorScheme} ${name}: ${violation.id}: ${where}`);
      }
      const sideways =
        "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      if ((await page.evaluate(sideways)) !== 0) {
        found += 1;
        console.log(`sideways ${size} ${colorScheme} ${name}`);
      }
    };
    if (values.screens.includes("house")) await visit(page, shoot);
    if (values.screens.includes("mind")) await visitMind({ page, url: values.url, fake, shoot });
    if (values.screens.includes("money")) await visitMoney({ page, url: values.url, fake, shoot });
    await page.close();
  }
}
await browser.close();
console.log(`violations: ${found}`);
process.exitCode = found === 0 ? 0 : 1;
