// Real time: a test may have replaced the timers that everybody sees, so these are taken from Node.js itself.
import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";
import { EmulatorError } from "./errors.js";

/** How long a waiting takes at most unless it is told otherwise, by milliseconds. */
export const PATIENCE_MS = 5000;

/** Milliseconds of a clock that nobody sets. */
export const steady: () => number = performance.now.bind(performance);

/** Wait so many real milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Wait for it, but no more than so many real milliseconds; nothing keeps Node.js alive when it has come. */
export async function atMost(ms: number, promised: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promised, late]).finally(() => clearTimeout(timer));
}

/** What is promised, or an EmulatorError of type `timeout` with the sentence when it takes longer than `ms` real milliseconds. */
export async function within<T>(promised: Promise<T>, ms: number, late: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EmulatorError(late(), { type: "timeout" })), ms);
  });
  try {
    return await Promise.race([promised, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
