import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPresent, type Looks, openLooks, sidewaysScroll, violations } from "./browser.ts";
import { type Authenticator, enrolOwner } from "./enrol.ts";
import { endAll, type RunningTimmy, startTimmy } from "./testing-up.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** P2WPKH of the public key 02..01 on regtest, as BIP 173 writes it for the test vectors' key. */
const address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

function timmyCommand(folder: string, ...words: readonly string[]) {
  return timmyTold("", folder, ...words);
}
function timmyTold(input: string, folder: string, ...words: readonly string[]) {
  const args = ["timmy.ts", ...words, "--data", folder];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", input });
}

describe.runIf(browserPresent)("the treasury in a real browser", () => {
  let timmy: RunningTimmy;
  let browser: Browser;
  let page: Page;
  let authenticator: Authenticator;
  let pages: Looks["pages"];

  beforeAll(async () => {
    timmy = await startTimmy();
    ({ browser, page, pages } = await openLooks(`${timmy.dashboard}#/treasury`));
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
  });

  async function isAccessible(screen: string) {
    for (const { name, page: each } of pages) {
      await each.goto(`${timmy.dashboard}#/${screen}`);
      await each.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await violations(each), `${screen}, ${name}`).toEqual([]);
      expect(await sidewaysScroll(each), `${screen}, ${name}: sideways scroll`).toBe(0);
      expect(await each.getByText(/play money/i).count(), `${screen}, ${name}`).toBeGreaterThan(0);
    }
  }

  it("says on every screen that its money is play money, and axe has nothing to object to", async () => {
    for (const screen of ["treasury", "approvals", "lightning"]) await isAccessible(screen);
  });
  it("is paid: invoice, payer, credit", async () => {
    await page.goto(`${timmy.dashboard}#/treasury`);
    await page.getByRole("button", { name: "Get paid" }).click();
    await page.getByLabel("Amount").first().fill("1234");
    await page.getByLabel("What for").fill("a photo of the kitchen");
    await page.getByRole("button", { name: "Make the invoice" }).click();
    await page.getByRole("button", { name: "Play the payer" }).click();
    await page.getByText("Paid", { exact: true }).first().waitFor();
    const books = timmyCommand(timmy.folder, "treasury", "balance", "--json");
    expect(books.status).toBe(0);
    expect(books.stdout).toContain('"account":"party:owner","postedMsat":"1101234000"');
  });
  it("lets nothing large leave without a person, and one decision of two tabs count", async () => {
    authenticator = await enrolOwner(timmy.folder);
    const asked = await timmy.post("/api/treasury/withdrawals", {
      key: "w1",
      amount_msat: "50000000",
      destination: address,
      fee_cap_msat: "2000000",
      why: "rent",
    });
    expect(asked.body).toMatchObject({ state: "pending", destination: address });
    const [left, right] = [pages[0]?.page, pages[1]?.page];
    if (left === undefined || right === undefined) throw new Error("two tabs are needed");
    const code = authenticator.code();
    const approve = async (tab: Page) => {
      await tab.goto(`${timmy.dashboard}#/approvals`);
      await tab.getByText("rent").first().waitFor();
      await tab.getByRole("textbox", { name: /code/i }).fill(code);
      await tab.getByRole("button", { name: "Approve" }).dblclick({ noWaitAfter: true });
    };
    // Whichever comes second may find its form gone; that is the point.
    const tabs = await Promise.allSettled([approve(left), approve(right)]);
    expect(tabs.some(({ status }) => status === "fulfilled")).toBe(true);
    await left
      .getByText(/sent|confirmed/i)
      .first()
      .waitFor({ timeout: 20_000 });
    const balance = timmyCommand(timmy.folder, "treasury", "balance", "--json").stdout;
    const owner = /"account":"party:owner","postedMsat":"(\d+)"/.exec(balance)?.[1];
    const leftOver = 1_101_234_000n - BigInt(owner ?? "0");
    expect(leftOver).toBeGreaterThanOrEqual(50_000_000n);
    expect(leftOver).toBeLessThan(52_000_001n);
    await isAccessible("approvals");
  });
  it("awards a task to Helm, whose robot does it, and pays for what was measured", async () => {
    const code = `${authenticator.code(1)}\n`;
    const funded = timmyTold(code, timmy.folder, "treasury", "fund", "helm-001", "1000");
    expect(funded.stdout).toContain("1\u2009000 sat");
    const posted = await timmy.post("/api/market/tasks", {
      ...{ key: "task-1", task: "drive to the living room", budget_msat: "50000" },
    });
    const id = String(posted.body["id"]);
    const closed = await timmy.post(`/api/market/tasks/${id}/close`, {});
    expect(closed.body).toMatchObject({ winner: "helm-001" });
    await timmy.truthWhen((t) => t.speedMps > 0.2, 20_000);
    await timmy.hears('"phase":"ended"');
    await page.goto(`${timmy.dashboard}#/treasury/auctions`);
    await page
      .getByText(/Arrived in the living room/)
      .first()
      .waitFor({ timeout: 60_000 });
    const { stdout } = timmyCommand(timmy.folder, "treasury", "balance", "--json");
    const helm = /"account":"party:agent:helm-001","postedMsat":"(\d+)","heldMsat":"0"/.exec(
      stdout,
    )?.[1];
    expect(BigInt(helm ?? "0")).toBeGreaterThan(1_000_000n);
  });
  it("comes back from a kill with books in order that agree with the node", async () => {
    process.kill(timmy.pidOf("treasury"), "SIGKILL");
    await timmy.saysWithin("The treasury process is back.", 20_000);
    expect(timmyCommand(timmy.folder, "treasury", "verify")).toMatchObject({ status: 0 });
    await timmy.hears('{"backend":{"kind":"mock"');
    const proof = timmyCommand(timmy.folder, "treasury", "reconcile");
    expect(proof.stdout).toContain("to the millisatoshi");
  });
  it("keeps no key where others can read it", () => {
    const modes = spawnSync("find", [`${timmy.folder}/money`, "-perm", "/077"], {
      encoding: "utf8",
    });
    expect(modes.stdout).toBe("");
  });
});
