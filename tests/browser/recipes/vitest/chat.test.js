// chat.test.js
import { expect, test } from "vitest";
import { useWorld } from "atthene-emulator/vitest";

const world = useWorld();

// Stands for your own code, which is given world.baseUrl and world.apiKey.
async function ask(content) {
  const response = await fetch(`${world.baseUrl}/runtime/session_abc123/execute/`, {
    method: "POST",
    headers: { ...world.headers, "Content-Type": "application/json" },
    body: JSON.stringify({ content }),
  });
  if (!response.ok) throw new Error(`The service answered ${response.status}`);
  return (await response.json()).messages.map((message) => message.content).join("\n");
}

test("an answer is scripted", async () => {
  await world.script("It rains.", { content: { contains: "weather" } });
  expect(await ask("How is the weather?")).toBe("It rains.");
});

test("the service is overloaded once", async () => {
  await world.fault({ operation: "runtime.execute", status: 503, times: 1 });
  await expect(ask("Hello")).rejects.toThrow("The service answered 503");
  expect(await ask("Hello")).toBe("Hello! How can I help you today?");
});
