/** A request as a command or a program, to be copied. */

import { html, useState } from "../preact.js";
import { Code } from "./code.js";
import { asCurl, asFetch, asPython } from "./snippets.js";

const LANGUAGES = { curl: asCurl, fetch: asFetch, Python: asPython };

/** `request` is `{method, url, headers, body}`. */
export function AsCode({ request }) {
  const [language, choose] = useState("curl");
  return html`
    <label class="inline">Copy as <select value=${language} onChange=${(event) => choose(event.target.value)}>
      ${Object.keys(LANGUAGES).map((one) => html`<option value=${one} selected=${one === language}>${one}</option>`)}
    </select></label>
    <${Code} text=${LANGUAGES[language](request)} label=${`the request as ${language}`} />
    <p class="quiet">The key is read from <code>ATTHENE_API_KEY</code>.</p>
  `;
}
