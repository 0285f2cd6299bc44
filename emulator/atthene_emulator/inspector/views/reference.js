/** Reference. */

import { html } from "../preact.js";

export function Reference() {
  return html`<h1>Reference</h1>`;
}
