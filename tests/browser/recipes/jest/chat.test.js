const { newWorld } = require("./atthene.cjs");

let world;
beforeAll(async () => { world = await newWorld({ seed: "default" }); });
beforeEach(async () => { await world.control("POST", "/reset?scope=state,scripts,faults,clock,journal"); });
afterAll(async () => { await world.close(); });

// Stands for your own code, which is given world.baseUrl and world.apiKey.
async function ask(content) {
  const response = await fetch(`${world.baseUrl}/runtime/session_abc123/execute/`, {
    method: "POST",
    headers: { "x-api-key": world.apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ content }),
  });
  return response.json();
}

test("an answer of half a minute comes at once while the clock is frozen", async () => {
  await world.control("PUT", "/clock", { mode: "frozen", now: "2025-01-15T10:30:00Z" });
  await world.control("POST", "/scripts", { then: { delay_ms: 30_000, reply: "Done." } });
  expect(await ask("Think hard")).toMatchObject({ status: "completed", execution_time: 30 });
});

test("each message is sent once", async () => {
  await ask("Hello");
  const sent = await world.control("GET", "/journal?operation=runtime.execute");
  expect(sent.map((request) => request.body.content)).toEqual(["Hello"]);
});
