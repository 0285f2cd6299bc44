/** Something that is drawn when it is opened, and not before. */

import { html, useState } from "../preact.js";

/** `children` is a function. */
export function Later({ summary, children, isOpen = false, class: name }) {
  const [shown, show] = useState(isOpen);
  return html`
    <details open=${isOpen} class=${name} onToggle=${(event) => event.currentTarget.open && show(true)}>
      <summary>${summary}</summary>
      ${shown && children()}
    </details>
  `;
}
