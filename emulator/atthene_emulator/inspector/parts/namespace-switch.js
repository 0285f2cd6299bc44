/** The switch at the top: which namespace all views show. */

import { html } from "../preact.js";
import { ALL, go, useRoute } from "../route.js";

/** `living` and `deleted` are names. */
export function NamespaceSwitch({ living, deleted, canBeAll }) {
  const there = useRoute();
  const { namespace } = there;
  const isUnknown = namespace !== ALL && !living.includes(namespace) && !deleted.includes(namespace);
  const option = (words) => (name) => html`<option value=${name} selected=${name === namespace}>${words(name)}</option>`;
  const alive = option((name) => name);
  const change = (event) => {
    const { parts, query } = kept(there);
    go(parts, { ...query, namespace: event.target.value });
  };
  return html`
    <label class="namespace">
      <span>Namespace</span>
      <select value=${namespace} onChange=${change}>
        ${canBeAll && html`<option value=${ALL} selected=${namespace === ALL}>all together</option>`}
        ${living.map(alive)}
        ${isUnknown && alive(namespace)}
        ${deleted.length > 0 && html`<optgroup label="Deleted">${deleted.map(option((name) => `${name} (deleted)`))}</optgroup>`}
      </select>
    </label>
  `;
}

/** The place that stays in another namespace: what the reference says, and what is controlled; things are of their own namespace. */
function kept({ view, parts, query }) {
  if (view === "reference") return { parts: [view, ...parts], query };
  if (view === "world") return { parts: [view, ...parts.slice(0, 1)], query: {} };
  return { parts: [view], query: {} };
}
