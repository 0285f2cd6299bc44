// The emulator of a test run: one that the environment names, else one of its own.
import { attach, isNamed } from "./attach.js";
import type { Emulator } from "./emulator.js";
import { start, type StartOptions } from "./start.js";

/** The emulator that the environment names, as `atthene-emulator exec -- …` does it; else one that is started. */
export function attachOrStart(options: StartOptions = {}): Promise<Emulator> {
  return isNamed() ? attach() : start(options);
}
