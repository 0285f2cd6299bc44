/** What went wrong, in the words of whoever refused it. */

import { html } from "../preact.js";

export function Problem({ error, children }) {
  if (!error) return null;
  return html`
    <div class="problem" role="alert">
      <p>${error.message}</p>
      ${error.problems?.length > 0 && html`<ul>${error.problems.map((one) => html`<li><code>${one.field}</code> ${one.message}</li>`)}</ul>`}
      ${children}
    </div>
  `;
}
