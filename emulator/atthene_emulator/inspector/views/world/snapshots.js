/** Snapshots: what the namespace was, to go back to or to take elsewhere. */

import { useAsked } from "../../asked.js";
import { ask, request } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Confirm } from "../../parts/confirm.js";
import { save } from "../../parts/download.js";
import { Moment } from "../../parts/moment.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { html, useState } from "../../preact.js";
import { concerns } from "../../concerns.js";
import { ImportForm } from "./snapshot-import.js";

const at = (name) => `/snapshots/${encodeURIComponent(name)}`;

export function Snapshots({ namespace }) {
  const { value: snapshots, error, again } = useAsked("/snapshots", { on: concerns("/snapshots") });
  return html`
    <h2>Snapshots</h2>
    <p class="quiet">A snapshot keeps what the namespace is now. It can be restored, and taken elsewhere as a file.</p>
    <${Problem} error=${error} />
    <${TakeForm} again=${again} />
    ${snapshots?.length === 0 && html`<p class="empty">No snapshots yet. Take one before you try something, and restore it afterwards.</p>`}
    ${snapshots?.length > 0 && html`<${List} snapshots=${snapshots} namespace=${namespace} again=${again} />`}
    <${ImportForm} again=${again} />
  `;
}

function TakeForm({ again }) {
  const [name, set] = useState("");
  const { act, error } = useAction();
  const take = (event) => {
    event.preventDefault();
    void act(async () => {
      const { value } = await ask("POST", "/snapshots", { body: name.trim() ? { name: name.trim() } : {} });
      set("");
      await again();
      return value;
    }, (taken) => `Took the snapshot ${taken.name}`);
  };
  return html`
    <form class="filters" onSubmit=${take}>
      <label>Name, chosen if left out <input value=${name} onInput=${(event) => set(event.target.value)} /></label>
      <button type="submit" class="main">Take a snapshot</button>
    </form>
    <${Problem} error=${error} />
  `;
}

function List({ snapshots, namespace, again }) {
  return html`
    <${Table} label="Snapshots" columns=${["Name", "Taken at", "Agents", "Sessions", "Actions"]} numbers=${["Agents", "Sessions"]}>
      ${snapshots.map((one) => html`
        <tr key=${one.name}>
          <th scope="row">${one.name}</th>
          <td><${Moment} at=${one.taken_at} whole /></td>
          <td class="number">${one.agents}</td>
          <td class="number">${one.sessions}</td>
          <td class="row-actions"><${Actions} name=${one.name} namespace=${namespace} again=${again} /></td>
        </tr>
      `)}
    <//>
  `;
}

function Actions({ name, namespace, again }) {
  const { act, error } = useAction();
  const download = async (secrets) => {
    const response = await request("GET", at(name), { namespace, query: { secrets } });
    save(`${name}.json`, await response.text(), "application/json");
  };
  const then = (method, path) => async () => {
    await ask(method, path);
    await again();
  };
  return html`
    <${Confirm} button="Restore" label=${`Restore ${name}`} title=${`Restore ${name}?`} does="Restore"
      work=${then("POST", `${at(name)}/restore`)} said=${`Restored ${name}`}>
      <p>What the namespace is now is lost, unless you take a snapshot of it first. The snapshot stays.</p>
    <//>
    <button type="button" class="small" aria-label=${`Download ${name}`} onClick=${() => act(download, `Downloaded ${name}`)}>Download</button>
    <${Confirm} button="Download with secrets" label=${`Download with secrets: ${name}`} title=${`Download ${name} with its secrets?`}
      does="Download" work=${() => download("true")} said=${`Downloaded ${name}`} kind="small">
      <p>The file will hold the secrets of configurations and messages as they were sent. Keep it to yourself.</p>
    <//>
    <${Confirm} button="Drop" label=${`Drop ${name}`} title=${`Drop the snapshot ${name}?`} does="Drop it" work=${then("DELETE", at(name))} said=${`Dropped ${name}`}>
      <p>It cannot be restored afterwards.</p>
    <//>
    <${Problem} error=${error} />
  `;
}
