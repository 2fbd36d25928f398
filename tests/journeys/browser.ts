import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
/** Whether there is a browser here; throws where there must be one. */
export const browserPresent = existsSync(executablePath);
if (!browserPresent && process.env["TIMMY_REQUIRE"] === "all") {
  throw new Error("chromium is missing");
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** What axe finds on the page as it is now. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
  return found.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.target.join(" ")}`));
}

/** Pixels by which the page scrolls sideways; none is right. */
export const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** The screens and themes that every state must stand. */
const looks = [
  { name: "desk, light", width: 1280, height: 800, colorScheme: "light" },
  { name: "desk, dark", width: 1280, height: 800, colorScheme: "dark" },
  { name: "phone, light", width: 360, height: 740, colorScheme: "light" },
  { name: "phone, dark", width: 360, height: 740, colorScheme: "dark" },
] as const;

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Updates, accounts and autofill: the browser would ask its makers in spite of the above.
      "--host-resolver-rules=MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND",
    ],
  });

export interface Looks {
  readonly browser: Browser;
  /** One page for each of the screens and themes; the first is a desk in the light. */
  readonly pages: readonly { readonly name: string; readonly page: Page }[];
  readonly page: Page;
  /** Every address that a page asked for. */
  readonly requested: string[];
  /** What a page's console called an error. */
  readonly complaints: string[];
}

/** Opens an address in every screen and theme. */
export async function openLooks(url: string): Promise<Looks> {
  const browser = await openBrowser();
  const requested: string[] = [];
  const complaints: string[] = [];
  const pages: { name: string; page: Page }[] = [];
  for (const { name, width, height, colorScheme } of looks) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    page.on("request", (request) => requested.push(request.url()));
    page.on("websocket", (socket) => requested.push(socket.url()));
    page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${name}: ${message.text()}`);
    });
    await page.goto(url);
    pages.push({ name, page });
  }
  const [first] = pages;
  if (first === undefined) throw new Error("no page");
  return { browser, pages, page: first.page, requested, complaints };
}
