/** How much of a configuration was exercised. */

import { html } from "../preact.js";

/** `one` has `name`, `covered` and `total`. */
export function Coverage({ one: { name, covered, total } }) {
  return html`<span class="coverage"><meter min="0" max=${total} value=${covered} aria-label=${`Parts of ${name} that were exercised`}>${covered}</meter> ${covered} of ${total}</span>`;
}
