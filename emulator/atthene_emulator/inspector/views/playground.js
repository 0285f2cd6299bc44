/** Playground. */

import { html } from "../preact.js";

export function Playground() {
  return html`<h1>Playground</h1>`;
}
