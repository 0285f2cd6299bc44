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
    await expect(page.getByText("Loading …")).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(360);
  }
});

for (const [hash, name] of [["#/control", "Control"], ["#/control/faults", "Control"], ["#/agents", "Agents"]]) {
  test(`${hash} leads to the view that is called so`, async ({ page, world }) => {
    await world.open(hash);
    await expect(page.getByRole("main", { name })).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name })).toHaveAttribute("aria-current", "page");
  });
}

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
  await expect(choice.locator("optgroup[label='Deleted'] option", { hasText: world.namespace })).toBeAttached();
  await expect(choice).toHaveValue(world.namespace);
  await page.getByRole("link", { name: "runtime.execute" }).click();
  await page.getByRole("link", { name: "session_abc123" }).last().click();
  await expect(page.getByRole("log", { name: "Messages" })).toContainText("Hello! How can I help you today?");
});

test("where all namespaces cannot be shown together, the default one is", async ({ page, world }) => {
  await page.goto(`${world.url}/__emulator/#/sessions?namespace=*`);
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

test("one that was deleted says so and when, and nothing more is awaited there", async ({ page, world }) => {
  await world.open("#/requests");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await world.close(); // while somebody looks at it
  await expect(page.getByText("deleted", { exact: true })).toBeVisible();
  const listed = await (await fetch(`${world.url}/__emulator/namespaces?deleted=true`)).json();
  const { deleted_at: at } = listed.find((one) => one.name === world.namespace);
  const banner = page.getByText(`This namespace was deleted at ${at.replace("T", " ").replace("Z", "")}; it can be looked at, not changed.`);
  await expect(banner).toBeVisible();
  await page.reload();
  await expect(banner).toBeVisible();
  await expect(page.getByText("deleted", { exact: true })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Namespace" }).getByRole("option", { name: `${world.namespace} (deleted)` })).toBeAttached();
  await world.axe();
  await page.getByRole("combobox", { name: "Namespace" }).selectOption("default");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect(banner).toBeHidden();
});

test("an emulator that does not answer is told of, and one that was started again, too", async ({ page, world, complaints }) => {
  complaints.push(/Failed to load resource/);
  const away = { is: true };
  const health = await world.control("GET", "/health");
  let uptime = 5000;
  await page.route("**/__emulator/health", (route) => route.fulfill({ json: { ...health, uptime_seconds: uptime } }));
  await page.route("**/__emulator/events*", (route) => (away.is ? route.abort() : route.continue()));
  await world.open("#/world/clock");
  await expect(page.getByText("The emulator does not answer.")).toBeVisible();
  await expect(page.getByText("no connection", { exact: true })).toBeVisible();
  await world.axe();
  away.is = false;
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect(page.getByText("The emulator does not answer.")).toBeHidden();
  await expect(page.getByText("The emulator was restarted")).toHaveCount(0);
  uptime = 0;
  await page.evaluate(async () => {
    const { follow } = await import(new URL("inspector/live.js", document.baseURI).href);
    window.leave = follow("default"); // another connection, as after one that was lost
  });
  await expect(page.getByText("The emulator was restarted; what was in memory is gone.")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByText("The emulator was restarted")).toHaveCount(0);
});

test("what is not as usual stands at the top, each with the way to it, until it is as usual", async ({ page, world }) => {
  await world.open("#/requests");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  const list = page.getByRole("list", { name: "Not as usual" });
  await expect(list).toHaveCount(0);
  await world.control("POST", "/clock/advance", { seconds: 3600 });
  await expect(list.getByRole("listitem")).toHaveText(["Clock moved"]);
  await world.control("POST", "/scenarios/happy-path");
  await world.control("PUT", "/clock", { mode: "frozen" });
  await world.control("PUT", "/latency", { ms: 5 });
  await world.control("PUT", "/rate-limit", { requests: 50, per_seconds: 60 });
  await world.control("PUT", "/on-disconnect", { on_disconnect: "finish" });
  await world.control("PUT", "/transitions", { files: "immediate" });
  await world.control("POST", "/faults", { operation: "agents.list", status: 503 });
  await expect(list.getByRole("listitem")).toHaveText(["Clock frozen", "Answers late", "Requests limited", "Executions finish alone", "Files not as usual", "1 fault", "Scenario happy-path"]);
  await world.axe();
  for (const [name, title] of [["Clock frozen", "Time and limits"], ["1 fault", "Faults"], ["Scenario happy-path", "Scenarios"]]) {
    await list.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText(title);
  }
  await world.control("POST", "/reset");
  await world.control("DELETE", "/latency");
  await world.control("DELETE", "/rate-limit");
  await world.control("PUT", "/on-disconnect", { on_disconnect: "abandon" });
  await world.control("DELETE", "/transitions");
  await world.control("PUT", "/clock", { mode: "running", now: new Date().toISOString() });
  await expect(list).toHaveCount(0);
});

for (const [here, there] of [
  ["#/world/clock", /#\/world\/clock$/],
  ["#/world/scripts/greeting", /#\/world\/scripts$/],
  ["#/reference/runtime.execute?contract=reference", /#\/reference\/runtime.execute\?contract=reference$/],
  ["#/sessions/session_abc123", /#\/sessions$/],
]) {
  test(`in another namespace ${here} stays as far as it is there, too`, async ({ page, world }) => {
    await world.open(here);
    await page.getByRole("combobox", { name: "Namespace" }).selectOption("default");
    await expect(page).toHaveURL(there);
  });
}

test("what came of an action is in sight, and goes away", async ({ page, world }) => {
  await page.clock.install();
  await world.open("#/world/snapshots");
  await page.getByRole("textbox", { name: /^Name/ }).fill("before");
  await page.getByRole("button", { name: "Take a snapshot" }).click();
  const said = page.getByText("Took the snapshot before", { exact: true });
  await expect(said).toBeInViewport();
  await world.axe();
  await page.clock.fastForward(10_000);
  await expect(said).toHaveCount(0);
});

test("on a narrow screen the place where one is, is in sight", async ({ page, world }) => {
  await page.setViewportSize({ width: 375, height: 700 });
  await world.open("#/reference");
  await expect(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Reference" })).toBeInViewport({ ratio: 0.95 });
  await world.open("#/world/namespaces");
  await expect(page.getByRole("navigation", { name: "What is controlled" }).getByRole("link", { name: "Namespaces" })).toBeInViewport({ ratio: 0.95 });
});
