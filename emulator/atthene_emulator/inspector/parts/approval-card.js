/** What a person is asked before a tool is called, and their answer. */

import { html, useState } from "../preact.js";

/** `pause` is as the control plane shows it; `decide(data)` sends the answer as the live socket wants it. */
export function ApprovalCard({ pause, decide }) {
  const isQuestion = pause.kind === "ask_user_question";
  return html`
    <section class="card approval" aria-label="Approval">
      <h3>${pause.question || pause.prompt || `May ${pause.agent} call ${pause.tool}?`}</h3>
      <p class="quiet">${pause.agent} wants to call <code>${pause.tool}</code>${pause.source && html`; asked by ${pause.source.replaceAll("_", " ")}`}</p>
      ${isQuestion ? html`<${Answer} pause=${pause} decide=${decide} />` : html`<${Approve} pause=${pause} decide=${decide} />`}
    </section>
  `;
}

function Approve({ pause, decide }) {
  const proposed = JSON.stringify(pause.arguments, null, 2);
  const [text, set] = useState(proposed);
  const [feedback, setFeedback] = useState("");
  const [wrong, setWrong] = useState(null);
  const accept = () => {
    try {
      const edited = JSON.parse(text);
      setWrong(null);
      decide(text === proposed ? { kind: "accept" } : { kind: "accept", tool_args: edited });
    } catch (error) {
      setWrong(`The arguments are no JSON: ${error.message}`);
    }
  };
  return html`
    <label>Arguments <textarea class="code-text" rows="6" spellcheck="false" value=${text} onInput=${(event) => set(event.target.value)} /></label>
    ${wrong && html`<p class="problem" role="alert">${wrong}</p>`}
    <label>Feedback, if you decline <input dir="auto" value=${feedback} onInput=${(event) => setFeedback(event.target.value)} /></label>
    <div class="actions">
      <button type="button" class="main" onClick=${accept}>Approve</button>
      <button type="button" onClick=${() => decide(feedback ? { kind: "decline", feedback } : { kind: "decline" })}>Decline</button>
    </div>
  `;
}

function Answer({ pause, decide }) {
  const [text, set] = useState("");
  return html`
    <div class="actions">${pause.options.map((option) => html`<button type="button" onClick=${() => decide({ kind: "answer", answer: option })}>${option}</button>`)}</div>
    <form onSubmit=${(event) => { event.preventDefault(); decide({ kind: "answer", answer: text }); }}>
      <label>Answer <input dir="auto" required value=${text} onInput=${(event) => set(event.target.value)} /></label>
      <div class="actions"><button type="submit" class="main">Answer</button></div>
    </form>
  `;
}
