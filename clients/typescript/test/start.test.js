// Emulators that are started, and those that run already; `atthene-emulator` is on PATH.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { attach, start } from "atthene-emulator";

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), "atthene-")); });
after(() => rm(folder, { recursive: true }));

/** Wait until nobody answers at a URL. */
async function gone(url) {
  for (let looks = 0; await fetch(url).then(() => true, () => false); looks++) {
    assert.ok(looks < 1000, `${url} still answers`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Set variables, act, and set them as they were. */
async function withEnvironment(variables, act) {
  const before = { ...process.env };
  for (const name of Object.keys(process.env).filter((one) => one.startsWith("ATTHENE_"))) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await act();
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

test("an emulator is started, and ends when it is closed", async () => {
  const emulator = await start();
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  assert.equal(emulator.version, version);
  assert.equal(emulator.baseUrl, `${emulator.url}/api/v1`);
  assert.equal(emulator.apiKey, "test-key");
  const world = await emulator.newWorld();
  await emulator.close();
  await emulator.close();
  await gone(emulator.url);
  await world.close();
  await assert.rejects(emulator.newWorld(), { type: "closed", message: `The emulator at ${emulator.url} is closed; attach() or start() again.` });
});

test("what is started is as it was asked for", async () => {
  const options = { seed: ["empty"], contract: "reference", strict: true, token: "secret", corsOrigins: ["https://app.example"], args: ["--latency", "1"] };
  const emulator = await start(options);
  const world = await emulator.world();
  assert.deepEqual(await world.sessions(), []);
  assert.equal((await world.control("GET", "/state")).contract, "reference");
  assert.deepEqual((await world.control("GET", "/latency")).ms, 1);
  const page = await fetch(`${world.baseUrl}/sessions/`, { headers: { origin: "https://app.example" } });
  assert.equal(page.headers.get("access-control-allow-origin"), "https://app.example");
  await assert.rejects(attach({ url: emulator.url, token: "wrong" }), { status: 401, message: /token/ });
  await assert.rejects(withEnvironment({}, () => attach({ url: emulator.url })), { status: 401, message: /token/ });
  await (await attach({ url: emulator.url, token: "secret" })).close();
  await emulator.close();
});

test("uvx fetches from where it is told where the command is missing", async () => {
  const found = process.env.PATH.split(delimiter).find((one) => existsSync(join(one, "atthene-emulator")));
  const uvx = join(folder, "uvx");
  await writeFile(uvx, `#!/bin/sh\necho "$1 $2 $3" > ${folder}/asked\nshift 3\necho '{"installed": 1}'\nexec ${found}/atthene-emulator "$@"\n`);
  await chmod(uvx, 0o755);
  const asked = async (options, variables = {}) => {
    await (await withEnvironment({ ...process.env, ...variables }, () => start({ env: { PATH: folder }, ...options }))).close();
    return readFile(join(folder, "asked"), "utf8");
  };
  assert.equal(await asked({ from: "../emulator" }), "--from ../emulator atthene-emulator\n");
  assert.equal(await asked({}, { ATTHENE_EMULATOR_FROM: "git+https://host/it" }), "--from git+https://host/it atthene-emulator\n");
  await assert.rejects(start({ env: { PATH: folder } }), { type: "setup", message: /^There is no atthene-emulator on PATH; install/ });
});

test("what a started emulator said is told when it has died", async () => {
  const found = process.env.PATH.split(delimiter).find((one) => existsSync(join(one, "atthene-emulator")));
  const dies = join(folder, "dies");
  await writeFile(dies, `#!/bin/sh\necho $$ > ${folder}/pid\necho "It was so young." >&2\nexec ${found}/atthene-emulator "$@"\n`);
  await chmod(dies, 0o755);
  const emulator = await start({ command: dies });
  const world = await emulator.newWorld();
  process.kill(Number(await readFile(join(folder, "pid"), "utf8")), "SIGKILL");
  await gone(emulator.url);
  const message = /^The emulator at http:.* is no more: `.*dies` was ended by SIGKILL\.\nIt was so young\./;
  await assert.rejects(world.scripts(), { type: "unreachable", message });
  await assert.rejects(world.script("x"), { type: "unreachable", message });
  await assert.rejects(world.socket("session_abc123"), { type: "unreachable", message });
  await emulator.close();
});

const program = (code) => ["node", "--eval", code];
const FAILURES = {
  "no command": [{ env: { PATH: "" } }, /^There is no atthene-emulator on PATH; install .*start\(\{ command \}\).*start\(\{ from \}\).*ATTHENE_EMULATOR_URL/],
  "nothing to fetch with": [{ from: ".", env: { PATH: "" } }, /^There is no atthene-emulator, uvx, pipx on PATH; install/],
  "a command that there is not": [{ command: "/nowhere/atthene" }, /^There is no command \/nowhere\/atthene; name another by start\(\{ command \}\)\.$/],
  "a command that ends at once": [
    { command: program("console.error('No.'); process.exitCode = 3") },
    /^The emulator did not start: `node --eval .*` ended with 3\.\nNo\.$/,
  ],
  "a command that says nothing": [{ command: program("") }, /ended with 0\.\nIt said nothing\.$/],
  "a command that tells nothing": [
    { command: program("process.stdin.resume()"), timeoutMs: 200 },
    /did not tell where it is within 0\.2 s\.\nIt said nothing\.$/,
  ],
  "a command that is none": [{ command: tmpdir() }, /^The emulator cannot be started by .*EACCES/],
  "an option that there is not": [{ args: ["--sed"] }, /ended with 2\.\n[^]*No such option/],
  "a seed that there is not": [{ seed: "buzy" }, /ended with 2\.\n.*did you mean busy\?/],
};
for (const [what, [options, message]] of Object.entries(FAILURES)) {
  test(`${what} is told`, () => assert.rejects(start(options), { name: "EmulatorError", message }));
}

test("mistakes in a seed and a taken port are told", async () => {
  const seed = join(folder, "seed.yaml");
  await writeFile(seed, "agentz: []\n");
  await assert.rejects(start({ seed }), { message: /agentz is not known here; did you mean agents\?/ });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await assert.rejects(start({ port }), { message: new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken`) });
  server.close();
});

const STARTS = `
  import { start } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
  const { url } = await start();
  process.stdout.write(url);
`;

test("it does not keep a process that is done, and ends with it", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", STARTS], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = await once(child.stdout, "data");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  await gone(String(url));
});

test("it ends with a process that is killed", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", `${STARTS} setInterval(() => {}, 1000);`], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = await once(child.stdout, "data");
  child.kill("SIGKILL");
  await gone(String(url));
});

test("a running emulator is found by options, variables and its ready file", async () => {
  const emulator = await start({ token: "secret" });
  const { url } = emulator;
  const [ready, token] = [join(folder, "ready.json"), join(folder, "token")];
  await writeFile(ready, JSON.stringify({ event: "ready", url }));
  await writeFile(token, "secret\n");
  const secret = { ATTHENE_EMULATOR_CONTROL_TOKEN: "secret" };
  const WAYS = [
    [{}, { url: `${url}/api/v1/`, token: "secret" }],
    [secret, { url: `${url.replace("http://", "")}/__emulator` }],
    [{ ...secret, ATTHENE_EMULATOR_URL: url }, {}],
    [{ ...secret, ATTHENE_EMULATOR_READY_FILE: ready }, {}],
    [{ ATTHENE_EMULATOR_CONTROL_TOKEN_FILE: token, ATTHENE_EMULATOR_URL: "http://127.0.0.1:1" }, { portFile: ready }],
  ];
  for (const [variables, options] of WAYS) {
    const found = await withEnvironment(variables, () => attach(options));
    assert.equal(found.url, url);
    await found.close();
  }
  await emulator.close();
});

test("where none answers, an error says what to do", async () => {
  const remedy = "start one with `atthene-emulator serve`, or name another URL.";
  const unreachable = { type: "unreachable", message: `No emulator answers at http://127.0.0.1:1 (ECONNREFUSED); ${remedy}` };
  await assert.rejects(attach({ url: "http://127.0.0.1:1" }), unreachable);
  await assert.rejects(withEnvironment({ ATTHENE_EMULATOR_URL: "127.0.0.1:1" }, () => attach()), unreachable);
  await assert.rejects(attach({ url: "ftp://localhost" }), { type: "setup", message: /ftp:\/\/localhost is no URL of an emulator; name one such as/ });
  await assert.rejects(attach({ portFile: "/nowhere.json" }), { message: /^\/nowhere\.json is no ready file of a running emulator; start one with/ });
});

test("what is no emulator is told", async () => {
  const server = createServer((_, response) => response.writeHead(404).end("Not here")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  await assert.rejects(attach({ url }), { type: "unreachable", status: 404, message: `What answers at ${url} is no emulator: it says 404 Not here` });
  server.closeAllConnections();
  server.close();
});

test("what answers JSON is no emulator for that", async () => {
  for (const said of ["{}", "null", "[]"]) {
    const server = createServer((_, response) => response.end(said)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${server.address().port}`;
    const rejected = assert.rejects(attach({ url }), { type: "unreachable", message: `What answers at ${url} is no emulator: it says 200 ${said}` });
    await rejected.finally(() => { server.closeAllConnections(); server.close(); });
  }
});
