/** Scripts: what agents answer, in the order in which they are tried. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { Confirm } from "../../parts/confirm.js";
import { CopyButton } from "../../parts/copy.js";
import { DownloadButton } from "../../parts/download.js";
import { Pager } from "../../parts/pager.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { brief, yaml } from "../../parts/yaml.js";
import { html, useState } from "../../preact.js";
import { go, href } from "../../route.js";
import { concerns } from "../../concerns.js";
import { From, Script } from "./script.js";
import { ScriptEditor } from "./script-editor.js";
import { written } from "./script-text.js";

const SHOWN = 50;
const isAbout = concerns("/scripts");

/** Whether an event may have changed the list, or the hits: of executions that wait for nothing the request alone is told. */
const changed = (event) => event.kind === "session" || isAbout(event) || (event.kind === "request" && /^(runtime|socket)\./.test(event.data.operation));

export function Scripts({ parts: [name], query }) {
  const { value: scripts, error, asking, again } = useAsked("/scripts", { on: changed });
  const [added, setAdded] = useState([]);
  const onAdded = (names) => {
    setAdded(names);
    void again();
    go(names.length === 1 ? ["world", "scripts", names[0].name] : ["world", "scripts"]);
  };
  const hints = html`<${Added} names=${added.filter((one) => name === undefined || one.name === name)} />`;
  if (name !== undefined) {
    const script = scripts?.find((one) => one.name === name && (query.from === undefined || one.from === query.from));
    return html`
      <p class="crumbs"><a href=${href(["world", "scripts"])}>Scripts</a></p>
      ${hints}
      <${Problem} error=${error} />
      ${script && html`<${Script} key=${`${script.from} ${name} ${query.edit ?? ""}`} script=${script} isEdited=${query.edit !== undefined} onAdded=${onAdded} />`}
      ${scripts && !script && html`<h2>${name}</h2><p class="empty">There is no such script now. <a href=${href(["world", "scripts"])}>All scripts</a></p>`}
    `;
  }
  return html`
    <h2>Scripts</h2>
    <p class="quiet">Tried in this order for each turn of an agent; the first whose conditions hold says what happens.</p>
    ${hints}
    <${Problem} error=${error} />
    ${query.new === undefined
      ? html`<${Tools} scripts=${scripts ?? []} again=${again} />`
      : html`<${ScriptEditor} key=${query.script ?? ""} text=${query.script} isNew onAdded=${onAdded} />`}
    ${asking && html`<p class="quiet">Asking …</p>`}
    ${scripts && html`<${List} scripts=${scripts} isAdding=${query.new !== undefined} offset=${Number(query.offset) || 0} />`}
  `;
}

function Added({ names }) {
  const hinted = names.filter((one) => one.hint);
  return html`<div role="status">${hinted.map((one) => html`<p class="note">${one.name}: ${one.hint}</p>`)}</div>`;
}

function Tools({ scripts, again }) {
  const shown = scripts.filter((one) => one.then);
  const text = () => yaml({ scripts: unambiguous(shown).map(written) });
  const drop = async () => {
    await ask("DELETE", "/scripts");
    await again();
  };
  return html`
    <div class="actions tools">
      <a class="button main" href=${href(["world", "scripts"], { new: 1 })}>Add a script</a>
      ${shown.length > 0 && html`
        <${DownloadButton} name="scripts.yaml" text=${text}>Download all<//>
        <${CopyButton} text=${text} label="all scripts as YAML">Copy all<//>
      `}
      ${scripts.some((one) => one.from === "added") && html`
        <${Confirm} button="Drop all that were added" title="Drop all scripts that were added?" does="Drop them" work=${drop} said="Dropped" kind="danger">
          <p>Those of the seed and of the scenario stay.</p>
        <//>
      `}
    </div>
    ${shown.length < scripts.length && html`<p class="note">Some scripts are too large to be shown together; “Download all” leaves them out.</p>`}
  `;
}

/** In a document each name is given once: a later script of the same name has none there. */
function unambiguous(scripts) {
  const names = new Set();
  return scripts.map((one) => {
    const isTaken = names.has(one.name);
    names.add(one.name);
    return isTaken ? { ...one, name: undefined } : one;
  });
}

function List({ scripts, isAdding, offset }) {
  if (scripts.length === 0) {
    return html`
      <p class="empty">No scripts. A script answers in place of a model; without one, agents give the default answer.
      ${!isAdding && html` <a href=${href(["world", "scripts"], { new: 1 })}>Add the first</a>`}</p>
    `;
  }
  const move = (to) => go(["world", "scripts"], { offset: to || undefined });
  const first = new Map();
  for (const one of scripts) if (!first.has(one.name)) first.set(one.name, one.from);
  return html`
    <${Table} label="Scripts" columns=${["Name", "From", "Hits", "When", "Then"]} numbers=${["Hits"]}>
      ${scripts.slice(offset, offset + SHOWN).map((one) => html`
        <tr>
          <th scope="row"><a href=${href(["world", "scripts", one.name], { from: first.get(one.name) === one.from ? undefined : one.from })}>${one.name}</a></th>
          <td><${From} layer=${one.from} /></td>
          <td class="number">${one.hits}${one.times !== null && html`<span class="quiet"> of ${one.times}</span>`}</td>
          <td dir="auto"><code>${shortly(one.when, "always")}</code></td>
          <td dir="auto"><code>${shortly(one.then)}</code></td>
        </tr>
      `)}
    <//>
    <${Pager} offset=${offset} limit=${SHOWN} total=${scripts.length} go=${move} what=${["script", "scripts"]} back="Earlier" on="Later" />
  `;
}

function shortly(value, empty) {
  if (value === null) return "too large to be shown here";
  return empty && Object.keys(value).length === 0 ? empty : brief(value);
}
