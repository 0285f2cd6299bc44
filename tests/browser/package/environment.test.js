// What holds in every environment of Vitest and Jest, which have `test` and `expect` among their globals.
import { useWorld } from "atthene-emulator/vitest";

const world = useWorld({ seed: "default" });
const names = new Set();

beforeEach(() => { names.add(world.name); });
afterAll(() => { expect(() => world.name).toThrow("There is a world in tests and in their hooks"); });

test("requests, gates and the clock work whatever the environment replaces", async () => {
  await world.script("It rains.", { gate: "door" });
  const answered = world.waitFor({ operation: "socket.execution_result" });
  const socket = await world.socket("session_abc123");
  await socket.say("How is the wäther?");
  await world.gate("door").waitUntilWaiting();
  await world.clock.advance("1s");
  await world.gate("door").open();
  expect((await socket.untilResult()).messages[0].content).toBe("It rains.");
  expect((await answered).outcome).toBe("ok");
});

test("each test has a world of its own", async () => {
  expect(names.size).toBe(2);
  expect((await world.scripts()).every((one) => one.from === "seed")).toBe(true);
  expect("baseUrl" in world).toBe(true);
});

test("a failure is told", async () => {
  await expect(world.scenario("aproval")).rejects.toThrow("did you mean approval");
  await expect(world.gate("door").waitUntilWaiting({ timeoutMs: 1 })).rejects.toThrow("at the gate door after");
});
