import { expect, test, vi } from "vitest";
import { useWorld } from "atthene-emulator/vitest";

const world = useWorld({ seed: "default" });

test("it fails after a conversation, while time stands still", async () => {
  vi.useFakeTimers();
  const socket = await world.socket("session_abc123");
  await socket.say("Hello");
  await socket.untilResult();
  expect(41).toBe(42);
});
