/** How many requests are answered in a time. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { html, useState } from "../../preact.js";
import { concerns } from "../../concerns.js";

const SCOPES = ["key", "account", "session"];

const USUAL = { requests: 60, per_seconds: 60, scope: "key" }; // what is proposed

export function RateLimit() {
  const { value: limit, error: unknown, again } = useAsked("/rate-limit", { on: concerns("/rate-limit") });
  const [typed, type] = useState({}); // what is set stands there until somebody types
  const values = { ...USUAL, ...(limit?.requests ? limit : {}), ...typed };
  const { act, error } = useAction({ inTurn: true });
  const change = (method, said, body) => act(async () => {
    await ask(method, "/rate-limit", { body });
    await again();
    type({});
  }, said);
  const set = (event) => {
    event.preventDefault();
    void change("PUT", "Requests are counted", { scope: values.scope, requests: Number(values.requests), per_seconds: Number(values.per_seconds) });
  };
  const field = (name, label, step) => html`
    <label>${label} <input type="number" min="0" step=${step} required value=${values[name]} onInput=${(event) => type({ ...typed, [name]: event.target.value })} /></label>
  `;
  return html`
    <section class="card" aria-labelledby="rate-limit-title">
      <h3 id="rate-limit-title">Rate limit</h3>
      <${Problem} error=${unknown} />
      ${limit && html`<p>${limit.requests === null ? "Requests are not counted." : `${limit.requests} requests in ${limit.per_seconds} seconds, for each ${limit.scope}.`}</p>`}
      <p class="quiet">Requests beyond it are answered with 429.</p>
      <form class="inline" onSubmit=${set}>
        ${field("requests", "Requests", 1)}
        ${field("per_seconds", "In seconds", "any")}
        <label>For each
          <select value=${values.scope} onChange=${(event) => type({ ...typed, scope: event.target.value })}>
            ${SCOPES.map((one) => html`<option value=${one} selected=${one === values.scope}>${one}</option>`)}
          </select>
        </label>
        <button type="submit">Set</button>
      </form>
      <div class="actions">
        <button type="button" onClick=${() => change("PUT", "The documented limit counts", "documented")}>The documented one</button>
        ${limit?.requests && html`<button type="button" onClick=${() => change("DELETE", "Requests are not counted")}>No limit</button>`}
      </div>
      <${Problem} error=${error} />
    </section>
  `;
}
