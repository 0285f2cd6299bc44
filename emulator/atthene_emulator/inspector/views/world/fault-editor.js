/** Writing a fault: in a form that has the usual ones, or as YAML that has all. */

import { useAsked } from "../../asked.js";
import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { YamlField } from "../../parts/yaml-field.js";
import { yaml } from "../../parts/yaml.js";
import { html, useId, useState } from "../../preact.js";
import { href } from "../../route.js";
import { EMPTY, faultOf, KINDS } from "./fault-form.js";

/** `text` is YAML that it begins with; `onAdded` is given the faults that were added. */
export function FaultEditor({ text: given, onAdded }) {
  const name = useId();
  const [values, setValues] = useState(EMPTY);
  const [text, setText] = useState(given ?? null); // null while the form says what is sent
  const { act, error } = useAction();
  const add = (event) => {
    event.preventDefault();
    void act(async () => {
      const { value } = await ask("POST", "/faults", text === null ? { body: faultOf(values) } : { text });
      onAdded(value);
      return value;
    }, (added) => `Added ${added.map((one) => one.id).join(", ")}`);
  };
  return html`
    <form class="card" onSubmit=${add} aria-label="A new fault">
      <h3>A new fault</h3>
      <fieldset class="choice">
        <legend>Written</legend>
        <label><input type="radio" name=${name} checked=${text === null} onChange=${() => setText(null)} /> in a form</label>
        <label><input type="radio" name=${name} checked=${text !== null} onChange=${() => setText(yaml(faultOf(values)))} /> as YAML</label>
      </fieldset>
      ${text === null
        ? html`<${Fields} values=${values} set=${(more) => setValues({ ...values, ...more })} />`
        : html`<${YamlField} text=${text} set=${setText} rows="10">Fault, or a list of them<//>`}
      <${Problem} error=${error} />
      <div class="actions">
        <button type="submit" class="main">Add</button>
        <a class="button" href=${href(["world", "faults"])}>Cancel</a>
      </div>
    </form>
  `;
}

function Fields({ values, set }) {
  const list = useId();
  const { value: operations } = useAsked("/operations", { on: [] });
  const { asks } = KINDS.find((one) => one.name === values.what);
  const field = (name, label, more = {}) => html`
    <label>${label} <input value=${values[name]} onInput=${(event) => set({ [name]: event.target.value })} ...${more} /></label>
  `;
  const number = (name, label, min = 1, placeholder = "") => field(name, label, { type: "number", min, step: 1, placeholder });
  return html`
    <div class="form-grid">
      <label class="wide">What happens
        <select value=${values.what} onChange=${(event) => set({ what: event.target.value })}>
          ${KINDS.map((one) => html`<option value=${one.name} selected=${one.name === values.what}>${one.words}</option>`)}
        </select>
      </label>
      ${field("operation", "To the operation", { list, placeholder: "all", spellcheck: false })}
      <datalist id=${list}>${(operations ?? []).map((one) => html`<option value=${one.name}>${one.summary}</option>`)}</datalist>
      ${asks.includes("status") && html`<label>Status <input type="number" min="400" max="599" required value=${values.status} onInput=${(event) => set({ status: event.target.value })} /></label>`}
      ${asks.includes("status") && values.status === "400" && field("type", "Type", { placeholder: "validation_error" })}
      ${asks.includes("message") && field("message", "Message")}
      ${asks.includes("retry") && number("retry_after", "Retry after, seconds", 0)}
      ${asks.includes("delay") && number("delay_ms", "Delay, milliseconds")}
      ${asks.includes("delay") && number("delay_most", "Up to (then chance chooses)")}
      ${field("session", "Only in the session", { placeholder: "any" })}
      ${number("after", "Let pass first", 0, "none")}
      ${number("times", "Strike at most, times", 1, "without end")}
      ${number("every", "Strike each n-th", 1, "each")}
    </div>
  `;
}
