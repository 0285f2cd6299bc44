/** The switch at the top: which namespace all views show. */

import { useAsked } from "../asked.js";
import { html } from "../preact.js";
import { ALL, DEFAULT, go, useRoute } from "../route.js";

export function NamespaceSwitch({ canBeAll }) {
  const { view, namespace } = useRoute();
  const { value: listed } = useAsked("/namespaces", { query: { deleted: "true" }, namespace: null, on: concernsNamespaces });
  const all = listed ?? [];
  const living = all.filter((one) => !one.deleted_at).map((one) => one.name);
  const deleted = [...new Set(all.filter((one) => one.deleted_at).map((one) => one.name))].filter((name) => !living.includes(name));
  const known = [...new Set([DEFAULT, ...living])];
  const isUnknown = namespace !== ALL && !known.includes(namespace) && !deleted.includes(namespace);
  const option = (name) => html`<option value=${name} selected=${name === namespace}>${name}</option>`;
  return html`
    <label class="namespace">
      <span>Namespace</span>
      <select value=${namespace} onChange=${(event) => go([view], { namespace: event.target.value })}>
        ${canBeAll && html`<option value=${ALL} selected=${namespace === ALL}>all together</option>`}
        ${known.map(option)}
        ${isUnknown && option(namespace)}
        ${deleted.length > 0 && html`<optgroup label="Deleted a while ago">${deleted.map(option)}</optgroup>`}
      </select>
    </label>
  `;
}

const concernsNamespaces = ({ kind, data }) => kind === "namespace" || (kind === "control" && (data?.path ?? "").includes("/namespaces"));
