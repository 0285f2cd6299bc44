/** The clock of the namespace: what it shows, and how it is moved. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Badge } from "../../parts/badge.js";
import { isMoved, machineTime } from "../../parts/machine-time.js";
import { Problem } from "../../parts/problem.js";
import { html, useState } from "../../preact.js";
import { useEvery } from "../../every.js";
import { concerns } from "../../concerns.js";

const TICK = 1000;
const STEPS = [["1 s", 1], ["10 s", 10], ["1 min", 60], ["1 h", 3600], ["1 day", 86400]];

export function Clock() {
  const asked = useAsked("/clock", { on: concerns("/clock") });
  const { value: clock, error: unknown, again } = asked;
  const [moment, setMoment] = useState("");
  const [seconds, setSeconds] = useState("30");
  const { act, error } = useAction({ inTurn: true });
  useEvery(clock?.mode === "running" ? TICK : null, again);

  const change = (method, path, body, said) => act(async () => {
    await ask(method, path, { body });
    await again();
  }, said);
  const freeze = (now) => change("PUT", "/clock", { mode: "frozen", ...(now && { now }) }, "The clock is frozen");
  const advance = (by) => change("POST", "/clock/advance", { seconds: by }, `The clock went forward by ${by} seconds`);
  const back = () => change("PUT", "/clock", { mode: "running", now: machineTime(asked) }, "The clock is back at the machine's time");
  const submitted = (work) => (event) => {
    event.preventDefault();
    void work();
  };
  return html`
    <section class="card" aria-labelledby="clock-title">
      <h3 id="clock-title">Clock</h3>
      <${Problem} error=${unknown} />
      ${clock && html`<p class="clock"><time dateTime=${clock.now}>${clock.now}</time> <${Badge} word=${clock.mode} tone=${clock.mode === "frozen" ? "warn" : "good"} /></p>`}
      <p class="quiet">It gives every time, ends keys, makes sessions idle, and lets delays pass. A frozen one lets them pass at once.</p>
      <div class="actions">
        <button type="button" onClick=${() => freeze()}>Freeze now</button>
        <button type="button" onClick=${() => change("PUT", "/clock", { mode: "running" }, "The clock runs")}>Run</button>
        ${isMoved(asked) && html`<button type="button" onClick=${back}>Back to the machine's time</button>`}
      </div>
      <form class="inline" onSubmit=${submitted(() => freeze(moment.trim()))}>
        <label>Freeze at <input required placeholder=${clock?.now ?? ""} value=${moment} onInput=${(event) => setMoment(event.target.value)} /></label>
        <button type="submit">Freeze there</button>
      </form>
      <div class="actions" role="group" aria-label="Go forward">
        ${STEPS.map(([words, by]) => html`<button type="button" class="small" aria-label=${`Go forward ${words}`} onClick=${() => advance(by)}>+ ${words}</button>`)}
      </div>
      <form class="inline" onSubmit=${submitted(() => advance(Number(seconds)))}>
        <label>Go forward, seconds <input type="number" step="any" min="0" required value=${seconds} onInput=${(event) => setSeconds(event.target.value)} /></label>
        <button type="submit">Go forward</button>
      </form>
      <${Problem} error=${error} />
    </section>
  `;
}
