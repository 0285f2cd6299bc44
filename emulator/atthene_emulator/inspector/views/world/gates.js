/** Gates: where executions wait until somebody opens, or plays the agent. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { ActionButton, useAction } from "../../parts/action.js";
import { AnswerForm } from "../../parts/answer-form.js";
import { Badge } from "../../parts/badge.js";
import { Problem } from "../../parts/problem.js";
import { Table } from "../../parts/table.js";
import { html, useState } from "../../preact.js";
import { href } from "../../route.js";
import { concerns } from "../../concerns.js";

const SESSIONS = 20; // shown of those that wait at one gate
const changed = concerns("/gates", "/clock", "/faults");

export function Gates({ parts: [name] }) {
  const { value: gates, error, again } = useAsked("/gates", { on: (event) => event.kind === "session" || changed(event) });
  if (name !== undefined) return html`<${Gate} key=${name} name=${name} gate=${gates?.find((one) => one.name === name)} error=${error} again=${again} />`;
  return html`
    <h2>Gates</h2>
    <p class="quiet">An execution waits at a closed gate before its step, until the gate is opened or somebody answers by hand. It waits no longer than
    executions may take; a <a href=${href(["world", "clock"])}>frozen clock</a> gives you all the time that you want.</p>
    <${Problem} error=${error} />
    ${gates?.length === 0 && html`
      <p class="empty">Nobody waits, and no gate is open. A script whose step has a <code>gate</code> makes its turn wait.${" "}
      <a href=${href(["world", "scripts"], { new: 1, script: "name: by-hand\nthen:\n  gate: by-hand\n" })}>Answer every turn by hand</a></p>
    `}
    ${gates?.length > 0 && html`<${List} gates=${gates} />`}
    <${OpenForm} />
  `;
}

function List({ gates }) {
  return html`
    <${Table} label="Gates" columns=${["Gate", "State", "Waiting", "Sessions, first come first", "Actions"]} numbers=${["Waiting"]}>
      ${gates.map((one) => html`
        <tr key=${one.name}>
          <th scope="row"><a href=${href(["world", "gates", one.name])}>${one.name}</a></th>
          <td><${State} gate=${one} /></td>
          <td class="number">${one.waiting}</td>
          <td><${Waiting} sessions=${one.sessions} /></td>
          <td class="row-actions">
            ${one.waiting > 0 && html`<a class="button small" aria-label=${`Answer by hand at ${one.name}`} href=${href(["world", "gates", one.name])}>Answer by hand</a>`}
            <${Turn} gate=${one} />
          </td>
        </tr>
      `)}
    <//>
  `;
}

const State = ({ gate }) => html`<${Badge} word=${gate.open ? "open" : "closed"} />`;

function Waiting({ sessions }) {
  if (sessions.length === 0) return html`<span class="quiet">nobody</span>`;
  return html`
    ${sessions.slice(0, SESSIONS).map((id, n) => html`${n > 0 && ", "}<a href=${href(["sessions", id])}>${id}</a>`)}
    ${sessions.length > SESSIONS && html` <span class="quiet">and ${sessions.length - SESSIONS} more</span>`}
  `;
}

/** Opens a gate that is closed, and closes one that is open. */
function Turn({ gate: { name, open } }) {
  const verb = open ? "close" : "open";
  const work = () => ask("POST", `/gates/${encodeURIComponent(name)}/${verb}`);
  return html`<${ActionButton} work=${work} said=${`Gate ${name} is ${open ? "closed" : "open"}`} label=${`${open ? "Close" : "Open"} ${name}`}>${open ? "Close" : "Open"}<//>`;
}

function Gate({ name, gate = { name, open: false, waiting: 0, sessions: [] }, error, again }) {
  const [done, finish] = useState(null);
  const onDone = (value) => {
    finish(value);
    void again();
  };
  return html`
    <p class="crumbs"><a href=${href(["world", "gates"])}>Gates</a></p>
    <h2>${name}</h2>
    <${Problem} error=${error} />
    <dl class="facts">
      <dt>State</dt><dd><${State} gate=${gate} /></dd>
      <dt>Waiting</dt><dd>${gate.waiting > 0 ? html`${gate.waiting}: ` : ""}<${Waiting} sessions=${gate.sessions} /></dd>
    </dl>
    <div class="actions"><${Turn} gate=${gate} /></div>
    <h3>Answer by hand</h3>
    <p class="quiet">Who has waited longest goes on with what you type, in place of the step that the script has. The gate stays as it is, and others go on waiting.</p>
    ${done && html`<p>Answered turn ${done.answered.turn} of <a href=${href(["sessions", done.answered.session_id])}>${done.answered.session_id}</a>.</p>`}
    <${AnswerForm} gate=${name} onDone=${onDone} />
  `;
}

function OpenForm() {
  const [name, set] = useState("");
  const { act, error } = useAction();
  const open = (event) => {
    event.preventDefault();
    void act(async () => {
      await ask("POST", `/gates/${encodeURIComponent(name.trim())}/open`);
      set("");
    }, `Gate ${name} is open`);
  };
  return html`
    <h3>Open a gate before anybody comes</h3>
    <form class="filters" onSubmit=${open}>
      <label>Name <input required value=${name} onInput=${(event) => set(event.target.value)} /></label>
      <button type="submit">Open</button>
    </form>
    <${Problem} error=${error} />
  `;
}
