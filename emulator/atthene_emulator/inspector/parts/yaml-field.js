/** A field for YAML, which the control plane reads. */

import { html } from "../preact.js";

/** `set` is given what is typed; children are the label. */
export function YamlField({ text, set, rows, children }) {
  return html`
    <label>${children} (YAML or JSON)
      <textarea class="code-text" rows=${rows} spellcheck=${false} required value=${text} onInput=${(event) => set(event.target.value)}></textarea>
    </label>
    ${text.includes("[redacted") && html`<p class="note">Secrets were left out where it says [redacted]. Write them again before you send it.</p>`}
  `;
}
