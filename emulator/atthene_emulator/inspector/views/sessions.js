/** Sessions. */

import { html } from "../preact.js";

export function Sessions() {
  return html`<h1>Sessions</h1>`;
}
