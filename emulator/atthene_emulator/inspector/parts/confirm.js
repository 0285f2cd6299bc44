/** A button for what cannot be undone: it asks before. */

import { html, useId, useRef, useState } from "../preact.js";
import { useAction, useFocusLeft } from "./action.js";
import { Problem } from "./problem.js";

/** `title` is the question, `does` the word of the button that does `work`; children say what would be lost. */
export function Confirm({ button, label, title, does, work, said, kind = "small danger", children }) {
  const opener = useRef(null);
  const dialog = useRef(null);
  const id = useId();
  const [isOpen, open] = useState(false);
  const { act, error } = useAction();
  useFocusLeft(opener);
  useFocusLeft(dialog);
  const ask = () => {
    open(true);
    dialog.current.showModal();
  };
  const confirm = async () => {
    if (await act(work, said)) dialog.current?.close();
  };
  return html`
    <button type="button" ref=${opener} class=${kind} aria-label=${label} aria-haspopup="dialog" onClick=${ask}>${button}</button>
    <dialog ref=${dialog} aria-labelledby=${id} onClose=${() => open(false)}>
      ${isOpen && html`
        <h2 id=${id}>${title}</h2>
        ${children}
        <${Problem} error=${error} />
        <div class="actions">
          <button type="button" class="main" onClick=${confirm}>${does}</button>
          <button type="button" onClick=${() => dialog.current.close()}>Cancel</button>
        </div>
      `}
    </dialog>
  `;
}
