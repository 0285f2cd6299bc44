/** One script: as it was written, and what can be done with it. */

import { ask } from "../../control.js";
import { Badge } from "../../parts/badge.js";
import { Code } from "../../parts/code.js";
import { Confirm } from "../../parts/confirm.js";
import { html } from "../../preact.js";
import { go, href } from "../../route.js";
import { yaml } from "../../parts/yaml.js";
import { ScriptEditor } from "./script-editor.js";
import { written } from "./script-text.js";

const LAYERS = { added: "added while the emulator runs", scenario: "of the active scenario", seed: "of the seed" };

/** Where a script comes from. */
export const From = ({ layer }) => html`<${Badge} word=${layer} title=${LAYERS[layer]} tone=${layer === "added" ? "good" : "muted"} />`;

export function Script({ script, isEdited, onAdded }) {
  const { name, from, hits, times } = script;
  const isShown = script.then !== null;
  const text = isShown ? yaml(written(script)) : "";
  const here = ["world", "scripts", name];
  return html`
    <h2>${name}</h2>
    <dl class="facts">
      <dt>From</dt><dd>${LAYERS[from]}</dd>
      <dt>Hits</dt><dd>${hits}${times !== null && ` of ${times}`}</dd>
    </dl>
    ${!isShown && html`<p class="note">This script is too large to be shown together with those before it.</p>`}
    ${isShown && (isEdited
      ? html`<${ScriptEditor} text=${text} back=${here} onAdded=${onAdded}><${What} from=${from} name=${name} /><//>`
      : html`<${Code} text=${text} label=${`the script ${name}`} wrap />`)}
    <div class="actions">
      ${isShown && !isEdited && html`<a class="button" href=${href(here, { from: from === "added" ? undefined : from, edit: 1 })}>Edit</a>`}
      ${from === "added" && html`<${Drop} name=${name} />`}
    </div>
  `;
}

function What({ from, name }) {
  if (from === "added") return html`<p class="quiet">The script ${name} is replaced, and goes in front of all others. Under another name it becomes one more.</p>`;
  return html`<p class="quiet">This one is ${LAYERS[from]} and stays as it is. What you add goes before it.</p>`;
}

function Drop({ name }) {
  const drop = async () => {
    await ask("DELETE", `/scripts/${encodeURIComponent(name)}`);
    go(["world", "scripts"]);
  };
  return html`
    <${Confirm} button="Drop" title=${`Drop the script ${name}?`} does="Drop it" work=${drop} said=${`Dropped ${name}`} kind="danger">
      <p>Copy its text first if you may want it back.</p>
    <//>
  `;
}
