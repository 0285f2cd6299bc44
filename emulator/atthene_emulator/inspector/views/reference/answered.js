/** What was answered to a request that somebody tried. */

import { Badge, statusTone } from "../../parts/badge.js";
import { Code, pretty } from "../../parts/code.js";
import { Later } from "../../parts/later.js";
import { duration } from "../../parts/moment.js";
import { html } from "../../preact.js";

/** `answer` is that of `call`; `journal(id)` is the address of a request's entry, if it can be shown. */
export function Answered({ answer, journal }) {
  const { status, headers, text, value, seconds } = answer;
  const id = headers.get("x-request-id");
  return html`
    <h3>Answer</h3>
    <p>
      <${Badge} word=${status} tone=${statusTone(status)} /> after ${duration(seconds * 1000)}
      ${id && html`, ${journal ? html`<a href=${journal(id)}>request ${id}</a>` : html`request <code>${id}</code>`}`}
    </p>
    ${text ? html`<${Code} text=${value === null ? text : pretty(value)} label="the answer" />` : html`<p>Without a body.</p>`}
    <${Later} summary="Headers">${() => html`
      <dl class="facts">${[...headers].map(([name, said]) => html`<dt><code>${name}</code></dt><dd dir="auto">${said}</dd>`)}</dl>`}<//>
  `;
}
