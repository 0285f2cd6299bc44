/** A request as a command or a program, to be copied. */

import { html, useState } from "../preact.js";
import { Code } from "./code.js";
import { asCurl, asFetch, asPageFetch, asPython, filesOf } from "./snippets.js";

const ENVIRONMENT = { note: html`The key is read from <code>ATTHENE_API_KEY</code>; say it once in your shell:`, command: "export ATTHENE_API_KEY=" };
const LANGUAGES = [
  { name: "curl", write: asCurl, ...ENVIRONMENT },
  { name: "fetch, for Node.js", write: asFetch, ...ENVIRONMENT },
  { name: "fetch, for a page", write: asPageFetch, note: "A page has no environment: put the key in where it says “…”." },
  { name: "Python", write: asPython, ...ENVIRONMENT },
];

/** `request` is as `snippets` have it. */
export function AsCode({ request }) {
  const [chosen, choose] = useState(LANGUAGES[0].name);
  const { write, note, command } = LANGUAGES.find((one) => one.name === chosen);
  const files = write === asPageFetch ? [] : filesOf(request);
  const key = request.headers["x-api-key"] || "KEY";
  return html`
    <label class="inline">Copy as <select value=${chosen} onChange=${(event) => choose(event.target.value)}>
      ${LANGUAGES.map(({ name }) => html`<option value=${name} selected=${name === chosen}>${name}</option>`)}
    </select></label>
    <${Code} text=${write(request)} label=${`the request as ${chosen}`} />
    ${files.length > 0 && html`<p class="quiet">It reads <code>${files.join(", ")}</code> where it is run.</p>`}
    <p class="quiet">${note}</p>
    ${command && html`<${Code} text=${`${command}'${key.replaceAll("'", `'\\''`)}'`} label="the command that sets the key" />`}
  `;
}
