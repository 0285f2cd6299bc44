/** Texts of programs and documents, with a button that copies them. */

import { CopyButton } from "./copy.js";
import { html, useState } from "../preact.js";

const LONG = 20_000; // characters; of more the beginning is shown until the rest is wanted

/** A text as it is. */
export function Code({ text, label, wrap = false }) {
  const [whole, show] = useState(false);
  const shown = whole || text.length <= LONG ? text : `${text.slice(0, LONG)}…`;
  return html`
    <div class="code">
      <pre dir="auto" tabindex="0" role="group" class=${wrap ? "wrap" : ""} aria-label=${label}>${shown}</pre>
      <div class="corner"><${CopyButton} text=${text} label=${label} /></div>
      ${shown.length < text.length && html`<button type="button" class="small" onClick=${() => show(true)}>Show all ${text.length.toLocaleString("en")} characters</button>`}
    </div>
  `;
}

/** A value as JSON that is easily read. */
export function Json({ value, label }) {
  return html`<${Code} text=${pretty(value)} label=${label} />`;
}

export const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
