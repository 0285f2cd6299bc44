/** Playing the agent: a step that a person types goes to who has waited longest at a gate. */

import { ask } from "../control.js";
import { html, useId, useState } from "../preact.js";
import { useAction } from "./action.js";
import { Problem } from "./problem.js";
import { yaml } from "./yaml.js";

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
          <label>Step, as in <code>then</code> of a script (YAML or JSON) <textarea class="code-text" rows="9" spellcheck="false" required value=${step} onInput=${(event) => setStep(event.target.value)}></textarea></label>
          <p class="quiet">It may have <code>reply</code>, <code>tool_calls</code>, <code>route</code>, <code>output</code>, <code>assign</code>, <code>error</code>, <code>delay_ms</code> and more.</p>
        `}
      <${Problem} error=${error} />
      <div class="actions"><button type="submit" class="main">Answer</button></div>
    </form>
  `;
}
