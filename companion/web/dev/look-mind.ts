import type { Page } from "playwright-core";
import type { Look } from "./look-money.ts";

/** The states of the mind's and the agent's screens, each photographed from top to end. */
export async function visitMind(look: Look): Promise<void> {
  const { page, url, fake, shoot } = look;
  await fake({ agent: {} });
  await page.goto(`${url}/#/mind`);
  await page.reload();
  await settle(page, "Older decisions");
  await page.getByText("on the second shelf").first().waitFor();
  await shoot("mind-top");
  await shoot("mind", true);
  await chat(look);
  await memories(look);
  await blocks(look);
  await change(look, { waiting: true }, "Waits for your yes");
  await shoot("mind-waiting");
  await page.getByRole("button", { name: "No", exact: true }).first().click();
  await page.getByText("You said no.").first().waitFor();
  await shoot("mind-decided");
  for (const mind of ["loading", "away", "missing-model", "refused", "off"]) {
    await change(look, { mind }, "The rules decide");
    await shoot(`mind-${mind}`);
  }
  await change(look, { empty: true }, "Nothing was decided in this body yet.");
  await shoot("mind-empty", true);
  await change(look, { fails: true }, "The robot is not connected.");
  await shoot("mind-error", true);
  await change(look, { life: "none" }, "No living agent is known.");
  await shoot("mind-none");
  await agent(look);
  await change(look, {}, "Lives in");
  await fake({ quiet: true });
  await settle(page, "Disconnected from the companion.");
  await page.waitForTimeout(2500);
  await shoot("agent-disconnected");
  await page.goto(`${url}/#/mind`);
  await page.waitForTimeout(400);
  await shoot("mind-disconnected");
  await fake({ quiet: false, agent: {} });
}

async function settle(page: Page, until: string): Promise<void> {
  await page.getByText(until).first().waitFor();
  await page.waitForTimeout(300);
}
async function change({ page, fake }: Look, agent: object, until: string): Promise<void> {
  await fake({ agent });
  await settle(page, until);
}

async function chat({ page, fake, shoot }: Look): Promise<void> {
  await fake({ agent: { stalls: 5 } });
  await page.fill("#instruction", "where do I keep the tea?");
  await page.press("#instruction", "Enter");
  await page.getByText("recall").waitFor();
  await shoot("chat-tool");
  await page.getByRole("button", { name: "Interrupt" }).click();
  await fake({ agent: { stalls: 14 } });
  await page.fill("#instruction", "where do I keep the tea?");
  await page.press("#instruction", "Enter");
  await page.getByText("You keep the tea").waitFor();
  await page.waitForTimeout(400);
  await shoot("chat-streaming");
  await page.getByRole("button", { name: "Interrupt" }).click();
  await page.getByText("Interrupted.").nth(1).waitFor();
  await shoot("chat-interrupted");
  await fake({ agent: {} });
  await page.fill("#instruction", "and can you go out and buy some?");
  await page.press("#instruction", "Enter");
  await page.getByText(/By qwen3.5:4b in/).waitFor();
  await shoot("chat-done");
}

async function memories({ page, shoot }: Look): Promise<void> {
  await page.getByRole("button", { name: "Add a fact" }).click();
  await page.getByRole("button", { name: "Save as your word" }).click();
  await shoot("memory-wrong", true);
  await page.getByLabel("Name", { exact: true }).fill("milk");
  await page.getByLabel("What to remember").fill("Oat milk, on the door of the fridge.");
  await page.getByRole("button", { name: "Save as your word" }).click();
  await page.getByRole("button", { name: "Edit milk" }).waitFor();
  await page.getByRole("button", { name: "Edit tea", exact: true }).click();
  await page.waitForTimeout(200);
  await shoot("memory-edit");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Forget quiet hours", exact: true }).click();
  await page.getByText("Forgotten:").waitFor();
  await page.waitForTimeout(700);
  await shoot("memory-forgotten");
  await page.getByRole("button", { name: "Undo forgetting quiet hours" }).click();
  await page.getByRole("button", { name: "Forget quiet hours", exact: true }).waitFor();
  await page.getByRole("button", { name: "Older", exact: true }).click();
  await page.getByRole("button", { name: /^Edit tea 3/ }).waitFor();
  await page.getByPlaceholder("Search the memory").fill("garden");
  await page.keyboard.press("Enter");
  await page.getByText("best first for").waitFor();
  await page.waitForTimeout(300);
  await shoot("memory-found");
  await page.getByPlaceholder("Search the memory").fill("unicorns");
  await page.keyboard.press("Enter");
  await page.getByText("Try fewer").waitFor();
  await shoot("memory-nothing");
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: /Episodes/ }).click();
  await page.getByText("bring me the newspaper").first().waitFor();
  await shoot("memory-episodes");
  await page.getByRole("button", { name: /Facts/ }).click();
  await page.getByText("on the second shelf").first().waitFor();
}

async function blocks(look: Look): Promise<void> {
  const { page, shoot } = look;
  await page.getByRole("button", { name: "Edit persona" }).click();
  await page.getByLabel("Text of persona").fill("You are Timmy, and brief.");
  await shoot("block-edit");
  await page.getByRole("button", { name: "Save as your word" }).click();
  await page.getByText("and brief.").waitFor();
  await page.getByRole("button", { name: "Remove the house" }).click();
  await page.getByText("Removed:").waitFor();
  await shoot("block-removed");
  await page.getByRole("button", { name: /Undo removing/ }).click();
  await change(look, { blocks: "full" }, "Remove one to add another.");
  await shoot("blocks-full", true);
}

async function agent(look: Look): Promise<void> {
  const { page, url, fake, shoot } = look;
  await change(look, {}, "Older decisions");
  await page.goto(`${url}/#/agent`);
  await settle(page, "Lives in the simulated robot timmy.");
  await shoot("agent-top");
  await shoot("agent", true);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name", { exact: true }).fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await shoot("agent-name");
  await page.getByRole("button", { name: "Cancel" }).click();
  await fake({ agent: { stepMs: 250 } });
  const choose = () => page.getByRole("button", { name: "Move here to companion" }).click();
  const confirm = () => page.getByRole("button", { name: "Move to companion" }).click();
  await choose();
  await page.getByRole("dialog").waitFor();
  await shoot("move-dialog");
  await shoot("move-dialog-whole", true);
  await confirm();
  await page.getByText("Sending the sealed state").waitFor();
  await page.waitForTimeout(1200);
  await shoot("move-sending");
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.getByText("The move was taken back").waitFor();
  await shoot("move-stayed");
  await fake({ agent: { moveFails: true } });
  await choose();
  await confirm();
  await page.getByText("did not answer in time").first().waitFor();
  await shoot("move-failed");
  await fake({ agent: {} });
  await choose();
  await confirm();
  await page.getByText("Timmy lives in companion now.").waitFor();
  await shoot("move-arrived");
  await shoot("move-arrived-whole", true);
  await page.goto(`${url}/#/`);
  await settle(page, "This robot is empty");
  await shoot("house-elsewhere");
  await page.goto(`${url}/#/agent`);
  await change(look, { life: "leaving" }, "Leaving");
  await shoot("agent-leaving");
  await change(look, { life: "arriving" }, "Arriving in");
  await shoot("agent-arriving");
  await change(look, { life: "departed" }, "which is not heard");
  await shoot("agent-departed", true);
  await change(look, { life: "vacant" }, "Nobody lives in");
  await shoot("agent-vacant");
  await change(look, { life: "none", alone: true }, "No living agent is known.");
  await shoot("agent-none");
}
