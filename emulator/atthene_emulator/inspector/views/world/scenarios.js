/** Scenarios: states to switch to. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { ActionButton } from "../../parts/action.js";
import { Badge } from "../../parts/badge.js";
import { Confirm } from "../../parts/confirm.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { html } from "../../preact.js";
import { href } from "../../route.js";
import { concerns } from "../../concerns.js";

export function Scenarios() {
  const { value: scenarios, error, again } = useAsked("/scenarios", { on: concerns() });
  const active = scenarios?.find((one) => one.active);
  const leave = async () => {
    await ask("POST", "/reset");
    await again();
  };
  return html`
    <h2>Scenarios</h2>
    <p class="quiet">The scripts of a scenario are tried after those that you added and before those of the seed, its faults replace all others, its agents and sessions are added.</p>
    <p class="note">A scenario is left by a reset alone: the namespace goes back to its seed, and what was made since, such as sessions and scripts, is gone.${" "}
      <a href=${href(["world", "snapshots"])}>Take a snapshot</a> before you switch if you want to come back to what is here now.</p>
    <${Problem} error=${error} />
    ${active && html`
      <div class="card">
        <p>Active: <strong>${active.name}</strong>. See its <a href=${href(["world", "scripts"])}>scripts</a>,
        its <a href=${href(["world", "faults"])}>faults</a> and its <a href=${href(["sessions"])}>sessions</a>.</p>
        <div class="actions">
          <${Confirm} button="Leave (reset)" title=${`Leave ${active.name}?`} does="Reset" work=${leave} said="Back to the seed" kind="danger">
            <p>The namespace goes back to its seed: what was made since, such as sessions and scripts, is gone. Requests, snapshots and coverage stay.</p>
          <//>
        </div>
      </div>
    `}
    ${scenarios?.length === 0 && html`<p class="empty">There is no scenario here. A seed may have some below <code>scenarios</code>.</p>`}
    ${scenarios?.length > 0 && html`<${List} scenarios=${scenarios} again=${again} />`}
  `;
}

function List({ scenarios, again }) {
  const use = async (name) => {
    await ask("POST", `/scenarios/${encodeURIComponent(name)}`);
    await again();
  };
  return html`
    <${Table} label="Scenarios" columns=${["Name", "What it is for", "Actions"]}>
      ${scenarios.map((one) => html`
        <tr key=${one.name} aria-current=${one.active ? "true" : undefined}>
          <th scope="row">${one.name} ${one.active && html`<${Badge} word="active" />`}</th>
          <td dir="auto">${one.description}</td>
          <td class="row-actions"><${Switch} scenario=${one} use=${use} /></td>
        </tr>
      `)}
    <//>
  `;
}

function Switch({ scenario: { name, active }, use }) {
  const words = active ? "Begin anew" : "Switch";
  return html`
    <${ActionButton} label=${active ? `${words}: ${name}` : `${words} to ${name}`} said=${`Switched to ${name}`} work=${() => use(name)}>${words}<//>
  `;
}
