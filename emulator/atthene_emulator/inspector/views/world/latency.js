/** How late every answer comes. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { html, useState } from "../../preact.js";
import { concerns } from "../../concerns.js";

const USUAL = 300; // milliseconds that are proposed

export function Latency() {
  const { value: latency, error: unknown, again } = useAsked("/latency", { on: concerns("/latency") });
  const [typed, type] = useState({}); // what is set stands there until somebody types
  const now = typeof latency?.ms === "number" ? { from: latency.ms } : (latency?.ms ?? {});
  const from = typed.from ?? String(now.from ?? USUAL);
  const to = typed.to ?? String(now.to ?? "");
  const { act, error } = useAction({ inTurn: true });
  const change = (method, said, body) => act(async () => {
    await ask(method, "/latency", { body });
    await again();
    type({});
  }, said);
  const set = (event) => {
    event.preventDefault();
    const ms = to === "" ? Number(from) : { from: Number(from), to: Number(to) };
    void change("PUT", "Answers come late", { ms });
  };
  return html`
    <section class="card" aria-labelledby="latency-title">
      <h3 id="latency-title">Latency</h3>
      <${Problem} error=${unknown} />
      ${latency && html`<p>${said(latency.ms)}</p>`}
      <p class="quiet">Every answer of the imitated API waits so long, by the clock of the namespace.</p>
      <form class="inline" onSubmit=${set}>
        <label>Milliseconds <input type="number" min="0" required value=${from} onInput=${(event) => type({ ...typed, from: event.target.value })} /></label>
        <label>Up to (then chance chooses) <input type="number" min="0" value=${to} onInput=${(event) => type({ ...typed, to: event.target.value })} /></label>
        <button type="submit">Set</button>
      </form>
      ${latency?.ms && html`<div class="actions"><button type="button" onClick=${() => change("DELETE", "Answers come at once")}>No latency</button></div>`}
      <${Problem} error=${error} />
    </section>
  `;
}

function said(ms) {
  if (!ms) return "Answers come at once.";
  return typeof ms === "number" ? `Every answer comes ${ms} ms late.` : `Every answer comes ${ms.from} to ${ms.to} ms late.`;
}
