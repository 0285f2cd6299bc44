/** Requests: what was asked and answered, as it happens; one of them opens beside the list. */

import { useAsked } from "../asked.js";
import { useLive } from "../live.js";
import { Badge, statusTone } from "../parts/badge.js";
import { CopyButton } from "../parts/copy.js";
import { duration, Moment } from "../parts/moment.js";
import { count, Pager } from "../parts/pager.js";
import { Problem } from "../parts/problem.js";
import { html, useEffect, useState } from "../preact.js";
import { ALL, go, href } from "../route.js";
import { Request } from "./request.js";

const PAGE = 50;
const OUTCOMES = [
  "ok", "default_answer", "failed", "timeout", "cancelled", "paused", "client_error", "auth_error", "not_found",
  "rate_limited", "fault", "server_error", "aborted",
];
const SOCKETS = ["socket.*", "socket.open", "socket.connect", "socket.user_message", "socket.hitl_response", "socket.execution_result"];

export function Requests({ parts, query, namespace }) {
  const [isHeld, hold] = useState(false);
  const [missed, miss] = useState(0);
  useLive(({ kind }) => isHeld && kind === "request" && miss((before) => before + 1));
  const { offset: from = "0", of = namespace, ...filters } = query;
  const { value: entries, total, error, offset } = usePage(filters, Number(from), isHeld);
  const [opened] = parts;
  const narrowed = (more) => go(["requests", ...parts], { ...filters, ...more }, { instead: true });
  return html`
    <h1>Requests</h1>
    <${Filters} filters=${filters} change=${narrowed} sessions=${(entries ?? []).map((one) => one.session_id)}>
      <button type="button" onClick=${() => { hold(!isHeld); miss(0); }}>${isHeld ? "Go on" : "Hold"}</button>
      ${isHeld && html`<span role="status" class="quiet">${missed === 0 ? "Nothing came since." : `${count(missed, ["request", "requests"])} came since.`}</span>`}
    <//>
    <${Problem} error=${error} />
    ${namespace !== ALL && html`<${Running} />`}
    <div class=${opened ? "split" : ""}>
      <section aria-label="List of requests">
        ${entries && html`<${List} entries=${entries} opened=${opened} query=${query} namespace=${namespace} isAll=${namespace === ALL} isFiltered=${Object.keys(filters).length > 0} />`}
        <${Pager} offset=${offset} limit=${PAGE} total=${total} what=${["request", "requests"]} go=${(next) => narrowed({ offset: next || undefined })} />
      </section>
      ${opened && html`<${Request} key=${opened + of} id=${opened} namespace=${of} close=${href(["requests"], query)} />`}
    </div>
  `;
}

/** A page of the journal, newest first: the journal itself counts from the oldest. */
function usePage(filters, offset, isHeld) {
  const [total, setTotal] = useState(null);
  const isNewest = offset === 0 || total === null;
  const start = Math.max(0, (total ?? 0) - offset - PAGE);
  const window = isNewest ? { tail: PAGE } : { offset: start, limit: Math.max(1, total - offset - start) };
  const { value, headers, error } = useAsked("/journal", { query: { ...filters, ...window }, on: isHeld || !isNewest ? null : ["request"] });
  const known = headers && Number(headers.get("x-total-count"));
  useEffect(() => {
    if (known !== null && isNewest) setTotal(known);
  }, [known, isNewest]);
  return { value: value && [...value].reverse(), total: isNewest ? known : total, error, offset: isNewest ? 0 : offset };
}

function Filters({ filters, change, sessions, children }) {
  const { value: operations } = useAsked("/operations", { on: [], namespace: null });
  const names = [...new Set((operations ?? []).map((one) => one.name))];
  const groups = [...new Set(names.map((name) => `${name.split(".")[0]}.*`))];
  const option = (value) => html`<option value=${value} selected=${value === filters.operation}>${value}</option>`;
  return html`
    <form class="filters" role="search" aria-label="Filter requests" onSubmit=${(event) => event.preventDefault()}>
      <label>Operation <select onChange=${(event) => change({ operation: event.target.value || undefined })}>
        <option value="">every</option>${[...groups, ...names, ...SOCKETS].map(option)}
      </select></label>
      <label>Outcome <select onChange=${(event) => change({ outcome: event.target.value || undefined })}>
        <option value="">every</option>
        ${OUTCOMES.map((value) => html`<option value=${value} selected=${value === filters.outcome}>${value.replaceAll("_", " ")}</option>`)}
      </select></label>
      <${Typed} label="Session" value=${filters.session_id ?? ""} commit=${(text) => change({ session_id: text })} list="known-sessions" placeholder="whole id, then Enter" />
      <datalist id="known-sessions">${[...new Set(sessions)].filter(Boolean).map((id) => html`<option value=${id} />`)}</datalist>
      <${Typed} label="Status" value=${filters.status ?? ""} commit=${(text) => change({ status: text })} inputmode="numeric" size="10" placeholder="404, Enter" />
      ${children}
    </form>
  `;
}

/** A field whose text counts when it is complete; what is being typed stays, whatever comes meanwhile. */
function Typed({ label, value, commit, ...more }) {
  const [text, set] = useState(value);
  useEffect(() => set(value), [value]);
  return html`
    <label>${label}${" "}<input type="search" value=${text} ...${more} onInput=${(event) => set(event.target.value)}
      onChange=${(event) => commit(event.target.value.trim() || undefined)} /></label>
  `;
}

/** What is on its way: requests stand in the list when they were answered. */
function Running() {
  const { value: sessions } = useAsked("/sessions", { query: { status: "processing", limit: 5 }, on: ["session", "control", "request"] });
  if (!sessions?.length) return null;
  return html`
    <p class="note">On its way: ${sessions.map((one, n) => html`${n ? ", " : ""}<a href=${href(["sessions", one.session_id])}>${one.session_id}</a>${one.waits_for?.gate && html` waits at the gate ${one.waits_for.gate}`}`)}</p>
  `;
}

/** What somebody needs to send the first one. */
function First({ namespace }) {
  const { value: listed } = useAsked("/namespaces", { namespace: null, on: [] });
  const mine = (listed ?? []).find((one) => one.name === namespace);
  return html`
    <div class="empty">
      <p>No requests yet. Point your app at this emulator, or <a href=${href(["reference", "runtime.execute"])}>try a call</a> from the reference.</p>
      ${mine && html`
        <p>Base URL <code>${mine.base_url}</code>${" "}<${CopyButton} text=${mine.base_url} label="the base URL" /></p>
        ${mine.api_key && html`<p>Header <code>x-api-key: ${mine.api_key}</code>${" "}<${CopyButton} text=${mine.api_key} label="the key" /></p>`}
      `}
    </div>
  `;
}

function List({ entries, opened, query, namespace, isAll, isFiltered }) {
  if (entries.length === 0 && isFiltered) return html`<p class="empty">No request passes these filters. <a href=${href(["requests"])}>Show all</a></p>`;
  if (entries.length === 0) return html`<${First} namespace=${namespace} />`;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Requests, the newest answer first">
      <table class="requests">
        <thead><tr>
          <th scope="col">Asked at (UTC)</th><th scope="col">Request</th><th scope="col">Status</th><th scope="col">Outcome</th>
          ${isAll && html`<th scope="col">Namespace</th>`}<th scope="col">Answered by</th><th scope="col" class="number">Took</th>
        </tr></thead>
        <tbody>${entries.map((one) => html`<${Row} key=${(one.namespace ?? "") + one.id} one=${one} isOpen=${one.id === opened && (!isAll || query.of === one.namespace)} query=${query} isAll=${isAll} />`)}</tbody>
      </table>
    </div>
  `;
}

function Row({ one, isOpen, query, isAll }) {
  const there = href(["requests", one.id], isAll ? { ...query, of: one.namespace } : query);
  return html`
    <tr aria-current=${isOpen ? "true" : undefined}>
      <td><${Moment} at=${one.at} /></td>
      <td><span class="method">${one.method}</span><a href=${there} aria-label=${`${one.method} ${one.operation ?? one.path}`}>${one.operation ?? one.path}</a> ${one.session_id && html`<span class="quiet">${one.session_id}</span>`}</td>
      <td>${one.status ? html`<${Badge} word=${one.status} tone=${statusTone(one.status)} />` : html`<${Badge} word="none" tone="bad" />`}</td>
      <td><${Badge} word=${one.outcome} /></td>
      ${isAll && html`<td>${one.namespace}</td>`}
      <td dir="auto">${one.fault ? `fault ${one.fault}` : one.script.join(", ")}</td>
      <td class="number">${duration(one.duration_ms)}</td>
    </tr>
  `;
}
