// The app as a person uses it. Each test has a world of its own, see `atthene-emulator/playwright`.
import type { Locator, Page } from "@playwright/test";
import type { World } from "atthene-emulator";
import { test as base } from "atthene-emulator/playwright";

export { expect } from "atthene-emulator/playwright";

export const SESSION = "session_abc123"; // of the default seed

export class ChatPage {
  readonly status: Locator;
  readonly problem: Locator;
  readonly approval: Locator;

  constructor(private readonly page: Page) {
    this.status = page.getByRole("status");
    this.problem = page.getByRole("alert");
    this.approval = page.getByRole("form", { name: "Approval" });
  }

  async open(sessionId = SESSION): Promise<void> {
    await this.page.goto(`/?session=${sessionId}`);
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Your message" }).fill(text);
    await this.button("Send").click();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The messages of one side, oldest first. */
  said(who: "You" | "Assistant" | "Tool" | "Note"): Locator {
    return this.page.getByRole("log").getByRole("article", { name: who });
  }
}

export const test = base.extend<{ chat: ChatPage }>({
  chat: async ({ page }, use) => use(new ChatPage(page)),
});

/** Let no socket open, as some proxies do: the app then uses plain requests. */
export async function withoutSockets(world: World): Promise<void> {
  await world.fault({ operation: "socket.open", kind: "drop" });
}

/** How often a message was executed. */
export async function executions(world: World): Promise<number> {
  return (await world.journal({ operation: "runtime.execute" })).length;
}
