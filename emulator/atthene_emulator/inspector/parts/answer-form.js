/** Playing the agent: a step that a person types goes to who has waited longest at a gate. */

import { ask } from "../control.js";
import { html, useId, useState } from "../preact.js";
import { useAction } from "./action.js";
import { Problem } from "./problem.js";

const STEP = "reply: The e-mail is on its way.\ntool_calls:\n  - name: mail_send_email\n    arguments:\n      to: ada@example.com\n    result:\n      sent: true\n";

/** `gate` is its name; `onDone` is given what the control plane has answered. */
export function AnswerForm({ gate, onDone }) {
  const id = useId();
  const [isWhole, choose] = useState(false);
  const [reply, setReply] = useState("");
  const [step, setStep] = useState(STEP);
  const { act, error } = useAction();

  const send = (event) => {
    event.preventDefault();
    const path = `/gates/${encodeURIComponent(gate)}/answer`;
    void act(async () => {
      const { value } = await ask("POST", path, isWhole ? { text: step } : { body: { reply } });
      setReply("");
      onDone?.(value);
      return value;
    }, ({ answered }) => `Answered turn ${answered.turn} of ${answered.session_id}`);
  };
  const kind = (whole, words) => html`
    <label><input type="radio" name=${id} checked=${isWhole === whole} onChange=${() => choose(whole)} /> ${words}</label>
  `;
  return html`
    <form class="answer-form" onSubmit=${send}>
      <fieldset class="choice"><legend>Answer with</legend>${kind(false, "a reply")}${kind(true, "a whole step")}</fieldset>
      ${isWhole
        ? html`<label>Step, as in <code>then</code> of a script (YAML or JSON) <textarea class="code-text" rows="9" spellcheck="false" required value=${step} onInput=${(event) => setStep(event.target.value)}></textarea></label>`
        : html`<label>Reply <textarea dir="auto" rows="4" required value=${reply} onInput=${(event) => setReply(event.target.value)}></textarea></label>`}
      <${Problem} error=${error} />
      <div class="actions"><button type="submit" class="main">Answer</button></div>
    </form>
  `;
}
