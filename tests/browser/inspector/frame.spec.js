import { expect, test } from "./page.js";

const VIEWS = ["Requests", "Sessions", "Agents", "Playground", "Control", "Reference"];

test("every view can be reached by the keyboard alone, and says where one is", async ({ page, world }) => {
  await world.open("#/requests");
  for (const name of [...VIEWS.slice(1), VIEWS[0]]) {
    const link = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name });
    await link.focus();
    await page.keyboard.press("Enter");
    await expect(link).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("main", { name })).toBeFocused();
    await expect(page).toHaveTitle(`${name} – Atthene emulator`);
    expect(new URL(page.url()).hash).toContain(`namespace=${world.namespace}`);
  }
});

for (const view of VIEWS) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the view ${view} has no fault of accessibility, ${colorScheme}`, async ({ page, world }) => {
      await page.emulateMedia({ colorScheme });
      await world.call("POST", "/runtime/session_abc123/execute/", { content: "Hello" });
      await world.open(`#/${view === "Agents" ? "configurations" : view === "Control" ? "world" : view.toLowerCase()}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("live", { exact: true })).toBeVisible();
      await world.axe();
    });
  }
}

test("narrow screens need no scrolling sideways", async ({ page, world }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const view of ["requests", "sessions", "configurations", "playground", "world", "reference"]) {
    await world.open(`#/${view}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(360);
  }
});

test("a view that there is not says which there are", async ({ page, world }) => {
  await world.open("#/sesions");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no view “sesions”");
  await page.getByRole("main").getByRole("link", { name: "Sessions" }).click();
  await expect(page.getByRole("main", { name: "Sessions" })).toBeVisible();
});

test("the switch at the top names all namespaces, and the views follow", async ({ page, world }) => {
  await world.open("#/sessions");
  const choice = page.getByRole("combobox", { name: "Namespace" });
  await expect(choice).toHaveValue(world.namespace);
  await choice.selectOption("default");
  await expect(page).toHaveURL(/#\/sessions$/);
  await page.goBack();
  await expect(choice).toHaveValue(world.namespace);
});

test("a namespace that was deleted can still be looked at", async ({ page, world }) => {
  await world.call("POST", "/runtime/session_abc123/execute/", { content: "Hello" });
  await world.open("#/requests");
  await expect(page.getByRole("link", { name: "runtime.execute" })).toBeVisible();
  await world.close();
  await page.reload();
  const choice = page.getByRole("combobox", { name: "Namespace" });
  await expect(choice.locator("optgroup[label='Deleted a while ago'] option", { hasText: world.namespace })).toBeAttached();
  await expect(choice).toHaveValue(world.namespace);
  await page.getByRole("link", { name: "runtime.execute" }).click();
  await page.getByRole("link", { name: "session_abc123" }).last().click();
  await expect(page.getByRole("log", { name: "Messages" })).toContainText("Hello! How can I help you today?");
});

test("where all namespaces cannot be shown together, the default one is", async ({ page, world }) => {
  await page.goto(`${world.url}/__emulator/#/sessions?namespace=all`);
  await expect(page).toHaveURL(/#\/sessions$/);
  await expect(page.getByRole("combobox", { name: "Namespace" })).toHaveValue("default");
  await expect(page.getByRole("region", { name: /^Sessions/ })).toBeVisible();
});

test("somebody who opens a session stands at its top, and one who opens a request at its title", async ({ page, world }) => {
  await world.call("GET", "/sessions/");
  await world.open("#/sessions");
  await page.getByRole("link", { name: "session_abc123" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("session_abc123");
  await expect(page.getByRole("main", { name: "Sessions" })).toBeFocused();
  await world.open("#/requests");
  await page.getByRole("link", { name: "sessions.list" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2 })).toBeFocused();
});
