/** Agents. */

import { html } from "../preact.js";

export function Configurations() {
  return html`<h1>Agents</h1>`;
}
