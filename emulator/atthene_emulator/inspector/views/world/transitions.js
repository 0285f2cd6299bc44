/** How long files and what is made of them take, and which fail. */

import { useAsked } from "../../asked.js";
import { concerns } from "../../concerns.js";
import { ask } from "../../control.js";
import { ActionButton } from "../../parts/action.js";
import { Code } from "../../parts/code.js";
import { Problem } from "../../parts/problem.js";
import { yaml } from "../../parts/yaml.js";
import { html } from "../../preact.js";

export function Transitions() {
  const { value: course, error, again } = useAsked("/transitions", { on: concerns("/transitions") });
  const isUsual = course && Object.keys(course).length === 0;
  const reset = async () => {
    await ask("DELETE", "/transitions");
    await again();
  };
  return html`
    <section class="card" aria-labelledby="transitions-title">
      <h3 id="transitions-title">Files</h3>
      <${Problem} error=${error} />
      ${course && html`<p>${isUsual ? "All goes as usual." : "Not all goes as usual:"}</p>`}
      ${course && !isUsual && html`
        <${Code} text=${yaml({ transitions: course })} label="how files go" />
        <div class="actions"><${ActionButton} kind="" work=${reset} said="Files go as usual">As usual<//></div>`}
      <p class="quiet">How long uploads, collections, knowledge bases and artifacts take, and which files fail; <code>PUT /__emulator/transitions</code> sets it.</p>
    </section>
  `;
}
