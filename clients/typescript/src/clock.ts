// The time of a world: it can be stopped, and moved forward.
import type { ControlPlane } from "./control-plane.js";
import type { ClockState } from "./types.js";

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
const PARTS = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** A time: ISO-8601 (UTC if it names no zone), or a Date. */
export type Time = string | Date;

export class Clock {
  readonly #control: ControlPlane;

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  /** What it shows: ISO-8601 in UTC. */
  async now(): Promise<string> {
    return (await this.state()).now;
  }

  /** What it shows, and whether it runs. */
  state(): Promise<ClockState> {
    return this.#control.ask("GET", "/clock");
  }

  /** Stop it, at a time or at the one that it shows. */
  freeze(at?: Time): Promise<ClockState> {
    return this.#set("frozen", at);
  }

  /** Let it run, from a time or from the one that it shows. */
  run(at?: Time): Promise<ClockState> {
    return this.#set("running", at);
  }

  /** Move it forward, by seconds or by a duration such as `1h` or `1m30s`; what waits for it goes on. */
  advance(by: number | string): Promise<ClockState> {
    return this.#control.ask("POST", "/clock/advance", { body: { seconds: typeof by === "number" ? by : secondsOf(by) } });
  }

  #set(mode: ClockState["mode"], at: Time | undefined): Promise<ClockState> {
    const now = at instanceof Date ? at.toISOString() : at;
    return this.#control.ask("PUT", "/clock", { body: { mode, ...(now && { now }) } });
  }
}

function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(PARTS)];
  if (!parts.length || parts.map(([part]) => part).join("") !== duration) {
    throw new TypeError(`${JSON.stringify(duration)} is no duration; write seconds as a number, or such as "90s", "1h" or "1m30s".`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS], 0);
}
