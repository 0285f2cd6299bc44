/** Sessions of all accounts: the list, and one of them. */

import { useAsked } from "../asked.js";
import { Badge } from "../parts/badge.js";
import { Moment } from "../parts/moment.js";
import { Pager } from "../parts/pager.js";
import { Problem } from "../parts/problem.js";
import { html } from "../preact.js";
import { go, href } from "../route.js";
import { Session } from "./session.js";

const PAGE = 50;
const STATUSES = ["active", "idle", "processing", "error"];

export function Sessions({ parts, query, namespace }) {
  const [id, kind, which] = parts;
  const shown = kind === "executions" ? { id: which } : { turn: Number(which) };
  return id ? html`<${Session} key=${id} id=${id} shown=${shown} namespace=${namespace} />` : html`<${All} query=${query} />`;
}

function All({ query }) {
  const { offset = "0", ...filters } = query;
  const { value: sessions, headers, error } = useAsked("/sessions", { query: { ...filters, offset, limit: PAGE } });
  const change = (more) => go(["sessions"], { ...filters, ...more }, { instead: true });
  const total = headers && Number(headers.get("x-total-count"));
  return html`
    <h1>Sessions</h1>
    <form class="filters" role="search" aria-label="Filter sessions" onSubmit=${(event) => event.preventDefault()}>
      <label>Id has <input type="search" value=${filters.q ?? ""} onInput=${(event) => change({ q: event.target.value.trim() || undefined })} /></label>
      <label>Status <select onChange=${(event) => change({ status: event.target.value || undefined })}>
        <option value="">every</option>${STATUSES.map((status) => html`<option value=${status} selected=${status === filters.status}>${status}</option>`)}
      </select></label>
      ${filters.agent_key && html`<span>of the agent <code>${filters.agent_key}</code> <button type="button" class="small" onClick=${() => change({ agent_key: undefined })}>every agent</button></span>`}
      ${filters.config_hash && html`<span>of the configuration <code>${filters.config_hash}</code> <button type="button" class="small" onClick=${() => change({ config_hash: undefined })}>every one</button></span>`}
    </form>
    <${Problem} error=${error} />
    ${sessions?.length === 0 && html`<p class="empty">No sessions${Object.keys(filters).length > 0 ? " like that" : " yet"}. Your app creates one, or <a href=${href(["playground"])}>start one in the playground</a>.</p>`}
    ${sessions?.length > 0 && html`
      <div class="scroll" tabindex="0" role="region" aria-label="Sessions, the one used last first">
        <table>
          <thead><tr>
            <th scope="col">Session</th><th scope="col">Agent</th><th scope="col">Status</th><th scope="col">Waits for</th>
            <th scope="col" class="number">Turns</th><th scope="col" class="number">Messages</th><th scope="col">Owner</th><th scope="col">Last activity (UTC)</th>
          </tr></thead>
          <tbody>${sessions.map((one) => html`<${Row} key=${one.session_id} one=${one} />`)}</tbody>
        </table>
      </div>
      <${Pager} offset=${Number(offset)} limit=${PAGE} total=${total} what=${["session", "sessions"]} go=${(next) => change({ offset: next || undefined })} />
    `}
  `;
}

function Row({ one }) {
  return html`
    <tr>
      <th scope="row"><a href=${href(["sessions", one.session_id])}>${one.session_id}</a></th>
      <td><a href=${href(["configurations", one.configuration.config_hash])}>${one.configuration.name}</a></td>
      <td><${Badge} word=${one.status} /></td>
      <td><${WaitsFor} one=${one.waits_for} /></td>
      <td class="number">${one.turns}</td>
      <td class="number">${one.message_count}</td>
      <td>${one.owner}${one.user && html` <span class="quiet">${one.user}</span>`}</td>
      <td><${Moment} at=${one.last_activity} whole=${true} /></td>
    </tr>
  `;
}

/** What lets a session that waits go on. */
export function WaitsFor({ one }) {
  if (!one) return html`<span class="quiet">–</span>`;
  if (one.gate) return html`the gate <a href=${href(["world", "gates"])}>${one.gate}</a>`;
  return one.pause ? "a person" : "time";
}
