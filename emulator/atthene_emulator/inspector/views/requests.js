/** Requests. */

import { html } from "../preact.js";

export function Requests() {
  return html`<h1>Requests</h1>`;
}
