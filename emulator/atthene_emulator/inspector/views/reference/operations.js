/** The operations of an OpenAPI document: what it calls them, and their list. */

import { Badge } from "../../parts/badge.js";
import { Evidence, Line } from "../../parts/prose.js";
import { html, useEffect, useMemo, useRef } from "../../preact.js";
import { go, href } from "../../route.js";
import { fieldNamesOf, found } from "./found.js";

/** `[{name, group, method, path, operation}]`, in the document's order. A name is that of the journal, such as runtime.execute; of a
 * second path it is the document's own. */
export function operationsOf(document) {
  const names = new Set();
  const nameOf = ({ "x-operation": name, operationId }) => (names.has(name) ? operationId : names.add(name) && name);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: nameOf(operation), group: operation.tags[0], method: method.toUpperCase(), path, operation })),
  );
}

export function Method({ method }) {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

/** The page's beginning: what is imitated, and every operation that the filter leaves. */
export function Operations({ document, query, children }) {
  const all = useMemo(() => operationsOf(document).map((one) => ({ ...one, fieldNames: fieldNamesOf(document, one.operation) })), [document]);
  const left = found(all, query.filter ?? "");
  const groups = [...new Set(left.map(({ group }) => group))];
  return html`
    <p>What this emulator imitates, as the contract <strong>${document["x-contract"]}</strong> has it. The service has no public specification, so everything
      here says what it rests on: <${Badge} word="documented" /> is on a page, <${Badge} word="inferred" /> follows from pages, and${" "}
      <${Badge} word="decided" /> was chosen where they are silent.</p>
    <div class="filters">
      <label>Filter <input type="search" value=${query.filter ?? ""} placeholder="execute, DELETE, execution_time …"
        onInput=${(event) => go(["reference"], { ...query, filter: event.target.value }, { instead: true })} /></label>
      ${children}
      <p class="quiet" role="status">${left.length === all.length ? `${all.length} operations` : `${left.length} of ${all.length} operations`}</p>
    </div>
    ${left.length === 0 && html`<p class="empty">No operation has that in its name, path, summary or fields. <a href=${href(["reference"], { ...query, filter: undefined })}>Show all</a></p>`}
    ${groups.map((group) => html`<${Group} key=${group} group=${group} operations=${left.filter((one) => one.group === group)} query=${query} />`)}
    <${Access} document=${document} />
  `;
}

function Group({ group, operations, query }) {
  return html`
    <h2 class="group">${group}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${`Operations of ${group}`}>
      <table class="operations">
        <thead><tr><th scope="col">Operation</th><th scope="col">Method and path</th><th scope="col">Rests on</th></tr></thead>
        <tbody>
          ${operations.map(({ name, method, path, operation, fields }) => html`
            <tr key=${name}>
              <th scope="row"><a href=${href(["reference", name], query)}>${name}</a><div class="quiet">${operation.summary}</div>${fields.length > 0 && html`<${Fields} names=${fields} />`}</th>
              <td><${Method} method=${method} /> <code>${path}</code></td>
              <td><${Evidence} mark=${operation["x-evidence"]} /></td>
            </tr>`)}
        </tbody>
      </table>
    </div>
  `;
}

const SHOWN = 5; // names of fields in a row

/** Which fields a filter has found. */
function Fields({ names }) {
  const more = names.length - SHOWN;
  return html`<div class="quiet">With ${names.slice(0, SHOWN).map((name, n) => html`${n > 0 && ", "}<code>${name}</code>`)}${more > 0 && ` and ${more} more`}</div>`;
}

function Access({ document }) {
  const schemes = Object.entries(document.components.securitySchemes);
  const words = ({ type, name, scheme }) => (type === "apiKey" ? html`the header <code>${name}</code>` : html`<code>Authorization: ${scheme === "bearer" ? "Bearer" : scheme} …</code>`);
  return html`
    <h2>Where, and with what key</h2>
    <dl class="facts">
      ${document.servers.map(({ url, description, ...server }) => html`
        <dt><code>${url}</code></dt><dd><${Line} text=${description} /> <${Evidence} mark=${server["x-evidence"]} /></dd>`)}
      ${schemes.map(([name, scheme]) => html`<dt>${name}</dt><dd>The key in ${words(scheme)} <${Evidence} mark=${scheme["x-evidence"]} /></dd>`)}
    </dl>
  `;
}

/** What was decided where the documentation is silent; the one that the address names is marked. */
export function DecisionList({ decisions, id }) {
  const marked = useRef(null);
  useEffect(() => marked.current?.scrollIntoView({ block: "center" }), [id]);
  return html`
    <p>The service has no public specification. Where its pages are silent, this was decided.</p>
    <dl class="facts decisions">
      ${Object.entries(decisions).map(([one, what]) => html`
        <dt key=${one} aria-current=${one === id ? "true" : undefined} ref=${one === id ? marked : undefined}>${one}</dt>
        <dd><${Line} text=${what} /></dd>`)}
    </dl>
  `;
}
