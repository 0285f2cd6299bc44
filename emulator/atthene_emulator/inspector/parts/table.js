/** Tables, which scroll by themselves where there is no room for them. */

import { html } from "../preact.js";

/** `columns` are the heads, those of numbers also in `numbers`; children are the rows. */
export function Table({ label, columns, numbers = [], children }) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${label}>
      <table>
        <thead><tr>${columns.map((name) => html`<th scope="col" class=${numbers.includes(name) ? "number" : undefined}>${name}</th>`)}</tr></thead>
        <tbody>${children}</tbody>
      </table>
    </div>
  `;
}
