/** The examples of a body, as an OpenAPI document has them. */

import { Code, pretty } from "../../parts/code.js";
import { followed } from "../../parts/shape.js";
import { html } from "../../preact.js";

/** `[{summary, value}]` of a media type; the first one is what can be sent at once. */
export const examplesOf = (document, { examples = {} }) => Object.values(examples).map((one) => followed(document, one));

/** Every example with what it says of itself; `of` is what they are of. */
export function Examples({ document, media, of }) {
  return examplesOf(document, media).map(({ summary, value }) => html`
    ${summary && html`<p class="quiet">${summary}</p>`}
    <${Code} text=${pretty(value)} label=${`Example of ${of}`} />`);
}
