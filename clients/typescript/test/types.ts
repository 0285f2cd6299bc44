// A program that compiles; tests hold that it does not with one mistake.
import { attach, start, EmulatorError, type Emulator, type World } from "atthene-emulator";
import { expect, test, type Connection } from "atthene-emulator/playwright";
import { useWorld } from "atthene-emulator/vitest";

export async function program(): Promise<void> {
  await using emulator: Emulator = await attach({ url: "http://127.0.0.1:8484", token: "secret" });
  await using world: World = await emulator.newWorld({ seed: ["default", { agents: [] }], ttlSeconds: 60, contract: "reference" });
  await world.script("It rains.", { content: { contains: "weather" }, times: 2 });
  await world.script({ when: { turn: { from: 2 } }, then: [{ reply: "A", delay_ms: 10 }, { gate: "door" }] });
  await world.fault({ operation: "runtime.execute", status: 429, retry_after: 30, kind: "error" });
  await world.clock.advance("1h");
  console.log(await world.scripts());
  const [entry] = await world.journal({ outcome: "default_answer" });
  const outcome: string | undefined = entry?.outcome;
  const [execution] = await world.executions("session_abc123");
  const why: string | undefined = execution?.path[0]?.why;
  const socket = await world.socket("session_abc123", { types: ["TextMessageContent"] });
  await socket.answer("call_1", { kind: "accept", scope: "session" });
  for await (const event of socket) console.log(event.payload.type, event.message_id, outcome, why);
}

export function shown(error: unknown): string {
  return error instanceof EmulatorError ? `${error.status} ${error.problems[0]?.field}` : "";
}

declare global {
  interface Window {
    ATTHENE?: Connection;
  }
}

export const starting = start({ seed: "busy", port: 0, strict: true, corsOrigins: ["null"], timeoutMs: 1000 });
export const world = useWorld({ seed: "default", start: { strict: true } });

test.use({ worldOptions: { seed: "busy" } });
test("a page", async ({ page, world, emulator }) => {
  await page.goto(world.baseUrl);
  const { apiKey }: { apiKey: string } = await page.evaluate(() => window.ATTHENE!);
  expect(apiKey).toBe(world.apiKey);
  expect(emulator.version).toBe("0.1.0");
});
