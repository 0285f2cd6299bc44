/** Playing the agent: a step that a person types goes to who has waited longest at a gate. */

import { ask } from "../control.js";
import { html, useId, useState } from "../preact.js";
import { useAction } from "./action.js";
import { Problem } from "./problem.js";
import { YamlField } from "./yaml-field.js";
import { yaml } from "./yaml.js";

const KEYS = "reply, tool_calls, route, output, assign, error, delay_ms, …";

/** `gate` is its name; `onDone` is given what the control plane has answered. */
export function AnswerForm({ gate, onDone }) {
  const id = useId();
  const [reply, setReply] = useState("");
  const [step, setStep] = useState(null); // YAML, once a whole one is wanted
  const { act, error } = useAction();

  const send = (event) => {
    event.preventDefault();
    const path = `/gates/${encodeURIComponent(gate)}/answer`;
    void act(async () => {
      const { value } = await ask("POST", path, step === null ? { body: { reply } } : { text: step });
      setReply("");
      setStep(null);
      onDone?.(value);
      return value;
    }, ({ answered }) => `Answered turn ${answered.turn} of ${answered.session_id}`);
  };
  const kind = (isChosen, choose, words) => html`<label><input type="radio" name=${id} checked=${isChosen} onChange=${choose} /> ${words}</label>`;
  return html`
    <form class="answer-form" onSubmit=${send}>
      <fieldset class="choice"><legend>Answer with</legend>
        ${kind(step === null, () => setStep(null), "a reply")}
        ${kind(step !== null, () => setStep(yaml({ reply })), "a whole step")}
      </fieldset>
      ${step === null
        ? html`<label>Reply <textarea dir="auto" rows="4" required value=${reply} onInput=${(event) => setReply(event.target.value)}></textarea></label>`
        : html`
          <${YamlField} text=${step} set=${setStep} rows="9">Step, as in <code>then</code> of a script<//>
          <p class="quiet">It may have a reply, tool calls, a route, variables, an error and more: <code>${KEYS}</code></p>
        `}
      <${Problem} error=${error} />
      <div class="actions"><button type="submit" class="main">Answer</button></div>
    </form>
  `;
}
