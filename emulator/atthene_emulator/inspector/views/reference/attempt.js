/** An operation tried: what is sent is what the form says, and it is sent when somebody presses the button. */

import { call } from "../../api.js";
import { AsCode } from "../../parts/as-code.js";
import { pretty } from "../../parts/code.js";
import { Later } from "../../parts/later.js";
import { Problem } from "../../parts/problem.js";
import { API } from "../../control.js";
import { html, useEffect, useMemo, useRef, useState } from "../../preact.js";
import { say } from "../../store.js";
import { Answered } from "./answered.js";
import { examplesOf } from "./examples.js";
import { Fields, fieldsOf, FORM, formOf, partsOf } from "./form.js";

/** `one` is an operation of `document`. `keys` are API keys to choose from, `suggestions` values of parameters by their names, `headers` what every request has besides,
 * `query` values to begin with, and `journal` makes the address of a request's entry. */
export function Attempt({ document, one, keys = [], suggestions = {}, headers = {}, query = {}, journal }) {
  const { method, operation } = one;
  const [key, setKey] = useState(null); // null: the first that there is
  const [values, setValues] = useState(() => begin(operation.parameters, query));
  const [type, setType] = useState(() => mediaOf(operation)[0]);
  const [bodies, setBodies] = useState({});
  const [said, setSaid] = useState({}); // in a form: values and files by name
  const [state, setState] = useState({ answer: null, error: null, sending: null });
  const question = useRef(null);
  const sending = useRef(null);
  useEffect(() => () => sending.current?.abort(), []);

  const known = key ?? keys[0] ?? "";
  const fields = useMemo(() => (type === FORM ? fieldsOf(document, operation.requestBody.content[FORM]) : null), [document, operation, type]);
  const form = fields && partsOf(fields, said);
  const body = type === undefined || form ? null : (bodies[type] ?? exampleOf(document, operation, type));
  const own = { ...headers, ...(body === null ? {} : { "content-type": type }) }; // of a form, clients say it themselves
  const path = pathOf(one, values);
  const request = { method, url: API + path, headers: { "x-api-key": known, ...own }, body, form };

  const send = async () => {
    const stop = new AbortController();
    sending.current = stop;
    setState({ answer: null, error: null, sending: stop });
    try {
      const answer = await call(method, path, { key: known, text: body ?? undefined, form: form ? formOf(form) : undefined, headers: own, signal: stop.signal });
      setState({ answer, error: null, sending: null });
      say(`Answered with ${answer.status}`);
    } catch (error) {
      setState({ answer: null, error: error.name === "AbortError" ? { message: "You stopped waiting. The request is in the journal once it has ended." } : error, sending: null });
    }
  };
  const submit = (event) => {
    event.preventDefault();
    if (method === "DELETE") question.current.showModal();
    else void send();
  };

  return html`
    <section class="card attempt" aria-labelledby="attempt-title">
      <h2 id="attempt-title">Try it</h2>
      <form onSubmit=${submit}>
        <label>API key <input value=${known} list="attempt-keys" autocomplete="off" spellcheck=${false} placeholder="a key of the emulator" onInput=${(event) => setKey(event.target.value)} /></label>
        <${Choices} id="attempt-keys" values=${keys} />
        ${operation.parameters.map((parameter) => html`
          <${Value} key=${parameter.name} parameter=${parameter} value=${values[parameter.name]} choices=${suggestions[parameter.name] ?? []}
            onValue=${(value) => setValues((before) => ({ ...before, [parameter.name]: value }))} />`)}
        ${type !== undefined && html`
          <label>Sent as <select value=${type} onChange=${(event) => setType(event.target.value)}>
            ${mediaOf(operation).map((media) => html`<option value=${media} selected=${media === type}>${media}</option>`)}
          </select></label>`}
        ${form && html`<${Fields} fields=${fields} said=${said} onSaid=${(name, value) => setSaid((before) => ({ ...before, [name]: value }))} />`}
        ${body !== null && html`
          <label>Body <textarea class="code-text" rows="10" dir="auto" spellcheck=${false} value=${body} onInput=${(event) => setBodies((before) => ({ ...before, [type]: event.target.value }))}></textarea></label>`}
        <div class="actions">
          <button type="submit" class=${method === "DELETE" ? "danger" : "main"} disabled=${state.sending !== null}>${state.sending ? "Waiting …" : `Send ${method}`}</button>
          ${state.sending && html`<button type="button" onClick=${() => state.sending.abort()}>Stop waiting</button>`}
        </div>
      </form>
      <${Problem} error=${state.error} />
      ${state.answer && html`<${Answered} answer=${state.answer} journal=${journal} />`}
      <${Later} summary="As a command or a program">${() => html`<${AsCode} request=${request} />`}<//>
      <dialog ref=${question} aria-labelledby="attempt-question">
        <h2 id="attempt-question">Delete?</h2>
        <p>${operation.summary}. What is deleted stays deleted, until the namespace is reset.</p>
        <p><code>DELETE ${path}</code></p>
        <div class="actions">
          <button type="button" class="danger" onClick=${() => { question.current.close(); void send(); }}>Delete</button>
          <button type="button" onClick=${() => question.current.close()}>Keep</button>
        </div>
      </dialog>
    </section>
  `;
}

function Value({ parameter, value, choices, onValue }) {
  const { name, required, example, schema } = parameter;
  const id = `attempt-${name}`;
  return html`
    <label>${name}${required ? "" : " (optional)"}
      <input value=${value} list=${choices.length ? id : undefined} required=${required} inputmode=${schema.type === "integer" ? "numeric" : undefined}
        autocomplete="off" spellcheck=${false} placeholder=${example === undefined ? "" : String(example)} onInput=${(event) => onValue(event.target.value)} />
    </label>
    <${Choices} id=${id} values=${choices} />
  `;
}

function Choices({ id, values }) {
  return values.length > 0 && html`<datalist id=${id}>${values.map((one) => html`<option value=${one} />`)}</datalist>`;
}

/** What parameters begin with: what the address says, else the example of those that must be there. */
function begin(parameters, query) {
  return Object.fromEntries(parameters.map(({ name, required, example }) => [name, query[name] ?? (required ? String(example ?? "") : "")]));
}

const mediaOf = ({ requestBody }) => Object.keys(requestBody?.content ?? {});

function exampleOf(document, { requestBody }, type) {
  const [first] = examplesOf(document, requestBody.content[type]);
  return first === undefined ? "" : pretty(first.value);
}

/** The address of a request below the API, its parameters filled in. */
function pathOf({ path, operation }, values) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
  const said = operation.parameters.filter((one) => one.in === "query" && values[one.name] !== "").map(({ name }) => [name, values[name]]);
  return said.length ? `${filled}?${new URLSearchParams(said)}` : filled;
}
