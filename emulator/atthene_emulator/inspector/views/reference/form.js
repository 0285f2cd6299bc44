/** The body of an operation that takes a form: what is filled in, which files are chosen, and the parts that are sent of it. */

import { below } from "../../parts/shape.js";
import { examplesOf } from "./examples.js";
import { html } from "../../preact.js";

export const FORM = "multipart/form-data";

/** `[{name, isRequired, isFile, begin}]`: the fields of a form; `begin` is what stands there before somebody says something else. */
export function fieldsOf(document, media) {
  const [{ value: example } = { value: {} }] = examplesOf(document, media);
  return below(document, media.schema).flatMap(({ fields }) => fields).map(({ name, isRequired, schema: of }) => {
    const isFile = of.format === "binary";
    const begin = example[name] === undefined ? "" : isFile ? sampleOf(example[name]) : String(example[name]);
    return { name, isRequired, isFile, begin };
  });
}

/** A file with the text of an example, so that something can be sent at once. */
const sampleOf = (text) => (text.startsWith("<svg") ? new File([text], "example.svg", { type: "image/svg+xml" }) : new File([text], "example.txt", { type: "text/plain" }));

/** What is sent: `[{name, file}]` or `[{name, value}]`, without what nobody said. `said` has values and files by name. */
export const partsOf = (fields, said) =>
  fields.map(({ name, isFile, begin }) => ({ name, [isFile ? "file" : "value"]: said[name] ?? begin })).filter(({ file, value }) => file || value);

/** The same as a browser sends it. */
export function formOf(parts) {
  const form = new FormData();
  for (const { name, file, value } of parts) form.append(name, file ?? value);
  return form;
}

/** Inputs for a form's fields; `said` has what somebody has said by name, and `onSaid` is told of more. */
export function Fields({ fields, said, onSaid }) {
  return fields.map(({ isFile, ...field }) => html`<${isFile ? FileField : TextField} key=${field.name} ...${field} said=${said[field.name]} onSaid=${(value) => onSaid(field.name, value)} />`);
}

function TextField({ name, isRequired, begin, said, onSaid }) {
  return html`<label>${named(name, isRequired)} <input value=${said ?? begin} required=${isRequired} dir="auto" autocomplete="off" onInput=${(event) => onSaid(event.target.value)} /></label>`;
}

function FileField({ name, isRequired, begin, said, onSaid }) {
  const id = `attempt-sample-${name}`;
  const isSample = begin && !said;
  return html`
    <label>${named(name, isRequired)} <input type="file" required=${isRequired && !begin} aria-describedby=${isSample ? id : undefined} onChange=${(event) => onSaid(event.target.files[0])} /></label>
    ${isSample && html`<p class="quiet" id=${id}>Unless you choose one, <code>${begin.name}</code> is sent, with the text of the example.</p>`}
  `;
}

const named = (name, isRequired) => `${name}${isRequired ? "" : " (optional)"}`;
