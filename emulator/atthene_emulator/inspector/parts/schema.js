/** The fields of a JSON Schema as a tree, where a level is drawn when it is opened. */

import { html } from "../preact.js";
import { Later } from "./later.js";
import { Evidence, Line } from "./prose.js";
import { below, facts, typeOf, whole } from "./shape.js";

/** `document` is what references of the schema lead into; `above` are the components that it lies in, which are not opened again. */
export function Schema({ document, schema, above = [] }) {
  const groups = below(document, schema);
  const inner = [...new Set([...above, ...whole(document, schema).names])];
  if (groups.length === 0) return html`<p class="schema-type">${typeOf(document, schema)}</p>`;
  return groups.map(({ label, fields }) => html`
    ${label && html`<p class="schema-label"><${Line} text=${label} /></p>`}
    <ul class="fields">
      ${fields.map((field) => html`<${Field} key=${field.name} ...${field} document=${document} above=${inner} />`)}
    </ul>
  `);
}

function Field({ name, isRequired, schema, document, above }) {
  const it = whole(document, schema);
  const groups = below(document, schema);
  const again = it.names.find((one) => above.includes(one));
  const said = facts(it).filter((one) => !(it.description ?? "").toLowerCase().startsWith(one)); // such as “Always true.”
  const number = groups.reduce((sum, { fields }) => sum + fields.length, 0);
  return html`
    <li>
      <div class="field">
        <code class="field-name">${name}</code>
        <span class="schema-type">${typeOf(document, schema)}</span>
        ${isRequired && html`<strong class="need">required</strong>`}
        <${Evidence} mark=${it["x-evidence"]} />
      </div>
      ${it.description && html`<div><${Line} text=${it.description} /></div>`}
      ${it.enum && html`<div>One of ${it.enum.map((one, n) => html`${n ? ", " : ""}<code>${JSON.stringify(one)}</code>`)}.</div>`}
      ${said.length > 0 && html`<div class="quiet">${said.map((one, n) => html`${n ? "; " : ""}<${Line} text=${one} />`)}.</div>`}
      ${again
        ? html`<div class="quiet">The same again as ${again.split("/").at(-1)} above.</div>`
        : number > 0 && html`<${Later} summary=${`${number} ${number === 1 ? "field" : "fields"} of ${name}`}>${() => html`<${Schema} document=${document} schema=${schema} above=${above} />`}<//>`}
    </li>
  `;
}
