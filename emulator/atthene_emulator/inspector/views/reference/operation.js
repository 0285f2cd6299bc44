/** One operation of an OpenAPI document: what it takes, what it answers, on what that rests. */

import { Badge, statusTone } from "../../parts/badge.js";
import { Later } from "../../parts/later.js";
import { Evidence, Line, Prose } from "../../parts/prose.js";
import { Schema } from "../../parts/schema.js";
import { facts, followed, typeOf } from "../../parts/shape.js";
import { html } from "../../preact.js";
import { Attempt } from "./attempt.js";
import { Examples } from "./examples.js";
import { Method } from "./operations.js";

/** `keys`, `suggestions`, `headers` and `journal` are of whoever can tell them: see `Attempt`. */
export function Operation({ document, one, ...told }) {
  const { method, path, operation } = one;
  return html`
    <p class="address"><${Method} method=${method} /> <code>${path}</code></p>
    <p>${operation.summary}. <${Evidence} mark=${operation["x-evidence"]} isWhole=${true} /></p>
    <${Prose} text=${operation.description} />
    <div class="columns">
      <div>
        ${operation.parameters.length > 0 && html`<${Parameters} document=${document} parameters=${operation.parameters} />`}
        ${operation.requestBody && html`<${Body} document=${document} body=${operation.requestBody} />`}
        <h2>Answers</h2>
        ${Object.entries(operation.responses).map(([status, answer]) => html`<${Answer} key=${status} document=${document} status=${status} answer=${followed(document, answer)} />`)}
      </div>
      <${Attempt} key=${one.name} document=${document} one=${one} ...${told} />
    </div>
  `;
}

function Parameters({ document, parameters }) {
  return html`
    <h2>Parameters</h2>
    <ul class="fields">
      ${parameters.map((one) => html`
        <li key=${one.name}>
          <div class="field">
            <code class="field-name">${one.name}</code>
            <span class="schema-type">${typeOf(document, one.schema)}, in the ${one.in}</span>
            ${one.required && html`<strong class="need">required</strong>`}
            <${Evidence} mark=${one["x-evidence"]} />
          </div>
          <div><${Line} text=${one.description} /></div>
          <div class="quiet"><${Line} text=${[...facts(one.schema), ...(one.example === undefined ? [] : [`such as \`${one.example}\``])].join("; ")} />.</div>
        </li>`)}
    </ul>
  `;
}

function Body({ document, body }) {
  const media = Object.entries(body.content);
  const isSame = media.every(([, { schema }]) => JSON.stringify(schema) === JSON.stringify(media[0][1].schema));
  return html`
    <h2>Body${body.required ? "" : ", if you like"}</h2>
    ${(isSame ? [[media.map(([type]) => type).join(" or "), media[0][1]]] : media).map(([type, one]) => html`
      <p class="quiet">As ${type}</p>
      <${Schema} document=${document} schema=${one.schema} />
      <${Later} summary="Examples">${() => html`<${Examples} document=${document} media=${one} of=${type} />`}<//>
    `)}
  `;
}

function Answer({ document, status, answer }) {
  const summary = html`
    <${Badge} word=${status} tone=${statusTone(Number(status))} />
    <span> <${Words} text=${answer.description} /></span>
    ${answer["x-error-types"] && html`<span class="quiet"> ${answer["x-error-types"].join(", ")}</span>`}
  `;
  return html`
    <${Later} class="answer" summary=${summary} isOpen=${status < "300"}>${() => html`
      <p><${Evidence} mark=${answer["x-evidence"]} isWhole=${true} /></p>
      ${Object.entries(answer.content ?? {}).map(([type, one]) => html`
        <p class="quiet">As ${type}</p>
        <${Schema} document=${document} schema=${one.schema} />
        <${Examples} document=${document} media=${one} of=${status} />
      `)}
      ${!answer.content && html`<p>Without a body.</p>`}
      <${Later} summary="Headers">${() => html`
        <dl class="facts">${Object.entries(answer.headers ?? {}).map(([name, { description }]) => html`<dt><code>${name}</code></dt><dd><${Line} text=${description} /></dd>`)}</dl>`}<//>
    `}<//>
  `;
}

/** A line without links, which a summary may not have. */
const Words = ({ text }) => (text ?? "").replaceAll("`", "");
