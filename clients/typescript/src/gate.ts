// A named place where executions wait, by a script that says `gate: NAME`.
import { quoted, type ControlPlane } from "./control-plane.js";
import { EmulatorError } from "./errors.js";
import { PATIENCE_MS, pause, steady } from "./timers.js";
import type { GateState, Step } from "./types.js";

const POLL_MS = 10; // between two looks at a gate

export class Gate {
  readonly #control: ControlPlane;

  constructor(control: ControlPlane, readonly name: string) {
    this.#control = control;
  }

  /** How many executions wait here now. */
  async waiting(): Promise<number> {
    const gates = await this.#control.ask<GateState[]>("GET", "/gates");
    return gates.find((one) => one.name === this.name)?.waiting ?? 0;
  }

  /** Wait until so many executions wait here; after `timeoutMs` real milliseconds an EmulatorError of type `timeout`. */
  async waitUntilWaiting({ count = 1, timeoutMs = PATIENCE_MS }: { count?: number; timeoutMs?: number } = {}): Promise<void> {
    const end = steady() + timeoutMs;
    for (;;) {
      const waiting = await this.waiting();
      if (waiting >= count) return;
      if (steady() >= end) {
        const said = `${waiting} of ${count} executions wait at the gate ${this.name} after ${timeoutMs / 1000} s`;
        throw new EmulatorError(`${said}; does a script say gate: ${JSON.stringify(this.name)}?`, { type: "timeout" });
      }
      await pause(POLL_MS);
    }
  }

  /** Let executions through that wait now or come later. */
  async open(): Promise<void> {
    await this.#control.ask("POST", `/gates/${quoted(this.name)}/open`);
  }

  /** Hold executions from now on; a gate is closed until it is opened. */
  async close(): Promise<void> {
    await this.#control.ask("POST", `/gates/${quoted(this.name)}/close`);
  }

  /** Let the execution that has waited longest before its step do this one in place of its script's; the gate stays closed. */
  async answer(step: string | Step): Promise<void> {
    const body = typeof step === "string" ? { reply: step } : step;
    await this.#control.ask("POST", `/gates/${quoted(this.name)}/answer`, { body });
  }
}
