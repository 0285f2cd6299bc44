import { readFile } from "node:fs/promises";
import { expect, test } from "./page.js";

const REFUSED = /status of 4\d\d/; // what the browser says of each refusal
const ADDED = ["name", "when", "then", "times"];

const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
const only = (keys) => (one) => Object.fromEntries(keys.map((key) => [key, one[key]]));
const scripts = async (world) => (await world.control("GET", "/scripts")).map(only([...ADDED, "from"]));

/** Presses a button that asks, and says yes. */
async function sure(page, button, yes) {
  await button.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: yes, exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function downloaded(page, press) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test.describe("scripts", () => {
  test("stand in the order in which they are tried, with where they come from and their hits", async ({ page, world }) => {
    await world.control("POST", "/scenarios/happy-path");
    await world.control("POST", "/scripts", { name: "mine", when: { content: "Hello" }, then: { reply: "Hi." }, times: 3 });
    await world.open("#/world");
    await expect(page.getByRole("link", { name: "Scripts" })).toHaveAttribute("aria-current", "page");
    await world.call("POST", "/runtime/session_abc123/execute/", { content: "Hello" });
    await expect(row(page, "mine")).toContainText("added1 of 3content: Helloreply: Hi.");
    const said = await world.control("GET", "/scripts");
    await expect(page.getByRole("region", { name: "Scripts" }).getByRole("rowheader")).toHaveText(said.map((one) => one.name));
    for (const one of said) await expect(row(page, one.name).getByRole("cell").first()).toHaveText(one.from);
  });

  test("whatever a script holds comes back when it is edited and added again", async ({ page, world }) => {
    const texts = ["", " ", "a: b", "a #b", "- a", "yes", "No", "null", "~", "12", "1e3", "0x1f", "2025-01-15", "a\nb", "a\nb\n", "a\n\n  b\n", "\na", " a\nb", "a\n \nb", "a\n\n", "tab\there",
      "it's", 'say "yes"', "back\\slash", "'\"\\", "ünï 日本 🎉", "\u0085\u2028\ufeff\u0007", "{{ user_input }}", "[x]", "a, b", "*", "&a", "!tag", "%", "@", "`", "? a", "a:", "x\r\ny", "العربية"];
    const variables = { texts, nested: [[1, [2.5, -3]], {}, [], [{ a: { "b c": null, "d: e": true } }], 1e21], "": "empty", yes: "key", "12": 1 };
    const script = { name: "nasty", when: { variables }, then: [{ reply: "One\ntwo\n\n  three\n" }, { reply: "x".repeat(300) }], times: 7 };
    await world.control("POST", "/scripts", script);
    await world.open("#/world/scripts/nasty?edit=1");
    await page.getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("link", { name: "Edit" })).toBeVisible();
    expect((await scripts(world))[0]).toEqual({ ...script, from: "added" });
  });

  test("one of the seed stays as it is: what is added goes before it, and can be dropped", async ({ page, world }) => {
    const before = await scripts(world);
    await world.open("#/world/scripts/greeting");
    await page.getByRole("link", { name: "Edit" }).click();
    await expect(page.getByText("This one is of the seed and stays as it is. What you add goes before it.")).toBeVisible();
    const text = page.getByRole("textbox", { name: /^Script/ });
    await text.fill((await text.inputValue()).replace("Hello! How can I help you today?", "Good day."));
    await page.getByRole("button", { name: "Add" }).click();
    await expect(page.getByText("added while the emulator runs")).toBeVisible();
    const greeting = before.find((one) => one.name === "greeting");
    expect(await scripts(world)).toEqual([{ ...greeting, from: "added", then: { reply: "Good day." } }, ...before]);
    await sure(page, page.getByRole("button", { name: "Drop" }), "Drop it");
    await expect(page.getByRole("rowheader", { name: "greeting" })).toHaveCount(1);
    expect(await scripts(world)).toEqual(before);
  });

  test("each template is a script that can be added", async ({ page, world }) => {
    await world.open("#/world/scripts");
    const names = [];
    for (const template of ["a reply", "a tool call", "a route", "an error", "a wait at a gate", "by hand"]) {
      await page.getByRole("link", { name: "Add a script" }).click();
      await page.getByRole("button", { name: template, exact: true }).click();
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByRole("link", { name: "Edit" })).toBeVisible();
      names.unshift(await page.getByRole("heading", { level: 2 }).textContent());
      await page.getByRole("main").getByRole("link", { name: "Scripts" }).last().click();
    }
    expect((await scripts(world)).filter((one) => one.from === "added").map((one) => one.name)).toEqual(names);
    await sure(page, page.getByRole("button", { name: "Drop all that were added" }), "Drop them");
    await expect(page.getByRole("button", { name: "Drop all that were added" })).toBeHidden();
  });

  test("a link that has one filled in adds it only when that is pressed, and a hint is told", async ({ page, world }) => {
    const before = await scripts(world);
    await world.open(`#/world/scripts?new=1&script=${encodeURIComponent("name: lost\nwhen: {agent: nobody}\nthen: {reply: Hi}\n")}`);
    await expect(page.getByRole("textbox", { name: /^Script/ })).toHaveValue(/name: lost/);
    expect(await scripts(world)).toEqual(before);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("heading", { name: "lost" })).toBeVisible();
    await expect(page.getByRole("main").getByRole("status")).toContainText("nobody");
    expect((await scripts(world))[0].name).toBe("lost");
    await page.goBack();
    await expect(page.getByRole("textbox", { name: /^Script/ })).toHaveValue(/name: lost/);
  });

  test("what is no script is refused in the words of the control plane, and stays to be mended", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    const before = await scripts(world);
    await world.open("#/world/scripts?new=1");
    const text = page.getByRole("textbox", { name: /^Script/ });
    for (const [wrong, why] of [["then: {replay: x}", "These are no scripts"], ["then: [", "This is not YAML"]]) {
      await text.fill(wrong);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByRole("alert")).toContainText(why);
      await expect(text).toHaveValue(wrong);
    }
    expect(await scripts(world)).toEqual(before);
  });

  test("all of them together are a document that another namespace takes", async ({ page, world }) => {
    await world.control("POST", "/scripts", [{ name: "greeting", then: { reply: "Line\nline" } }, { name: "hand", then: { gate: "by-hand" } }]);
    await world.open("#/world/scripts");
    const { name, text } = await downloaded(page, () => page.getByRole("button", { name: "Download all" }).click());
    expect(name).toBe("scripts.yaml");
    await page.getByRole("button", { name: "Copy all scripts as YAML" }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    const before = await world.control("GET", "/scripts");
    await world.control("POST", "/clear");
    await page.getByRole("link", { name: "Add a script" }).click();
    await page.getByRole("textbox", { name: /^Script/ }).fill(text);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("rowheader")).toHaveCount(before.length);
    expect((await world.control("GET", "/scripts")).map(only(["when", "then"]))).toEqual(before.map(only(["when", "then"])));
  });

  test("a thousand are shown in pages, and the address names the page", async ({ page, world }) => {
    await world.control("POST", "/scripts", Array.from({ length: 1000 }, (_, n) => ({ name: `script_${n}`, when: { turn: n + 1 }, then: { reply: `${n}` } })));
    await world.open("#/world/scripts");
    const all = (await world.control("GET", "/scripts")).length.toLocaleString("en");
    await expect(page.getByText(`1–50 of ${all} scripts`)).toBeVisible();
    await page.getByRole("button", { name: "Later" }).click();
    await expect(page.getByRole("rowheader").first()).toHaveText("script_50");
    await page.reload();
    await expect(page.getByText(`51–100 of ${all} scripts`)).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("rowheader").first()).toHaveText("script_0");
  });
});

test.describe("gates", () => {
  const HAND = { name: "hand", then: { gate: "by-hand" } };
  const hello = (world, session = "session_abc123") => world.call("POST", `/runtime/${session}/execute/`, { content: "Hello" });

  test("who waits is answered by hand, and the gate stays closed", async ({ page, world }) => {
    await world.control("PUT", "/clock", { mode: "frozen" });
    await world.control("POST", "/scripts", HAND);
    await world.open("#/world/gates");
    await expect(page.getByText("Nobody waits, and no gate is open.")).toBeVisible();
    const answer = hello(world);
    await expect(row(page, "by-hand")).toContainText("closed1session_abc123");
    await expect(row(page, "by-hand").getByRole("link", { name: "session_abc123" })).toHaveAttribute("href", new RegExp(`^#/sessions/session_abc123\\?namespace=${world.namespace}`));
    await page.getByRole("link", { name: "Answer by hand at by-hand" }).click();
    await page.getByRole("textbox", { name: "Reply" }).fill("Typed by a person.");
    await page.getByRole("button", { name: "Answer" }).click();
    const { value } = await answer;
    expect(value.messages.at(-1).content).toBe("Typed by a person.");
    await expect(page.getByText(/^Answered turn 2 of session_abc123\.$/)).toBeVisible();
    await expect(page.getByText("nobody")).toBeVisible();
  });

  test("a whole step can be given; what the agent cannot do is refused, and who waits goes on waiting", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.control("PUT", "/clock", { mode: "frozen" });
    await world.control("POST", "/scripts", HAND);
    const answer = hello(world);
    await world.open("#/world/gates/by-hand");
    await expect(page.getByRole("link", { name: "session_abc123" })).toBeVisible();
    await page.getByRole("textbox", { name: "Reply" }).fill("One: two");
    await page.getByRole("radio", { name: "a whole step" }).check();
    const step = page.getByRole("textbox", { name: /^Step/ });
    await expect(step).toHaveValue('reply: "One: two"\n');
    await step.fill("tool_calls: [{name: web_search}]");
    await page.getByRole("button", { name: "Answer" }).click();
    await expect(page.getByRole("alert")).toContainText("This step does not fit who waits at by-hand");
    await step.fill("error: {type: tool_error, message: It broke}");
    await page.getByRole("button", { name: "Answer" }).click();
    expect((await answer).value.status).toBe("error");
    await expect(page.getByRole("alert")).toBeHidden();
  });

  test("a gate is opened for who waits, before anybody comes, and closed again", async ({ page, world }) => {
    await world.control("PUT", "/clock", { mode: "frozen" });
    await world.control("POST", "/scripts", { name: "hand", then: { gate: "by-hand", reply: "Through." } });
    const answer = hello(world);
    await world.open("#/world/gates");
    await page.getByRole("button", { name: "Open by-hand" }).click();
    expect((await answer).value.messages.at(-1).content).toBe("Through.");
    await page.getByRole("textbox", { name: "Name" }).fill("later");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await expect(row(page, "later")).toContainText("open0nobody");
    await page.getByRole("button", { name: "Close later" }).click();
    await expect(row(page, "later")).toHaveCount(0);
    expect(await world.control("GET", "/gates")).toEqual([{ name: "by-hand", open: true, waiting: 0, sessions: [] }]);
  });
});

test.describe("faults", () => {
  const KINDS = [
    ["error", { Status: "400", Type: "content_policy_error", Message: "No." }, { kind: "error", status: 400, type: "content_policy_error", message: "No." }],
    ["rate limit", { "Retry after, seconds": "3", "Strike at most, times": "2" }, { kind: "error", status: 429, retry_after: 3, times: 2 }],
    ["delay", { "Delay, milliseconds": "20", "Up to (then chance chooses)": "30" }, { kind: "delay", delay_ms: { min: 20, max: 30 } }],
    ["drop", { "Let pass first": "1", "Strike each n-th": "2" }, { kind: "drop", after: 1, every: 2 }],
    ["reset", {}, { kind: "reset" }],
    ["malformed", { "Only in the session": "session_abc123" }, { kind: "malformed", session: "session_abc123" }],
    ["truncate", {}, { kind: "truncate" }],
    ["hang", {}, { kind: "hang" }],
  ];
  for (const [kind, fields, wanted] of KINDS) {
    test(`${kind} is said in a form`, async ({ page, world }) => {
      await world.open("#/world/faults?new=1");
      await page.getByRole("combobox", { name: "What happens" }).selectOption(kind);
      await page.getByRole("combobox", { name: "To the operation" }).fill("runtime.execute");
      for (const [name, value] of Object.entries(fields)) await page.getByRole("main").getByLabel(name, { exact: true }).fill(value);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByRole("link", { name: "Add one like it" })).toBeVisible();
      expect(await world.control("GET", "/faults")).toEqual([{ id: "fault-1", operation: "runtime.execute", ...wanted, matched: 0, fired: 0 }]);
    });
  }

  test("what struck is counted as it happens, and one is dropped", async ({ page, world }) => {
    await world.control("POST", "/faults", [{ id: "busy", operation: "sessions.list", status: 503 }, { id: "other", kind: "drop", operation: "agents.list" }]);
    await world.open("#/world/faults");
    await expect(row(page, "busy")).toContainText("errorsessions.liststatus: 50300");
    expect((await world.call("GET", "/sessions/")).status).toBe(503);
    await expect(row(page, "busy")).toContainText("status: 50311");
    await page.getByRole("button", { name: "Drop busy" }).click();
    await expect(row(page, "busy")).toHaveCount(0);
    await expect(page.getByRole("main")).toBeFocused(); // the button is gone
    expect((await world.call("GET", "/sessions/")).status).toBe(200);
    await sure(page, page.getByRole("button", { name: "Drop all" }), "Drop them");
    await expect(page.getByText("Nothing goes wrong.")).toBeVisible();
  });

  test("a link that has one filled in adds it only when that is pressed; YAML says what the form cannot", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.open(`#/world/faults?new=1&fault=${encodeURIComponent("id: gateway\nstatus: 502\nbody: <h1>Bad gateway</h1>\nheaders: {Via: 1.1 lb}\ncors: false\n")}`);
    const text = page.getByRole("textbox", { name: /^Fault/ });
    await expect(text).toHaveValue(/gateway/);
    expect(await world.control("GET", "/faults")).toEqual([]);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("heading", { name: "gateway" })).toBeVisible();
    await page.getByRole("link", { name: "Add one like it" }).click();
    await expect(text).toHaveValue(/Via: "1.1 lb"/);
    await text.fill("status: 200");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("These are no faults");
    expect(await world.control("GET", "/faults")).toHaveLength(1);
  });
});

test("scenarios say what they are for, are switched to, and left by a reset", async ({ page, world }) => {
  await world.open("#/world/scenarios");
  for (const one of await world.control("GET", "/scenarios")) await expect(row(page, one.name)).toContainText(one.description);
  await page.getByRole("button", { name: "Switch to happy-path" }).click();
  await expect(page.getByText("Active: happy-path.")).toBeVisible();
  expect((await world.control("GET", "/state")).scenario).toBe("happy-path");
  await sure(page, page.getByRole("button", { name: "Leave (reset)" }), "Reset");
  await expect(page.getByText("Active: happy-path.")).toBeHidden();
  expect((await world.control("GET", "/state")).scenario).toBeNull();
});

test.describe("time", () => {
  test("the clock runs in sight, is frozen, moved and let go", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.open("#/world/clock");
    const shown = page.getByRole("region", { name: "Clock" }).getByRole("time");
    const first = await shown.textContent();
    await expect(shown).not.toHaveText(first);
    await page.getByRole("textbox", { name: "Freeze at" }).fill("2025-01-15T10:30:00Z");
    await page.getByRole("button", { name: "Freeze there" }).click();
    await expect(shown).toHaveText("2025-01-15T10:30:00Z");
    await page.getByRole("button", { name: "Go forward 1 min" }).click();
    await page.getByRole("spinbutton", { name: "Go forward, seconds" }).fill("5");
    await page.getByRole("button", { name: "Go forward", exact: true }).click();
    await page.getByRole("button", { name: "Go forward 1 s", exact: true }).dblclick();
    await expect(shown).toHaveText("2025-01-15T10:31:07Z");
    expect(await world.control("GET", "/clock")).toEqual({ mode: "frozen", now: "2025-01-15T10:31:07Z" });
    await page.getByRole("textbox", { name: "Freeze at" }).fill("tomorrow");
    await page.getByRole("button", { name: "Freeze there" }).click();
    await expect(page.getByRole("region", { name: "Clock" }).getByRole("alert")).toContainText("is not a time; write it like");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByText("running", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Freeze now" }).click();
    await expect(page.getByText("frozen", { exact: true })).toBeVisible();
    expect((await world.control("GET", "/clock")).now.slice(0, 14)).toBe("2025-01-15T10:");
    await page.getByRole("button", { name: "Back to the machine's time" }).click();
    await expect(page.getByRole("button", { name: "Back to the machine's time" })).toHaveCount(0);
    const { mode, now } = await world.control("GET", "/clock");
    expect(mode).toBe("running");
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(10_000);
  });

  test("executions whose client leaves finish, or are given up", async ({ page, world }) => {
    await world.open("#/world/clock");
    const onDisconnect = page.getByRole("region", { name: "Clients that leave" });
    await expect(onDisconnect).toContainText("An execution is given up, and nothing of it is kept.");
    await onDisconnect.getByRole("button", { name: "Let them finish" }).click();
    await expect(onDisconnect).toContainText("An execution goes on to its end.");
    expect((await world.control("GET", "/on-disconnect")).on_disconnect).toBe("finish");
    await onDisconnect.getByRole("button", { name: "Give them up" }).click();
    await expect(onDisconnect).toContainText("An execution is given up, and nothing of it is kept.");
  });

  test("latency is set to a number or a range, and taken away", async ({ page, world }) => {
    await world.open("#/world/clock");
    const latency = page.getByRole("region", { name: "Latency" });
    await expect(latency).toContainText("Answers come at once.");
    await latency.getByRole("spinbutton", { name: "Milliseconds" }).fill("20");
    await latency.getByRole("button", { name: "Set" }).click();
    await expect(latency).toContainText("Every answer comes 20 ms late.");
    expect((await world.control("GET", "/latency")).ms).toBe(20);
    await latency.getByRole("spinbutton", { name: "Up to (then chance chooses)" }).fill("40");
    await latency.getByRole("button", { name: "Set" }).click();
    await expect(latency).toContainText("Every answer comes 20 to 40 ms late.");
    expect((await world.control("GET", "/latency")).ms).toEqual({ from: 20, to: 40 });
    await page.reload();
    await expect(latency.getByRole("spinbutton", { name: "Milliseconds" })).toHaveValue("20");
    await expect(latency.getByRole("spinbutton", { name: "Up to (then chance chooses)" })).toHaveValue("40");
    await latency.getByRole("button", { name: "No latency" }).click();
    await expect(latency).toContainText("Answers come at once.");
  });

  test("requests are counted as somebody says, as documented, or not", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.open("#/world/clock");
    const limit = page.getByRole("region", { name: "Rate limit" });
    await limit.getByRole("spinbutton", { name: "Requests" }).fill("7");
    await limit.getByRole("spinbutton", { name: "In seconds" }).fill("2.5");
    await limit.getByRole("combobox", { name: "For each" }).selectOption("session");
    await limit.getByRole("button", { name: "Set" }).click();
    await expect(limit).toContainText("7 requests in 2.5 seconds, for each session.");
    expect(await world.control("GET", "/rate-limit")).toEqual({ requests: 7, per_seconds: 2.5, scope: "session" });
    await limit.getByRole("button", { name: "The documented one" }).click();
    await expect(limit).toContainText("100 requests in 60 seconds, for each account.");
    await limit.getByRole("spinbutton", { name: "Requests" }).fill("0");
    await limit.getByRole("button", { name: "Set" }).click();
    await expect(limit.getByRole("alert")).toContainText("requests must be at least 1");
    await limit.getByRole("button", { name: "No limit" }).click();
    await expect(limit).toContainText("Requests are not counted.");
  });
});

test("files that do not go as usual are shown, and let go as usual", async ({ page, world }) => {
  await world.control("PUT", "/transitions", { files: { after_polls: 2 }, failures: [{ file: "*.pdf" }] });
  await world.open("#/world/clock");
  const card = page.getByRole("region", { name: "Files", exact: true });
  await expect(card.getByRole("group", { name: "how files go" })).toContainText("after_polls: 2");
  await world.axe();
  await card.getByRole("button", { name: "As usual" }).click();
  await expect(card).toContainText("All goes as usual.");
  expect(await world.control("GET", "/transitions")).toEqual({});
});

test.describe("snapshots", () => {
  test("one is taken, gone back to, and dropped, each after asking where something is lost", async ({ page, world }) => {
    await world.open("#/world/snapshots");
    await page.getByRole("textbox", { name: /^Name/ }).fill("before");
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await expect(row(page, "before")).toBeVisible();
    await world.control("POST", "/clear");
    const restore = page.getByRole("button", { name: "Restore before" });
    await restore.click();
    await page.keyboard.press("Escape");
    await expect(restore).toBeFocused();
    expect((await world.control("GET", "/state")).counts.agents).toBe(0);
    await sure(page, restore, "Restore");
    expect((await world.control("GET", "/state")).counts.agents).toBe(2);
    await sure(page, page.getByRole("button", { name: "Drop before" }), "Drop it");
    await expect(page.getByText("No snapshots yet.")).toBeVisible();
    expect(await world.control("GET", "/snapshots")).toEqual([]);
  });

  test("a file of one is what the control plane exports, and is imported by a file input or by dropping it", async ({ page, world }) => {
    await world.control("POST", "/snapshots", { name: "mine" });
    await world.open("#/world/snapshots");
    const { name, text } = await downloaded(page, () => page.getByRole("button", { name: "Download mine", exact: true }).click());
    expect(name).toBe("mine.json");
    expect(JSON.parse(text)).toEqual(await world.control("GET", "/snapshots/mine"));
    const secret = await downloaded(page, () => sure(page, page.getByRole("button", { name: "Download with secrets: mine" }), "Download"));
    expect(JSON.parse(secret.text)).toEqual(await world.control("GET", "/snapshots/mine?secrets=true"));

    await page.getByLabel("File").setInputFiles({ name: "chosen.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Import" }).click();
    await expect(row(page, "chosen")).toBeVisible();
    const data = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], "dropped.json", { type: "application/json" }));
      return transfer;
    }, text);
    await page.getByRole("heading", { level: 1 }).dispatchEvent("drop", { dataTransfer: data });
    await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("dropped");
    await page.getByRole("button", { name: "Import" }).click();
    await expect(row(page, "dropped")).toBeVisible();
    expect((await world.control("GET", "/snapshots")).map((one) => one.name)).toEqual(["mine", "chosen", "dropped"]);
  });

  test("a file that is no snapshot is refused in the words of the control plane", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.open("#/world/snapshots");
    await page.getByLabel("File").setInputFiles({ name: "notes.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await page.getByRole("button", { name: "Import" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    expect(await world.control("GET", "/snapshots")).toEqual([]);
  });
});

test.describe("namespaces", () => {
  test("each is listed with its key, and one is made from each seed, or as a fork", async ({ page, world }) => {
    await world.control("POST", "/scripts", { name: "mine", then: { reply: "Hi." } });
    await world.open("#/world/namespaces");
    await expect(row(page, /^default/).first()).toContainText("test-key");
    await expect(row(page, `${world.namespace} shown`)).toContainText(world.apiKey);
    const make = page.getByRole("form", { name: "A new namespace" });
    const made = [];
    const wanted = [...(await page.getByRole("combobox", { name: "Seed" }).getByRole("option").all())].length;
    for (let n = 0; n < wanted; n += 1) {
      made.push(`${world.namespace}-${n}`);
      await make.getByRole("textbox", { name: /^Name/ }).fill(made.at(-1));
      await make.getByRole("combobox", { name: "Seed" }).selectOption({ index: n });
      await make.getByRole("combobox", { name: "Contract" }).selectOption({ index: n });
      await make.getByRole("button", { name: "Make it" }).click();
      await expect(row(page, made.at(-1))).toBeVisible();
    }
    made.push(`${world.namespace}-fork`);
    await make.getByRole("radio", { name: "as a fork of another" }).check();
    await make.getByRole("combobox", { name: "Fork of" }).selectOption(world.namespace);
    await make.getByRole("textbox", { name: /^Name/ }).fill(made.at(-1));
    await make.getByRole("button", { name: "Make it" }).click();
    await make.getByRole("link", { name: made.at(-1) }).click();
    await expect(page.getByRole("rowheader", { name: "mine" })).toBeVisible();
    await page.getByRole("link", { name: "Namespaces" }).click();
    for (const name of made.toReversed()) await sure(page, page.getByRole("button", { name: `Delete ${name}`, exact: true }), "Delete it");
    await expect(row(page, /^default/).first()).toContainText("shown");
  });

  test("one that was deleted can be looked at, and not changed", async ({ page, world, complaints }) => {
    complaints.push(REFUSED);
    await world.control("POST", "/scripts", { name: "mine", then: { reply: "Hi." } });
    await world.open("#/world/namespaces");
    await sure(page, page.getByRole("button", { name: `Delete ${world.namespace}`, exact: true }), "Delete it");
    await expect(page).toHaveURL(/#\/world\/namespaces$/);
    const deleted = page.getByRole("region", { name: "Deleted namespaces" });
    await expect(deleted.getByRole("rowheader", { name: world.namespace })).toBeVisible();
    for (const view of ["Requests", "Sessions"]) {
      await expect(deleted.getByRole("link", { name: `${view} of ${world.namespace}` })).toHaveAttribute("href", `#/${view.toLowerCase()}?namespace=${world.namespace}`);
    }
    await deleted.getByRole("link", { name: `Control of ${world.namespace}` }).click();
    await page.getByRole("link", { name: "mine" }).click();
    await page.getByRole("button", { name: "Drop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Drop it" }).click();
    await expect(page.getByRole("dialog").getByRole("alert")).toContainText("deleted");
  });

  test("the one that is shown is cleared and reset, after asking", async ({ page, world }) => {
    await world.open("#/world/namespaces");
    await sure(page, page.getByRole("button", { name: "Clear", exact: true }), "Clear");
    expect((await world.control("GET", "/state")).counts.agents).toBe(0);
    await sure(page, page.getByRole("button", { name: "Reset", exact: true }), "Reset");
    expect((await world.control("GET", "/state")).counts.agents).toBe(2);
  });
});

const PLACES = ["scripts", "scripts?new=1", "scripts/greeting?edit=1", "scripts/nothing", "gates", "gates/by-hand", "faults", "faults?new=1", "faults/busy", "scenarios", "clock", "snapshots", "namespaces"];

for (const colorScheme of ["light", "dark"]) {
  test(`every place has no fault of accessibility, and fits a narrow screen, ${colorScheme}`, async ({ page, world }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await world.control("POST", "/faults", { id: "busy", operation: "agents.list", status: 503, message: "A long message that says why it is not to be had just now." });
    await world.control("POST", "/snapshots", { name: "before" });
    await world.control("POST", "/scenarios/happy-path");
    await world.control("POST", "/gates/by-hand/open");
    for (const place of PLACES) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await world.open(`#/world/${place}`);
      await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
      await expect(page.getByText("live", { exact: true })).toBeVisible();
      await world.axe();
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(360);
    }
  });
}
