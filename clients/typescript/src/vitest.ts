// Vitest and Jest with a world for each test.
import { conversation } from "./conversation.js";
import type { Emulator, WorldOptions } from "./emulator.js";
import { EmulatorError } from "./errors.js";
import { START_MS, attachOrStart, worldOfTest } from "./own.js";
import type { StartOptions } from "./start.js";
import type { World } from "./world.js";

/** What the worlds of a file are made of, and how an emulator is started where the environment names none. */
export interface UseWorldOptions extends WorldOptions {
  start?: StartOptions | undefined;
}

type Hook = (act: (...context: any[]) => Promise<void>, timeoutMs?: number) => void;

interface Hooks {
  beforeAll: Hook;
  beforeEach: Hook;
  afterEach: Hook;
  afterAll: Hook;
}

const isJest = "JEST_WORKER_ID" in process.env && !("VITEST" in process.env);
const hooks: Hooks = "beforeAll" in globalThis ? (globalThis as unknown as Hooks) : ((await import("vitest" as string)) as Hooks);

/** The world of the test that runs: a new one for each test below here, which is gone after it. Tests at the same time would share it. */
export function useWorld({ start, ...options }: UseWorldOptions = {}): World {
  let emulator: Emulator | undefined;
  let world: World | undefined;
  hooks.beforeAll(async () => void (emulator = await attachOrStart(start)), START_MS);
  hooks.beforeEach(async () => void (world = emulator && (await worldOfTest(emulator, options))));
  const end = async (hasFailed: boolean): Promise<void> => {
    try {
      if (world && hasFailed) console.error(await conversation(world));
    } finally {
      await world?.close();
      world = undefined;
    }
  };
  hooks.afterEach(isJest ? () => end(false) : ({ task }: VitestContext) => end(task.result?.state === "fail"));
  hooks.afterAll(async () => emulator?.close(), START_MS);
  return current(() => world);
}

interface VitestContext {
  task: { result?: { state: string } };
}

/** What looks like a world, and is the one that there is at the moment. */
function current(there: () => World | undefined): World {
  const now = (): World => {
    const world = there();
    if (world) return world;
    throw new EmulatorError("There is a world in tests and in their hooks beforeEach and afterEach alone.", { type: "closed" });
  };
  return new Proxy({} as World, {
    get: (_, name) => {
      const value: unknown = Reflect.get(now(), name, now());
      return typeof value === "function" ? value.bind(now()) : value;
    },
    has: (_, name) => name in now(),
  });
}
