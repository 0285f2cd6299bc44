import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "./page.js";

const SESSION = "session_abc123";
const EXECUTE = `/runtime/${SESSION}/execute/`;
const PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const rows = (page) => page.getByRole("region", { name: "Requests, the newest answer first" }).getByRole("row");
const detail = (page) => page.getByRole("region", { name: /\/api\/v1\// });
const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

test("requests appear while they come, newest first, as the journal has them", async ({ page, world }) => {
  await world.open("#/requests");
  await expect(page.getByText("No requests yet.")).toBeVisible();
  await expect(page.getByText(`x-api-key: ${world.apiKey}`)).toBeVisible();
  await world.call("POST", EXECUTE, { content: "Hello" });
  await expect(rows(page)).toHaveCount(2);
  await world.call("GET", "/sessions/nothing/");
  await expect(rows(page)).toHaveCount(3);
  const entries = (await world.control("GET", "/journal")).reverse();
  for (const [n, entry] of entries.entries()) {
    await expect(rows(page).nth(n + 1)).toContainText(entry.operation);
    await expect(rows(page).nth(n + 1)).toContainText(String(entry.status));
    await expect(rows(page).nth(n + 1)).toContainText(entry.outcome.replaceAll("_", " "));
  }
});

test("a request opens to what was asked and answered, and the address leads there again", async ({ page, world }) => {
  await world.call("POST", EXECUTE, { content: "Hello" });
  await world.open("#/requests");
  await rows(page).nth(1).getByRole("link").click();
  await expect(detail(page).getByRole("heading", { level: 2 })).toHaveText(`POST /api/v1${EXECUTE}`);
  const [entry] = await world.control("GET", "/journal");
  await expect(detail(page).getByRole("group", { name: "the body of the answer" })).toHaveText(JSON.stringify(entry.response, null, 2));
  await expect(detail(page).getByText(entry.evidence, { exact: true })).toBeVisible();
  await page.reload();
  await expect(detail(page).getByRole("heading", { level: 2 })).toHaveText(`POST /api/v1${EXECUTE}`);
  await detail(page).getByRole("link", { name: "greeting" }).click();
  await expect(page).toHaveURL(/#\/world\/scripts\/greeting/);
  await page.goBack();
  await page.keyboard.press("Escape");
  await expect(detail(page)).toHaveCount(0);
});

test("filters narrow the list, stand in the address, and can be taken back", async ({ page, world }) => {
  await world.call("POST", EXECUTE, { content: "Hello" });
  await world.call("GET", "/sessions/nothing/");
  await world.open("#/requests");
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("not_found");
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/outcome=not_found/);
  await page.reload();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("combobox", { name: "Operation" }).selectOption("runtime.*");
  await expect(page.getByText("No request passes these filters.")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Show all" }).click();
  await expect(rows(page)).toHaveCount(3);
});

test("what cannot be filtered for is refused in the server's words", async ({ page, world, complaints }) => {
  complaints.push(/400/);
  await world.open("#/requests");
  await page.getByRole("searchbox", { name: "Status" }).fill("many");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("status must be a number, not 'many'");
});

test("long lists come in pages", async ({ page, world }) => {
  for (let n = 0; n < 120; n += 20) await Promise.all(Array.from({ length: 20 }, () => world.call("GET", "/sessions/")));
  await world.open("#/requests");
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("1–50 of 120 requests");
  await page.getByRole("button", { name: "Older" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("51–100 of 120 requests");
  await page.getByRole("button", { name: "Older" }).click();
  await expect(rows(page)).toHaveCount(21);
  await page.getByRole("button", { name: "Newer" }).click();
  await expect(rows(page)).toHaveCount(51);
});

test("pictures that were sent are seen, and texts from right to left run as they should", async ({ page, world }) => {
  await world.call("POST", EXECUTE, {
    content: [{ type: "text", text: "مرحبا، ما هذا؟" }, { type: "image_url", image_url: { url: PIXEL } }],
  });
  await world.open("#/requests/req_000001");
  const picture = detail(page).getByRole("img", { name: "Picture that was sent" });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image) => image.naturalWidth)).toBe(1);
  const text = detail(page).getByText("مرحبا، ما هذا؟").first();
  expect(await text.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});

test("what was sent is text and nothing else", async ({ page, world }) => {
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>{{ variables.x }}';
  await world.call("POST", EXECUTE, { content: text });
  await world.open("#/requests/req_000001");
  await expect(detail(page).getByText(text, { exact: true })).toBeVisible();
  await expect(page).toHaveTitle("Requests – Atthene emulator");
});

test("a request is said again as a command, a program, a test, a script and a fault", async ({ page, world }) => {
  await world.call("POST", EXECUTE, { content: "It's \"fine\"" });
  await world.open("#/requests/req_000001");
  const group = detail(page).getByRole("group", { name: "Say it again as" });
  const texts = {};
  for (const name of ["curl", "fetch", "Node.js", "pytest", "script", "fault"]) {
    await group.getByRole("button", { name, exact: true }).click();
    await detail(page).getByRole("button", { name: `Copy ${name}` }).click();
    texts[name] = await copied(page);
  }
  expect(texts.curl).toContain("curl -X POST");
  expect(texts.curl).toContain("$ATTHENE_API_KEY");
  expect(texts.fetch).toContain("await fetch(");
  expect(texts.fetch).not.toContain("process.env");
  expect(texts["Node.js"]).toContain("process.env.ATTHENE_API_KEY");
  expect(texts.pytest).toContain("def test_runtime_execute(atthene):");
  expect(texts.fault).toContain("operation: runtime.execute");
  const [added] = await world.control("POST", "/scripts", JSON.parse(JSON.stringify({ when: { content: "It's \"fine\"" }, then: { reply: "Good" } })));
  expect(texts.script).toContain("It's");
  expect(added.name).toBeTruthy();
});

/** Sends a form with two fields of the same name, and answers its entry in the journal. */
async function upload(world) {
  const form = new FormData();
  form.append("file", new File(["Clean it."], "second.pdf", { type: "application/pdf" }));
  for (const tag of ["x", "y"]) form.append("tags", tag);
  await fetch(`${world.baseUrl}/files/`, { method: "POST", headers: { "x-api-key": world.apiKey }, body: form });
  return (await world.control("GET", "/journal?operation=files.upload")).at(-1);
}

test("an upload is said again as a form, whose file is read where it runs", async ({ page, world }, info) => {
  const first = await upload(world);
  await world.open(`#/requests/${first.id}`);
  const group = detail(page).getByRole("group", { name: "Say it again as" });
  const texts = {};
  await expect(group).toBeVisible();
  await world.axe();
  for (const name of ["curl", "fetch", "Node.js", "pytest"]) {
    await group.getByRole("button", { name, exact: true }).click();
    await detail(page).getByRole("button", { name: `Copy ${name}` }).click();
    texts[name] = await copied(page);
    expect(texts[name].toLowerCase(), name).not.toMatch(/content-type|sha256/);
    await expect(detail(page).getByText("the journal keeps no files")).toBeVisible();
  }
  expect(texts.curl).toContain("-F 'file=@second.pdf' \\\n  -F 'tags=x' \\\n  -F 'tags=y'");
  expect(texts.fetch).toContain('form.append("file", new File(["…"], "second.pdf", { type: "application/pdf" }));');
  expect(texts["Node.js"]).toContain('await readFile("second.pdf")');
  expect(texts.pytest).toContain('("file", ("second.pdf", open("second.pdf", "rb"), "application/pdf")),');
  const cwd = info.outputPath();
  mkdirSync(cwd, { recursive: true });
  writeFileSync(`${cwd}/second.pdf`, "Clean it.");
  const env = { ...process.env, ATTHENE_API_KEY: world.apiKey };
  for (const command of [["bash", "-c", texts.curl.replace("curl", "curl -s")], [process.execPath, "--input-type=module", "-e", texts["Node.js"]]]) {
    await world.control("POST", "/reset?scope=state"); // the same file is not taken twice
    execFileSync(command[0], command.slice(1), { cwd, env });
  }
  const entries = await world.control("GET", "/journal?operation=files.upload");
  expect(entries.map(({ status, body }) => ({ status, body }))).toEqual(Array(3).fill({ status: 201, body: first.body }));
});

test("of a form that was refused unread no body is made up", async ({ page, world }) => {
  const form = new FormData();
  form.append("file", new File(["Clean it."], "second.pdf"));
  await fetch(`${world.baseUrl}/files/nothing/`, { method: "POST", headers: { "x-api-key": world.apiKey }, body: form });
  await world.open("#/requests/req_000001");
  await expect(detail(page).getByRole("group", { name: "curl", exact: true })).not.toContainText("content-type");
});

test("a file that was answered is not kept, and that is said", async ({ page, world }) => {
  const path = "/sessions/session_abc123/artifacts";
  await fetch(`${world.baseUrl}${path}/download-all/`, { headers: { "x-api-key": world.apiKey } });
  await world.open("#/requests/req_000001");
  await expect(detail(page).getByText("A file, whose bytes the journal does not keep.")).toBeVisible();
  await world.call("GET", "/sessions/");
  await world.open("#/requests/req_000002");
  await expect(detail(page).getByText("Answered", { exact: true })).toBeVisible();
  await expect(detail(page).getByText("A file, whose bytes")).toHaveCount(0);
});

test("a request that is no message is shown, too", async ({ page, world }) => {
  for (const content of [null, 5, [null], [{ text: 7 }], {}]) await world.call("POST", EXECUTE, { content });
  for (const n of [1, 2, 3, 4, 5]) {
    await world.open(`#/requests/req_00000${n}`);
    await expect(detail(page).getByRole("group", { name: "Say it again as" })).toBeVisible();
    await expect(detail(page).getByRole("group", { name: "the body of the request" })).toContainText("content");
  }
});

test("an address of a request leads nowhere else", async ({ page, world, complaints }) => {
  complaints.push(/404/);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (const id of ["..%2F..%2Fapi%2Fv1%2Fsessions%2F", "..", "%2e%2e", "."]) {
    await world.open(`#/requests/${id}`);
    await expect(page.getByRole("alert")).toBeVisible();
  }
  expect(asked.filter((path) => path.startsWith("/api/"))).toEqual([]);
});

test("a default answer leads to why, whatever came later", async ({ page, world }) => {
  await world.call("POST", EXECUTE, { content: "Something that nobody scripted" });
  await world.call("POST", EXECUTE, { content: "Hello" });
  await world.open("#/requests/req_000001");
  await expect(detail(page).getByText("No script answered.")).toBeVisible();
  await detail(page).getByRole("link", { name: "See why, and make one" }).click();
  await expect(page.getByText("Why a default answer?")).toBeVisible();
});

test("all namespaces are shown together, each request with its own", async ({ page, world }) => {
  await world.call("GET", "/sessions/");
  await page.goto(`${world.url}/__emulator/#/requests?namespace=*`);
  await expect(rows(page).filter({ hasText: world.namespace })).toHaveCount(1);
  await rows(page).filter({ hasText: world.namespace }).getByRole("link").click();
  await expect(detail(page).getByRole("heading", { level: 2 })).toHaveText("GET /api/v1/sessions/");
});

test("one who reads holds the list, and it goes on afterwards", async ({ page, world }) => {
  await world.call("GET", "/sessions/");
  await world.open("#/requests");
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Hold" }).click();
  await world.call("GET", "/sessions/");
  await page.getByRole("combobox", { name: "Outcome" }).focus();
  await expect(page.getByText("1 request came since.")).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Go on" }).click();
  await world.call("GET", "/sessions/");
  await expect(rows(page)).toHaveCount(4);
});

test("nothing of accessibility is wrong with a request", async ({ page, world }) => {
  await world.call("POST", EXECUTE, { content: "Hello" });
  await world.open("#/requests/req_000001");
  await expect(detail(page).getByText("Answered", { exact: true })).toBeVisible();
  await world.axe();
});

test("what is on its way is told before it is answered", async ({ page, world }) => {
  await world.control("POST", "/scripts", { then: { gate: "door", reply: "Late" } });
  await world.open("#/requests");
  const answered = world.call("POST", EXECUTE, { content: "Hello" });
  await expect(page.getByText(/On its way:.*waits at the gate door/)).toBeVisible();
  await world.control("POST", "/gates/door/open");
  expect((await answered).status).toBe(200);
  await expect(page.getByText(/On its way:/)).toHaveCount(0);
});
