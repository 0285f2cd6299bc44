import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "./page.js";

const NOT_FOUND = /status of 4\d\d/; // browsers say so of every answer that is an error

const operations = (document) => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));
const nameOf = ({ operationId, "x-operation": name }) => (["executeAtSessions", "listAvailableCollectionsAtOldPath"].includes(operationId) ? operationId : name);
const documentOf = (world, contract = "current") => world.control("GET", `/openapi.json?contract=${contract}`);

test("the list has every operation of the document", async ({ page, world }) => {
  await world.open("#/reference");
  const all = operations(await documentOf(world));
  for (const { method, path, operation } of all) {
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: nameOf(operation), exact: true }) });
    await expect(row).toContainText(operation.summary);
    await expect(row).toContainText(`${method} ${path}`);
    await expect(row).toContainText(operation["x-evidence"].split(": ")[0]);
  }
  await expect(page.getByText(`${all.length} operations`)).toBeVisible();
});

test("a filter leaves those that have its words, and the address keeps it", async ({ page, world }) => {
  await world.open("#/reference");
  await page.getByRole("searchbox", { name: "Filter" }).fill("delete agent");
  const names = operations(await documentOf(world))
    .filter(({ method, path, operation }) => ["delete", "agent"].every((word) => `${nameOf(operation)} ${method} ${path} ${operation.summary}`.toLowerCase().includes(word)))
    .map(({ operation }) => nameOf(operation));
  const byWords = page.getByRole("row").filter({ hasNotText: /With / }); // the others have fields of such names
  await expect(byWords.getByRole("rowheader").getByRole("link")).toHaveText(names);
  await page.getByRole("link", { name: names[0], exact: true }).click();
  await page.getByRole("navigation", { name: "Where this is" }).getByRole("link", { name: "Reference" }).click();
  await expect(page.getByRole("searchbox", { name: "Filter" })).toHaveValue("delete agent");
  await page.getByRole("searchbox", { name: "Filter" }).fill("no such thing");
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page.getByRole("link", { name: "runtime.execute", exact: true })).toBeVisible();
});

test("a filter finds what has a field of that name, in bodies and answers, and says which", async ({ page, world }) => {
  await world.open("#/reference?filter=execution_ti");
  const found = page.getByRole("row").filter({ has: page.getByRole("link", { name: "runtime.execute", exact: true }) });
  await expect(found).toContainText("With execution_time");
  await page.getByRole("searchbox", { name: "Filter" }).fill("execute instruct");
  await expect(page.getByRole("rowheader").getByRole("link")).toHaveCount(0);
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(found).not.toContainText("With");
});

test("an operation and the list say which contract they are of", async ({ page, world }) => {
  for (const hash of ["#/reference", "#/reference/runtime.execute"]) {
    await world.open(`${hash}?contract=reference`);
    await expect(page.getByText(/the contract reference has it/)).toBeVisible();
  }
});

test("an operation shows its fields, its answers, and what they rest on", async ({ page, world }) => {
  const document = await documentOf(world);
  const { paths, components } = document;
  const { schemas } = components;
  const { responses } = paths["/runtime/{session_id}/execute/"].post;
  await world.open("#/reference/runtime.execute");
  const main = page.getByRole("main");
  for (const [name, field] of Object.entries(schemas.Execute.properties)) {
    const shown = main.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) }).first();
    await expect(shown).toContainText(field.description.split("`")[0]);
    await expect(shown).toContainText(field["x-evidence"].replace(": ", " "));
  }
  for (const [status, { $ref, ...own }] of Object.entries(responses)) {
    const answer = $ref ? components.responses[$ref.split("/").at(-1)] : own;
    const summary = main.locator("summary").filter({ hasText: new RegExp(`^\\s*${status}\\b`) });
    await expect(summary).toContainText(answer.description.replaceAll("`", ""));
    for (const kind of answer["x-error-types"] ?? []) await expect(summary).toContainText(kind);
  }
});

test("what lies below a field is drawn when it is opened", async ({ page, world }) => {
  await world.open("#/reference/runtime.execute");
  const inner = page.getByText("execution_id", { exact: true });
  await expect(page.getByText("fields of metadata")).toBeVisible();
  await expect(inner).toHaveCount(0);
  await page.getByText("fields of metadata").click();
  await expect(inner).toBeVisible();
});

test("an id of a decision leads to what was decided", async ({ page, world }) => {
  const decisions = (await world.control("GET", "/evidence")).decisions;
  await world.open("#/reference/runtime.execute");
  await page.getByRole("link", { name: "D53" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Decisions");
  const what = decisions.find(({ id }) => id === "D53").what.replaceAll("`", "");
  await expect(page.getByText(what)).toBeInViewport();
  await expect(page.getByRole("term")).toHaveCount(decisions.length);
});

test("every contract has a reference of its own", async ({ page, world }) => {
  await world.open("#/reference");
  const contract = page.getByRole("combobox", { name: "Contract" });
  await expect(contract).toHaveValue((await world.control("GET", "/state")).contract);
  await contract.selectOption("connecting");
  await page.getByRole("link", { name: "sessions.start", exact: true }).click();
  const { SessionStarted } = (await documentOf(world, "connecting")).components.schemas;
  await page.getByRole("main").getByText("Created", { exact: true }).waitFor();
  for (const name of Object.keys(SessionStarted.properties)) await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  await page.goBack();
  await page.goBack();
  await expect(contract).toHaveValue("current");
});

test("a contract that there is not is refused in the server's words", async ({ page, world, complaints }) => {
  complaints.push(NOT_FOUND);
  await world.open("#/reference?contract=curent");
  await expect(page.getByRole("alert")).toContainText("There is no contract curent; did you mean current?");
});

test("what is tried is sent as the form says, and its entry in the journal is linked", async ({ page, world }) => {
  await world.open("#/reference/runtime.execute?session_id=session_abc123");
  await expect(page.getByLabel("API key")).toHaveValue(world.apiKey);
  await page.getByRole("textbox", { name: "Body" }).fill('{"content": "Hello “there”"}');
  await page.getByRole("button", { name: "Send POST" }).click();
  const link = page.getByRole("link", { name: /^request req_/ });
  await expect(link).toBeVisible();
  const [entry] = await world.control("GET", "/journal?operation=runtime.execute");
  expect(entry).toMatchObject({ status: 200, body: { content: "Hello “there”" }, session_id: "session_abc123" });
  await expect(link).toHaveText(`request ${entry.id}`);
  await expect(page.getByRole("group", { name: "the answer" })).toContainText(entry.response.messages[0].content);
  await link.click();
  await expect(page).toHaveURL(new RegExp(`#/requests/${entry.id}`));
});

test("nothing is sent before somebody presses the button", async ({ page, world }) => {
  await world.open("#/reference/sessions.list?limit=1");
  await expect(page.getByRole("textbox", { name: "limit" })).toHaveValue("1");
  expect(await world.control("GET", "/journal")).toEqual([]);
  await page.getByRole("button", { name: "Send GET" }).click();
  await expect(page.getByRole("heading", { name: "Answer", exact: true })).toBeVisible();
  expect((await world.control("GET", "/journal")).map(({ query }) => query)).toEqual(["limit=1"]);
});

test("a refusal is an answer like any other", async ({ page, world, complaints }) => {
  complaints.push(NOT_FOUND);
  await world.open("#/reference/agents.list");
  await page.getByLabel("API key").fill("no-such-key");
  await page.getByRole("button", { name: "Send GET" }).click();
  await expect(page.getByRole("group", { name: "the answer" })).toContainText("authentication_error");
});

test("ids that there are can be chosen", async ({ page, world }) => {
  await world.open("#/reference/runtime.execute");
  const { value } = await world.call("GET", "/sessions/");
  await expect(page.locator("#attempt-session_id option")).toHaveCount(value.results?.length ?? value.length);
  await world.open("#/reference/agents.get");
  const { agents } = await world.control("GET", "/state");
  for (const { id } of agents) await expect(page.locator(`#attempt-agent_id option[value="${id}"]`)).toHaveCount(1);
});

test("deleting is asked about first", async ({ page, world }) => {
  await world.open("#/reference/sessions.delete?session_id=session_abc123");
  await page.getByRole("button", { name: "Send DELETE" }).click();
  const question = page.getByRole("dialog", { name: "Delete?" });
  await question.getByRole("button", { name: "Keep" }).click();
  expect((await world.call("GET", "/sessions/session_abc123/")).status).toBe(200);
  await page.getByRole("button", { name: "Send DELETE" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("204").last()).toBeVisible();
  expect((await world.call("GET", "/sessions/session_abc123/")).status).toBe(404);
});

test("whoever waits for an answer can stop waiting", async ({ page, world }) => {
  await world.control("POST", "/faults", { id: "slow", operation: "agents.list", kind: "hang" });
  await world.open("#/reference/agents.list");
  await page.getByRole("button", { name: "Send GET" }).click();
  await expect(page.getByRole("button", { name: "Waiting …" })).toBeDisabled();
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await expect(page.getByRole("alert")).toContainText("You stopped waiting");
  await expect(page.getByRole("button", { name: "Send GET" })).toBeEnabled();
});

test("a request can be copied as a program that sends it, without the key", async ({ page, world }) => {
  await world.open("#/reference/runtime.execute?session_id=session_abc123");
  await page.getByRole("textbox", { name: "Body" }).fill('{"content":"It\'s $HOME"}');
  await page.getByText("As a command or a program").click();
  await page.getByRole("combobox", { name: "Copy as" }).selectOption("fetch, for Node.js");
  await page.getByRole("button", { name: "Copy the request as fetch, for Node.js" }).click();
  const program = await page.evaluate(() => navigator.clipboard.readText());
  expect(program).not.toContain(world.apiKey);
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", env: { ...process.env, ATTHENE_API_KEY: world.apiKey } });
  expect(told).toContain("agent.session");
  const [entry] = await world.control("GET", "/journal?operation=runtime.execute");
  expect(entry.body).toEqual({ content: "It's $HOME" });
});

test("the command that sets the key, and the program for a page, need no search for the key", async ({ page, world }) => {
  await world.open("#/reference/sessions.list");
  await page.getByText("As a command or a program").click();
  const copied = async (label) => {
    await page.getByRole("button", { name: `Copy ${label}`, exact: true }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copied("the command that sets the key")).toBe(`export ATTHENE_API_KEY='${world.apiKey}'`);
  expect(execFileSync("bash", ["-c", `${await copied("the command that sets the key")}\n${(await copied("the request as curl")).replace("curl", "curl -s")}`], { encoding: "utf8" })).toContain("session_abc123");
  await page.getByRole("combobox", { name: "Copy as" }).selectOption("fetch, for a page");
  const program = await copied("the request as fetch, for a page");
  expect(program).not.toContain("process");
  await expect(page.getByText("A page has no environment")).toBeVisible();
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", program.replace("…", world.apiKey)], { encoding: "utf8" });
  expect(told).toContain("session_abc123");
});

/** Operations that take a form, with what the journal then has of it. */
const FORMS = [
  ["files.upload", { file: { filename: "example.txt", content_type: "text/plain" }, tags: "manual,product" }],
  ["images.upload", { file: { filename: "example.svg", content_type: "image/svg+xml" } }],
  ["artifacts.upload", { file: { filename: "example.txt" }, title: "Notes" }],
];

for (const [name, body] of FORMS) {
  test(`${name} takes a form, which can be sent as it stands`, async ({ page, world }) => {
    await world.open(`#/reference/${name}?session_id=session_abc123`);
    await expect(page.getByRole("textbox", { name: "Body" })).toHaveCount(0);
    await page.getByRole("button", { name: "Send POST" }).click();
    await expect(page.getByRole("heading", { name: "Answer", exact: true })).toBeVisible();
    const [entry] = await world.control("GET", `/journal?operation=${name}`);
    expect(entry.status).toBeLessThan(300);
    expect(entry.body).toMatchObject(body);
    expect(entry.headers["content-type"]).toContain("boundary=");
    await world.axe();
  });
}

test("of a form a file is chosen, fields are filled in, and what is empty is not sent", async ({ page, world }) => {
  await world.open("#/reference/files.upload");
  const file = page.getByLabel("file", { exact: true });
  await expect(file).toHaveAccessibleDescription(/example\.txt is sent/);
  await file.setInputFiles({ name: "second.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF \0\xff", "latin1") });
  await page.getByRole("textbox", { name: "tags (optional)" }).fill("");
  await page.getByRole("textbox", { name: "description (optional)" }).fill("Übersicht; “neu”");
  await page.getByRole("button", { name: "Send POST" }).click();
  await expect(page.getByRole("group", { name: "the answer" })).toContainText("second.pdf");
  const [entry] = await world.control("GET", "/journal?operation=files.upload");
  expect(entry.body).toEqual({ file: { filename: "second.pdf", content_type: "application/pdf", size: 7, sha256: expect.any(String) }, description: "Übersicht; “neu”" });
  await page.getByText("As a command or a program").click();
  await expect(page.getByRole("group", { name: "the request as curl" })).toContainText("-F 'file=@second.pdf'");
  await expect(page.getByText("It reads second.pdf where it is run.")).toBeVisible();
});

const HARD = ["It's \"quoted\"", "line\nline\r\n\ttab", "$HOME `id` $(id) ${x} !!", "\\ \\n \\' \\\\", "ä 漢字 🙂 \u2028", "@file", "a'b''c", "%s %00 {x} [1-3]"];
const BODIES = [
  ...HARD,
  ...HARD.map((text) => JSON.stringify({ content: text, [text]: [true, false, null, 1.5, -2, {}, []] })),
  JSON.stringify({ content: HARD, deep: { deeper: { deepest: "x".repeat(200) } } }, null, 2),
  '{"a": 1.0, "b": 12345678901234567890}',
  '{"__proto__": 1}',
  "",
];

/** Programs are run with something in place of curl, fetch and requests that says what it is given, a line of JSON for each. */
const CURL = "curl() { printf '%s\\0' \"$#\" \"$@\"; }\n";
const FETCH = `
  globalThis.fetch = async (url, given) => { process.stdout.write(JSON.stringify({ url, ...given }) + "\\n"); return new Response(); };
  console.log = () => {};
  for (const program of JSON.parse(process.env.PROGRAMS)) await import("data:text/javascript," + encodeURIComponent(program));
`;
const REQUESTS = `
import json, os, sys, types
def request(method, url, headers, data=None, json=None, dumps=json.dumps):
    sys.stdout.write(dumps({"method": method, "url": url, "headers": headers, "data": None if data is None else data.decode(), "json": json}) + "\\n")
    return types.SimpleNamespace(status_code=200, text="")
sys.modules["requests"] = types.SimpleNamespace(request=request)
for program in json.loads(os.environ["PROGRAMS"]):
    exec(program, {"print": lambda *given: None})
`;
const KEY = "k'e\"y";

/** The same for a form: its parts, of files what they have. */
const FILES = `
import json, os, sys, types
def request(method, url, headers, files):
    read = lambda part: [one if one is None or isinstance(one, str) else one.read().decode() for one in part]
    sys.stdout.write(json.dumps([[name, read(part)] for name, part in files]) + "\\n")
    return types.SimpleNamespace(status_code=200, text="")
sys.modules["requests"] = types.SimpleNamespace(request=request)
for program in json.loads(os.environ["PROGRAMS"]):
    exec(program, {"print": lambda *given: None})
`;

function run(program, args, programs, cwd) {
  const env = { ...process.env, ATTHENE_API_KEY: KEY, PYTHONUTF8: "1", PROGRAMS: JSON.stringify(programs) };
  return execFileSync(program, args, { encoding: "utf8", env, cwd });
}

const lines = (text) => text.trim().split("\n").map((line) => JSON.parse(line));

/** The arguments of each command: their number stands before them. */
function argumentsOf(text) {
  const all = text.split("\0").slice(0, -1);
  const found = [];
  while (all.length) found.push(all.splice(0, Number(all.shift())));
  return found;
}

test("texts are quoted so that shells and languages give them back", async ({ world }) => {
  const { asCurl, asFetch, asPython } = await moduleOf(world, "parts/snippets.js");
  const url = "http://localhost/a'b?q=$x[1]";
  const requests = BODIES.map((body) => ({
    method: "POST",
    url,
    headers: {
      "X-Api-Key": "secret-1",
      Authorization: "Bearer secret-2",
      "X-Hard": body.replace(/[^\x20-\x7e]/g, "").trim(),
      "Content-Type": "application/json",
      Host: "localhost",
      "content-length": "9",
    },
    body,
  }));
  const [commands, scripts, programs] = [asCurl, asFetch, asPython].map((as) => requests.map(as));
  expect([...commands, ...scripts, ...programs].filter((text) => text.includes("secret-"))).toEqual([]);

  const given = argumentsOf(run("bash", ["-c", CURL + commands.join("\n")]));
  const fetched = lines(run(process.execPath, ["--input-type=module", "-e", FETCH], scripts));
  const sent = lines(run("python3", ["-c", REQUESTS], programs));
  for (const [n, { headers, body }] of requests.entries()) {
    const said = { "X-Api-Key": KEY, Authorization: `Bearer ${KEY}`, "X-Hard": headers["X-Hard"], "Content-Type": "application/json" };
    const shown = Object.entries(said).flatMap(([name, value]) => ["-H", value === "" ? `${name};` : `${name}: ${value}`]);
    expect(given[n]).toEqual(["-X", "POST", "--globoff", url, ...shown, "--data-raw", body]);
    expect(fetched[n]).toMatchObject({ url, method: "POST", headers: said });
    expect([body, compact(body)]).toContain(fetched[n].body);
    expect(sent[n]).toMatchObject({ url, method: "POST", headers: said });
    if (sent[n].json === null) expect(sent[n].data).toBe(body);
    else expect(sent[n].json).toEqual(JSON.parse(body));
  }
});

test("forms are quoted so that curl, Node.js and requests send what they have", async ({ world }, info) => {
  const { asCurl, asFetch, asPageFetch, asPython } = await moduleOf(world, "parts/snippets.js");
  const names = ["second.pdf", "it's; a,b $x.txt"];
  const values = [...HARD.map((text) => text.replace(/\r?\n/g, " ")), "<file", '"quoted"', "x;type=text/html", "(a", ""];
  const cwd = info.outputPath();
  mkdirSync(cwd, { recursive: true });
  for (const name of names) {
    writeFileSync(`${cwd}/${name}`, "Some bytes");
    const form = [{ name: "file", file: { name, type: "text/plain" } }, ...values.map((value) => ({ name: "tags", value }))];
    const request = { method: "POST", url: `${world.baseUrl}/files/`, headers: { "x-api-key": world.apiKey }, form };
    const env = { ...process.env, ATTHENE_API_KEY: world.apiKey, PYTHONUTF8: "1" };
    const page = asPageFetch(request).replace("…", world.apiKey).replace("…", "Some bytes");
    for (const command of [["bash", "-c", asCurl(request).replace("curl", "curl -s")], ...[asFetch(request), page].map((one) => [process.execPath, "--input-type=module", "-e", one])]) {
      execFileSync(command[0], command.slice(1), { cwd, env });
      await world.control("POST", "/reset?scope=state"); // the same file is not taken twice
    }
    const entries = await world.control("GET", "/journal?operation=files.upload");
    expect(entries.map(({ status }) => status)).toEqual([201, 201, 201]);
    for (const { body } of entries) expect(body).toMatchObject({ file: { filename: name, size: 10 }, tags: values });
    const [sent] = lines(run("python3", ["-c", FILES], [asPython(request)], cwd));
    expect(sent).toEqual([["file", [name, "Some bytes", "text/plain"]], ...values.map((value) => ["tags", [null, value]])]);
    await world.control("DELETE", "/journal");
  }
});

/** A module of the page that needs no browser. */
async function moduleOf(world, name) {
  const text = await (await fetch(`${world.url}/__emulator/inspector/${name}`)).text();
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

test("a schema that refers to itself ends where it begins again", async ({ world }) => {
  const { below, typeOf } = await moduleOf(world, "parts/shape.js");
  const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
  const document = {
    components: {
      schemas: {
        Any: { anyOf: [{ type: "string" }, { type: "array", items: ref("Any") }, { type: "object", additionalProperties: ref("Any") }] },
        Lists: { type: "array", items: ref("Lists") },
        Node: { type: "object", required: ["next"], properties: { next: ref("Node"), children: { type: "array", items: ref("Node") } } },
        Itself: ref("Itself"),
      },
    },
  };
  for (const name of ["Any", "Lists", "Itself"]) expect(below(document, ref(name)), name).toEqual([]);
  expect(typeOf(document, ref("Lists"))).toBe("list of list of list of list of …");
  const [{ fields }] = below(document, ref("Node"));
  expect(fields.map(({ name, isRequired }) => [name, isRequired])).toEqual([["next", true], ["children", false]]);
  expect(below(document, fields[1].schema).map(({ label }) => label)).toEqual(["Each in the list"]);
});

test("the live socket has every frame and event", async ({ page, world }) => {
  const { components: { messages }, channels: { socket } } = await world.control("GET", "/asyncapi.json");
  await world.open("#/reference");
  await page.getByRole("link", { name: "Live socket" }).click();
  for (const { name, summary } of Object.values(messages)) {
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
    await expect(row).toContainText(summary);
  }
  for (const { code, when } of socket["x-close-codes"]) await expect(page.getByRole("row").filter({ hasText: String(code) })).toContainText(when);
  await page.getByRole("link", { name: "user_message", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("user_message");
  await expect(page.getByRole("group", { name: "Example of user_message" })).toContainText(messages.user_message.examples[0].payload.content);
  await expect(page.getByText("correlation_id", { exact: true })).toBeVisible();
});

for (const [hash, what] of [["#/reference/runtime.exec", "operation “runtime.exec”"], ["#/reference/socket/nothing", "frame “nothing”"]]) {
  test(`an address of an unknown ${what.split(" ")[0]} says that there is none`, async ({ page, world }) => {
    await world.open(hash);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`There is no ${what}`);
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`what is opened has no fault of accessibility, ${colorScheme}`, async ({ page, world }) => {
    test.slow(); // every schema and example of an operation is opened and looked at
    await page.emulateMedia({ colorScheme });
    await world.open("#/reference/runtime.execute");
    await page.getByRole("button", { name: "Send POST" }).click();
    await expect(page.getByRole("heading", { name: "Answer", exact: true })).toBeVisible();
    const closed = page.locator("details:not([open]) > summary").filter({ visible: true });
    while (await closed.count()) await closed.first().click();
    await world.axe();
    for (const hash of ["#/reference/socket", "#/reference/socket/hitl_response", "#/reference/decisions/D56", "#/reference/agents.create", "#/reference/files.upload"]) {
      await world.open(hash);
      await expect(page.getByRole("heading", { level: 2 }).or(page.getByRole("term")).first()).toBeVisible();
      await world.axe();
    }
  });
}

test("narrow screens need no scrolling sideways", async ({ page, world }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const hash of ["#/reference/agents.create", "#/reference/runtime.execute", "#/reference/artifacts.upload", "#/reference/socket", "#/reference/socket/HitlRequired", "#/reference/decisions"]) {
    await world.open(hash);
    await expect(page.getByRole("navigation", { name: "Where this is" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), hash).toBeLessThanOrEqual(360);
  }
});

test.describe("the page beside the API", () => {
  test("shows the same operations, and asks for nothing of the control plane but files", async ({ page, world }) => {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${world.url}/api/v1/docs/`);
    await expect(page.getByRole("rowheader").getByRole("link")).toHaveText(operations(await documentOf(world)).map(({ operation }) => nameOf(operation)));
    await page.getByRole("link", { name: "sessions.get", exact: true }).click();
    await page.getByLabel("API key").fill(world.apiKey);
    await page.getByRole("button", { name: "Send GET" }).click();
    await expect(page.getByRole("group", { name: "the answer" })).toContainText("session_abc123");
    await expect(page).toHaveTitle("sessions.get – Atthene emulator");
    expect(asked.filter((path) => path.startsWith("/__emulator/") && !path.startsWith("/__emulator/inspector/"))).toEqual([]);
    expect((await world.control("GET", "/journal")).map(({ operation }) => operation)).toEqual(["sessions.get"]);
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`has no fault of accessibility, ${colorScheme}`, async ({ page, world }) => {
      await page.emulateMedia({ colorScheme });
      for (const hash of ["", "#/reference/sessions.start_by_key", "#/reference/decisions"]) {
        await page.goto(`${world.url}/api/v1/docs/${hash}`);
        await expect(page.getByRole("heading", { level: 2 }).or(page.getByRole("term")).first()).toBeVisible();
        await world.axe();
      }
    });
  }
});
