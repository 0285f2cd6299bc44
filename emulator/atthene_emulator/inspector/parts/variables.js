/** The variables that a configuration has. */

import { html } from "../preact.js";
import { brief } from "./yaml.js";

/** As the control plane shows them, in the order of the document. */
export function Variables({ variables }) {
  if (variables.length === 0) return html`<p class="quiet">It has no variables.</p>`;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Variables">
      <table>
        <thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Must be given</th><th scope="col">Default</th><th scope="col">Assigned</th></tr></thead>
        <tbody>
          ${variables.map((one) => html`
            <tr key=${one.name}>
              <th scope="row"><code dir="auto">${one.name}</code></th>
              <td><code>${one.type}</code></td>
              <td>${given(one)}</td>
              <td>${one.default === null ? html`<span class="quiet">none</span>` : html`<code dir="auto">${brief(one.default)}</code>`}</td>
              <td>${one.mode}</td>
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}

function given(one) {
  if (one.require_every_execution) return "with every request";
  if (one.filled_by_agents) return "no, agents assign it";
  if (!one.required) return "no";
  return one.default === null ? "yes" : "no, there is a default";
}
