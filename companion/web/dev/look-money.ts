import type { Page } from "playwright-core";

export interface Look {
  readonly page: Page;
  readonly url: string;
  readonly fake: (body: object) => Promise<void>;
  readonly shoot: (name: string, whole?: boolean) => Promise<void>;
}

const busy = { approvals: true };

/** The states of the screens of money, each photographed from top to end. */
export async function visitMoney(look: Look): Promise<void> {
  const { page, url, fake, shoot } = look;
  const open = async (hash: string, until: string): Promise<void> => {
    await page.goto(`${url}/${hash}`);
    await page.getByText(until).first().waitFor();
    await page.waitForTimeout(250);
  };
  const change = async (money: object, until: string): Promise<void> => {
    await fake({ money });
    await page.getByText(until).first().waitFor();
    await page.waitForTimeout(250);
  };
  await fake({ noMoney: true, money: {} });
  await page.goto("about:blank");
  await open("#/treasury", "The treasury does not answer.");
  await shoot("treasury-unheard");
  await fake({ noMoney: false });
  await page.reload();
  await open("#/treasury", "Books and node agree.");
  await page.getByText("Older entries").waitFor();
  await shoot("treasury-top");
  await shoot("treasury", true);
  await getPaid(look);
  await withdraw(look);
  await page.getByRole("button", { name: "Freeze all spending" }).click();
  await page.getByText("All spending is frozen.").waitFor();
  await shoot("frozen");
  await change({ empty: true }, "No payments yet.");
  await shoot("treasury-empty", true);
  await change({ kind: "lnd", differs: true, alarm: true, ...busy }, "differ in 1 place");
  await shoot("treasury-differs", true);
  await change({ kind: "lnd", state: "away" }, "does not answer");
  await shoot("treasury-away", true);
  await fake({ money: { fails: true } });
  await page.getByText("The books do not add up.").first().waitFor();
  await shoot("treasury-error", true);
  await fake({ money: {} });
  await fake({ noMoney: true });
  await page.getByText("The treasury does not answer.").waitFor();
  await page.waitForTimeout(2500);
  await shoot("treasury-gone");
  await fake({ noMoney: false });
  await approvals(look, open, change);
  await lightning(look, open, change);
  await fake({ money: busy });
  await page.goto(`${url}/#/`);
  await page.waitForTimeout(400);
  await shoot("house-mock");
  await fake({ money: { kind: "lnd", state: "away" } });
  await page.waitForTimeout(400);
  await shoot("house-away");
  await page.goto(`${url}/#/treasury`);
  await page.getByText("Older entries").waitFor();
  await fake({ quiet: true });
  await page.getByText("Disconnected from the companion.").waitFor();
  await page.waitForTimeout(2500);
  await shoot("treasury-disconnected");
  await fake({ quiet: false, money: {} });
}

async function getPaid({ page, shoot }: Look): Promise<void> {
  await page.getByRole("button", { name: "Get paid" }).click();
  await page.getByRole("button", { name: "Make the invoice" }).click();
  await shoot("get-paid-wrong");
  await page.getByLabel("Amount").fill("2 500");
  await page.getByLabel("What for").fill("One patrol of the garden");
  await page.getByRole("button", { name: "Make the invoice" }).click();
  await page.getByText("Waiting for the payer").waitFor();
  await shoot("get-paid");
  await page.getByRole("button", { name: "Play the payer" }).click();
  await page.getByText("Paid", { exact: true }).waitFor();
  await shoot("get-paid-done");
  await page.getByRole("button", { name: "Get paid" }).click();
}

async function withdraw({ page, shoot }: Look): Promise<void> {
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("button", { name: "Read it back" }).click();
  await shoot("withdraw-wrong");
  await page.getByLabel("To", { exact: true }).fill("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
  await page.getByLabel("Amount").fill("150000");
  await page.getByLabel("Fee cap").fill("800");
  await page.getByLabel("Why").fill("Rent of the workshop");
  await page.getByRole("button", { name: "Read it back" }).click();
  await shoot("withdraw-read");
  await page.getByRole("button", { name: "Ask for the withdrawal" }).click();
  await page.getByText("Asked for.").waitFor();
  await shoot("withdraw-sent");
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
}

type Open = (hash: string, until: string) => Promise<void>;
type Change = (money: object, until: string) => Promise<void>;

async function approvals({ page, shoot }: Look, open: Open, change: Change): Promise<void> {
  await change({}, "Books and node agree.");
  await open("#/approvals", "Nothing waits.");
  await shoot("approvals-empty");
  await change(busy, "A second battery pack");
  await shoot("approvals");
  await shoot("approvals-whole", true);
  const first = page.getByRole("listitem").filter({ hasText: "A second battery pack" });
  await first.getByLabel("Six-digit code").fill("000 000");
  await first.getByRole("button", { name: "Approve" }).click();
  await page.getByText("The code is wrong").first().waitFor();
  await shoot("approvals-refused");
  await change({ ...busy, enrolled: false }, "Nobody can approve yet.");
  await shoot("approvals-unenrolled");
}

async function lightning({ page, shoot }: Look, open: Open, change: Change): Promise<void> {
  await change({}, "Approvals");
  await open("#/lightning", "No node is connected.");
  await shoot("lightning", true);
  await page.getByRole("button", { name: "Look at the certificate" }).click();
  await shoot("lightning-wrong");
  await page.getByLabel("Address").fill("10.0.0.5");
  const cert = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----";
  await page.getByLabel("Certificate", { exact: true }).fill(cert);
  await page.getByRole("button", { name: "Look at the certificate" }).click();
  await page.getByText("The address answers.").waitFor();
  await shoot("lightning-found", true);
  await page.getByLabel("Choose admin.macaroon").setInputFiles({
    name: "admin.macaroon",
    mimeType: "application/octet-stream",
    buffer: Buffer.from([2, 1, ...Array.from({ length: 60 }, (_, at) => at)]),
  });
  await page.getByText("admin.macaroon was read.").waitFor();
  await page.getByLabel("Passphrase for the vault").fill("correct horse");
  await page.getByLabel("The same again").fill("correct horse");
  await page.getByLabel("Six-digit code").fill("123456");
  await page.getByRole("button", { name: "Connect the node" }).click();
  await page.getByText("What Timmy may do with it").waitFor();
  await shoot("lightning-connected", true);
  await change({ kind: "lnd", state: "vault-locked" }, "Unlock the vault");
  await page.getByLabel("Passphrase").fill("wrong");
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("does not open the vault").waitFor();
  await shoot("lightning-locked", true);
}
