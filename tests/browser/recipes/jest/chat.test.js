import { useWorld } from "atthene-emulator/vitest";

const world = useWorld({ seed: "default" });

// Stands for your own code, which is given world.baseUrl and world.apiKey.
async function ask(content) {
  const response = await fetch(`${world.baseUrl}/runtime/session_abc123/execute/`, {
    method: "POST",
    headers: { ...world.headers, "Content-Type": "application/json" },
    body: JSON.stringify({ content }),
  });
  return response.json();
}

test("an answer of half a minute comes at once while the clock is frozen", async () => {
  await world.clock.freeze("2025-01-15T10:30:00Z");
  await world.script("Done.", { delay_ms: 30_000 });
  expect(await ask("Think hard")).toMatchObject({ status: "completed", execution_time: 30 });
});

test("each message is sent once", async () => {
  await ask("Hello");
  const sent = await world.journal({ operation: "runtime.execute" });
  expect(sent.map((request) => request.body.content)).toEqual(["Hello"]);
});
