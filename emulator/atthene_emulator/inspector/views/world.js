/** Control. */

import { html } from "../preact.js";

export function World() {
  return html`<h1>Control</h1>`;
}
