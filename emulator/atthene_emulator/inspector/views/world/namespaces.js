/** Namespaces: the worlds of this emulator, those that were deleted a while ago included. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { useEvery } from "../../every.js";
import { Badge } from "../../parts/badge.js";
import { Confirm } from "../../parts/confirm.js";
import { CopyButton } from "../../parts/copy.js";
import { Moment } from "../../parts/moment.js";
import { count, Pager } from "../../parts/pager.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { html } from "../../preact.js";
import { DEFAULT, go, href } from "../../route.js";
import { NewNamespace } from "./namespace-form.js";

const SHOWN = 50;
const LOOK = 3000; // milliseconds: who follows one namespace is not told of others
const changed = ({ kind, data }) => kind === "namespace" || (kind === "control" && data.path.includes("/namespaces"));

export function Namespaces({ query, namespace }) {
  const { value: all, error, again } = useAsked("/namespaces", { query: { deleted: "true" }, namespace: null, on: changed });
  useEvery(LOOK, again);
  const living = all?.filter((one) => !one.deleted_at) ?? [];
  const deleted = all?.filter((one) => one.deleted_at) ?? [];
  return html`
    <h2>Namespaces</h2>
    <p class="quiet">One emulator, many worlds: each has accounts, keys, agents, sessions, scripts, faults and a clock of its own. Its key is all that a client needs.</p>
    <${Problem} error=${error} />
    <${Current} namespace=${namespace} />
    ${all && html`<${Living} all=${living} current=${namespace} offset=${Number(query.offset) || 0} again=${again} />`}
    <${NewNamespace} sources=${living} again=${again} />
    ${deleted.length > 0 && html`<${Deleted} all=${deleted} living=${living} />`}
  `;
}

function Current({ namespace }) {
  return html`
    <section class="card" aria-labelledby="current-title">
      <h3 id="current-title">This namespace: ${namespace}</h3>
      <div class="actions">
        <${Confirm} button="Reset" title=${`Reset ${namespace}?`} does="Reset" work=${() => ask("POST", "/reset")} said="Back to the seed" kind="danger">
          <p>It goes back to its seed: what was made since, such as agents, sessions and scripts, is gone. Requests, snapshots and coverage stay.</p>
        <//>
        <${Confirm} button="Clear" title=${`Clear ${namespace}?`} does="Clear" work=${() => ask("POST", "/clear")} said="Cleared" kind="danger">
          <p>No agents, sessions and scripts are left, not even those of the seed. Accounts and keys stay.</p>
        <//>
      </div>
    </section>
  `;
}

function Living({ all, current, offset, again }) {
  const move = (to) => go(["world", "namespaces"], { offset: to || undefined });
  return html`
    <${Table} label="Namespaces" columns=${["Name", "Key", "Base URL", "Made", "Last used", "Actions"]}>
      ${all.slice(offset, offset + SHOWN).map((one) => html`
        <tr key=${one.name} aria-current=${one.name === current ? "true" : undefined}>
          <th scope="row"><a href=${href(["world", "namespaces"], { namespace: one.name })}>${one.name}</a> ${one.name === current && html`<${Badge} word="shown" />`}</th>
          <td>${one.api_key ? html`<code>${one.api_key}</code> <${CopyButton} text=${one.api_key} label=${`the key of ${one.name}`} />` : "none"}</td>
          <td><code>${one.base_url}</code></td>
          <td><${Moment} at=${one.created_at} whole /></td>
          <td><${Moment} at=${one.last_used} whole />${one.ttl_seconds !== null && html` <span class="quiet">kept ${count(one.ttl_seconds, ["second", "seconds"])} unused</span>`}</td>
          <td class="row-actions">${one.name !== DEFAULT && html`<${Delete} name=${one.name} current=${current} again=${again} />`}</td>
        </tr>
      `)}
    <//>
    <${Pager} offset=${offset} limit=${SHOWN} total=${all.length} go=${move} what=${["namespace", "namespaces"]} back="Earlier" on="Later" />
  `;
}

function Delete({ name, current, again }) {
  const remove = async () => {
    await ask("DELETE", `/namespaces/${encodeURIComponent(name)}`, { namespace: null });
    if (name === current) go(["world", "namespaces"], { namespace: DEFAULT });
    else await again();
  };
  return html`
    <${Confirm} button="Delete" label=${`Delete ${name}`} title=${`Delete ${name}?`} does="Delete it" work=${remove} said=${`Deleted ${name}`}>
      <p>Its key works no longer. For a while what it held can still be looked at here.</p>
    <//>
  `;
}

const VIEWS = [["requests", "Requests"], ["sessions", "Sessions"], ["world", "Control"]];
const look = (name) => ([view, title], n) => html`
  ${n > 0 && ", "}<a href=${href([view], { namespace: name })} aria-label=${`${title} of ${name}`}>${title}</a>
`;

function Deleted({ all, living }) {
  const named = [...living, ...all]; // the newest first: a name stands for the first that has it
  const canBeSeen = (one) => named.find((other) => other.name === one.name) === one;
  return html`
    <h3>Deleted</h3>
    <p class="quiet">They can be looked at as they were when they ended, and not changed.</p>
    <${Table} label="Deleted namespaces" columns=${["Name", "Made", "Deleted", "Look at"]}>
      ${all.map((one) => html`
        <tr>
          <th scope="row">${one.name}</th>
          <td><${Moment} at=${one.created_at} whole /></td>
          <td><${Moment} at=${one.deleted_at} whole /></td>
          <td>${canBeSeen(one) ? VIEWS.map(look(one.name)) : html`<span class="quiet">a later one has its name</span>`}</td>
        </tr>
      `)}
    <//>
  `;
}
