/** Writing a script: as YAML, which the control plane reads. */

import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { YamlField } from "../../parts/yaml-field.js";
import { html, useState } from "../../preact.js";
import { href } from "../../route.js";
import { TEMPLATES } from "./script-text.js";

/** `text` is what it begins with; `onAdded` is given `[{name, hint}]` of what was added. */
export function ScriptEditor({ text: given, isNew = false, back = ["world", "scripts"], onAdded, children }) {
  const [text, set] = useState(given ?? TEMPLATES[0].text);
  const [before, keep] = useState(null);
  const { act, error } = useAction();
  const add = (event) => {
    event.preventDefault();
    void act(async () => {
      const { value } = await ask("POST", "/scripts", { text });
      onAdded(value);
      return value;
    }, (names) => `Added ${names.map((one) => one.name).join(", ")}`);
  };
  const begin = (template) => {
    keep(text);
    set(template.text);
  };
  return html`
    <form class="card" onSubmit=${add} aria-label=${isNew ? "A new script" : "The script"}>
      ${isNew && html`
        <h3>A new script</h3>
        <div class="begin-with" role="group" aria-label="Begin with">
          <span class="quiet">Begin with</span>
          ${TEMPLATES.map((one) => html`<button type="button" class="small" onClick=${() => begin(one)}>${one.name}</button>`)}
          ${before !== null && html`<button type="button" class="small" onClick=${() => { set(before); keep(null); }}>Undo</button>`}
        </div>
      `}
      ${children}
      <${YamlField} text=${text} set=${set} rows="14">Script, or a list of them<//>
      <${Problem} error=${error} />
      <div class="actions">
        <button type="submit" class="main">Add</button>
        <a class="button" href=${href(back)}>Cancel</a>
      </div>
    </form>
  `;
}
