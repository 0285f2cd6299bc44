/** Faults: what goes wrong on purpose, in the order in which they are tried. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { Badge } from "../../parts/badge.js";
import { Code } from "../../parts/code.js";
import { Confirm } from "../../parts/confirm.js";
import { ActionButton } from "../../parts/action.js";
import { Pager } from "../../parts/pager.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { brief, yaml } from "../../parts/yaml.js";
import { html } from "../../preact.js";
import { go, href } from "../../route.js";
import { concerns } from "../../concerns.js";
import { FaultEditor } from "./fault-editor.js";

const SHOWN = 50;
const changed = concerns("/faults");

export function Faults({ parts: [id], query }) {
  const { value: faults, error, again } = useAsked("/faults", { on: (event) => event.kind === "request" || changed(event) });
  if (id !== undefined) {
    const fault = faults?.find((one) => one.id === id);
    return html`
      <p class="crumbs"><a href=${href(["world", "faults"])}>Faults</a></p>
      <h2>${id}</h2>
      <${Problem} error=${error} />
      ${fault && html`<${Fault} fault=${fault} />`}
      ${faults && !fault && html`<p class="empty">There is no such fault now. <a href=${href(["world", "faults"])}>All faults</a></p>`}
    `;
  }
  const onAdded = (added) => {
    void again();
    go(added.length === 1 ? ["world", "faults", added[0].id] : ["world", "faults"]);
  };
  return html`
    <h2>Faults</h2>
    <p class="quiet">Each makes requests fail that would have worked, or frames of sockets. Tried in this order, after the key was accepted; one is enough.</p>
    <${Problem} error=${error} />
    ${query.new === undefined
      ? html`<${Tools} hasSome=${faults?.length > 0} />`
      : html`<${FaultEditor} key=${query.fault ?? ""} text=${query.fault} onAdded=${onAdded} />`}
    ${faults && html`<${List} faults=${faults} isAdding=${query.new !== undefined} offset=${Number(query.offset) || 0} />`}
  `;
}

function Tools({ hasSome }) {
  return html`
    <div class="actions tools">
      <a class="button main" href=${href(["world", "faults"], { new: 1 })}>Add a fault</a>
      ${hasSome && html`
        <${Confirm} button="Drop all" title="Drop all faults?" does="Drop them" work=${() => ask("DELETE", "/faults")} said="Dropped" kind="danger">
          <p>What hangs by one of them goes on.</p>
        <//>
      `}
    </div>
  `;
}

function List({ faults, isAdding, offset }) {
  if (faults.length === 0) {
    return html`
      <p class="empty">Nothing goes wrong. A fault shows how your app copes when something does.
      ${!isAdding && html` <a href=${href(["world", "faults"], { new: 1 })}>Add the first</a>`}</p>
    `;
  }
  const move = (to) => go(["world", "faults"], { offset: to || undefined });
  return html`
    <${Table} label="Faults" columns=${["Id", "Kind", "Operation", "As written", "Matched", "Fired", "Actions"]} numbers=${["Matched", "Fired"]}>
      ${faults.slice(offset, offset + SHOWN).map((one) => html`
        <tr key=${one.id}>
          <th scope="row"><a href=${href(["world", "faults", one.id])}>${one.id}</a></th>
          <td><${Badge} word=${one.kind} tone="bad" /></td>
          <td><code>${one.operation}</code></td>
          <td dir="auto"><code>${brief(rest(one))}</code></td>
          <td class="number">${one.matched}</td>
          <td class="number">${one.fired}</td>
          <td class="row-actions">
            <${ActionButton} label=${`Drop ${one.id}`} said=${`Dropped ${one.id}`} kind="small danger" work=${() => drop(one.id)}>Drop<//>
          </td>
        </tr>
      `)}
    <//>
    <${Pager} offset=${offset} limit=${SHOWN} total=${faults.length} go=${move} what=${["fault", "faults"]} back="Earlier" on="Later" />
  `;
}

const drop = (id) => ask("DELETE", `/faults/${encodeURIComponent(id)}`);
const written = ({ matched, fired, ...fault }) => fault;
const rest = ({ id, kind, operation, ...fault }) => written(fault);

function Fault({ fault }) {
  const { id, ...like } = written(fault);
  const work = async () => {
    await drop(id);
    go(["world", "faults"]);
  };
  return html`
    <dl class="facts">
      <dt>Matched</dt><dd>${fault.matched} <span class="quiet">requests or frames that it is about</span></dd>
      <dt>Fired</dt><dd>${fault.fired} <span class="quiet">of those were struck</span></dd>
    </dl>
    <${Code} text=${yaml(written(fault))} label=${`the fault ${id}`} wrap />
    <div class="actions">
      <a class="button" href=${href(["world", "faults"], { new: 1, fault: yaml(like) })}>Add one like it</a>
      <${ActionButton} work=${work} said=${`Dropped ${id}`} kind="danger">Drop<//>
    </div>
  `;
}
