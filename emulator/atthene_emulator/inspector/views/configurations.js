/** The configurations of a namespace, of agents and of sessions: the list, and one of them. */

import { useAsked } from "../asked.js";
import { Coverage } from "../parts/coverage.js";
import { Pager } from "../parts/pager.js";
import { Problem } from "../parts/problem.js";
import { html } from "../preact.js";
import { go, href } from "../route.js";
import { Configuration } from "./configuration.js";

const SHOWN = 50;

export function Configurations({ parts: [hash], query, namespace }) {
  return hash ? html`<${Configuration} key=${hash} hash=${hash} namespace=${namespace} />` : html`<${All} offset=${Number(query.offset) || 0} />`;
}

function All({ offset }) {
  const { value: all, headers, error } = useAsked("/configurations");
  const dropped = Number(headers?.get("x-emulator-dropped") ?? 0);
  return html`
    <h1>Agents</h1>
    <p class="quiet">The configurations that agents and sessions of this namespace have, and how much of each was exercised.</p>
    <${Problem} error=${error} />
    ${all?.length === 0 && html`<p class="empty">No agents, and no sessions. Your app creates them, or <a href=${href(["playground"])}>write one in the playground</a>.</p>`}
    ${all?.length > 0 && html`
      <div class="actions tools"><a class="button main" href=${href(["playground"])}>Write another in the playground</a></div>
      <div class="scroll" tabindex="0" role="region" aria-label="Configurations">
        <table>
          <thead><tr><th scope="col">Configuration</th><th scope="col">Agents</th><th scope="col" class="number">Sessions</th><th scope="col" class="number">Executions</th><th scope="col">Covered</th><th scope="col">Hash</th></tr></thead>
          <tbody>${all.slice(offset, offset + SHOWN).map((one) => html`<${Row} key=${one.config_hash} one=${one} />`)}</tbody>
        </table>
      </div>
      ${dropped > 0 && html`<p class="note">${dropped} more are too large to be listed together.</p>`}
      <${Pager} offset=${offset} limit=${SHOWN} total=${all.length} what=${["configuration", "configurations"]} go=${(to) => go(["configurations"], { offset: to || undefined })} back="Earlier" on="Later" />
    `}
  `;
}

const KEYS = 5; // of agents shown in a row

function Row({ one }) {
  const more = one.agents.length - KEYS;
  return html`
    <tr>
      <th scope="row"><a dir="auto" href=${href(["configurations", one.config_hash])}>${one.name}</a></th>
      <td>
        ${one.agents.length === 0 && html`<span class="quiet">none, sessions only</span>`}
        ${one.agents.slice(0, KEYS).map((agent, n) => html`${n > 0 && ", "}<code dir="auto">${agent.agent_key}</code>`)}
        ${more > 0 && html` <span class="quiet">and ${more} more</span>`}
      </td>
      <td class="number"><a aria-label=${`${one.sessions} sessions of ${one.name}`} href=${href(["sessions"], { config_hash: one.config_hash })}>${one.sessions.toLocaleString("en")}</a></td>
      <td class="number">${one.executions.toLocaleString("en")}</td>
      <td><${Coverage} one=${one} /></td>
      <td><code>${one.config_hash}</code></td>
    </tr>
  `;
}
