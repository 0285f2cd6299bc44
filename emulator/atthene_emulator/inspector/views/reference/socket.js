/** The live socket, as an AsyncAPI document has it: who may open it, its frames and events, and with which codes it is closed. */

import { Code, pretty } from "../../parts/code.js";
import { Evidence, Line, Prose } from "../../parts/prose.js";
import { Schema } from "../../parts/schema.js";
import { at } from "../../parts/shape.js";
import { html } from "../../preact.js";
import { href } from "../../route.js";

/** The socket as a whole. */
export function Socket({ document }) {
  const channel = document.channels.socket;
  const [received, sent] = ["receive", "send"].map((action) => Object.entries(document.operations).filter(([, one]) => one.action === action));
  const { query, headers } = channel.bindings.ws;
  return html`
    <p class="address"><code>${channel.address}</code> <${Evidence} mark=${channel["x-evidence"]} /></p>
    <${Prose} text=${channel.description.split("\n\n")[0]} />
    <${Messages} title="Frames of clients" document=${document} operations=${received} />
    <${Messages} title="Frames and events of the server" document=${document} operations=${sent} />
    <h2>Who may open it</h2>
    <h3>In the query</h3>
    <${Schema} document=${document} schema=${query} />
    <h3>As headers</h3>
    <${Schema} document=${document} schema=${headers} />
    <h2>Codes with which it is closed</h2>
    <${Codes} codes=${channel["x-close-codes"]} label="Codes of closing" />
    <h2>Codes of error frames</h2>
    <${Codes} codes=${document.operations.error["x-error-codes"]} label="Codes of errors" />
  `;
}

function Messages({ title, document, operations }) {
  const rows = operations.flatMap(([, operation]) => operation.messages.map((one) => messageOf(document, one.$ref.split("/").at(-1))));
  return html`
    <h2>${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${title}>
      <table>
        <thead><tr><th scope="col">Type</th><th scope="col">What it is</th><th scope="col">Rests on</th></tr></thead>
        <tbody>
          ${rows.map((one) => html`
            <tr key=${one.name}>
              <th scope="row"><a href=${href(["reference", "socket", one.name])}>${one.name}</a></th>
              <td><${Line} text=${one.summary} /></td>
              <td><${Evidence} mark=${one["x-evidence"]} /></td>
            </tr>`)}
        </tbody>
      </table>
    </div>
  `;
}

function Codes({ codes, label }) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${label}>
      <table>
        <thead><tr><th scope="col">Code</th><th scope="col">When</th><th scope="col">Rests on</th></tr></thead>
        <tbody>${codes.map((one) => html`
          <tr key=${one.code}><th scope="row"><code>${one.code}</code></th><td><${Line} text=${one.when} /></td><td><${Evidence} mark=${one["x-evidence"]} /></td></tr>`)}
        </tbody>
      </table>
    </div>
  `;
}

/** One frame or event; null where the document has none of that name. */
export const messageOf = (document, name) => at(document, `#/components/messages/${name}`) ?? null;

export function Message({ document, message }) {
  const operation = document.operations[message.name];
  const codes = (operation?.["x-error-codes"] ?? []).filter((one) => typeof one === "string");
  return html`
    <p>${message.summary}. <${Evidence} mark=${message["x-evidence"]} isWhole=${true} /></p>
    ${operation?.action === "receive" && html`<${Prose} text=${operation.description} />`}
    ${codes.length > 0 && html`<p>Errors: ${codes.map((one, n) => html`${n ? ", " : ""}<code>${one}</code>`)}.</p>`}
    <h2>Fields</h2>
    <${Schema} document=${document} schema=${message.payload} />
    ${message.examples?.map(({ name, payload }) => html`<h2>Example</h2><${Code} text=${pretty(payload)} label=${`Example of ${name}`} />`)}
  `;
}
