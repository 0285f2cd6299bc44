// The emulator of a test run: one that the environment names, else one of its own.
import { attach, isNamed } from "./attach.js";
import type { Emulator, WorldOptions } from "./emulator.js";
import { start, type StartOptions } from "./start.js";
import type { World } from "./world.js";

/** How long starting may take, by milliseconds: the first time, uvx and pipx may download. */
export const START_MS = 90_000;

const DAY = 86_400; // seconds

/** The emulator that the environment names, as `atthene-emulator exec -- …` does it; else one that is started. */
export function attachOrStart(options: StartOptions = {}): Promise<Emulator> {
  return isNamed() ? attach() : start(options);
}

/** The world of a test; one that a run left behind is forgotten after a day. */
export function worldOfTest(emulator: Emulator, options: WorldOptions): Promise<World> {
  return emulator.newWorld({ ...options, ttlSeconds: options.ttlSeconds ?? DAY });
}
