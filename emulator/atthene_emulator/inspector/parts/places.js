/** A row of places, of which one is shown; where there is no room for all, that one is in sight. */

import { html, useEffect, useRef } from "../preact.js";
import { href } from "../route.js";

/** `places` are `{title, parts}`, and `current` is one of them, or undefined. */
export function Places({ class: name, label, places, current }) {
  const row = useRef(null);
  const index = places.indexOf(current);
  useEffect(() => {
    const shown = row.current.querySelector("[aria-current]");
    if (shown && row.current.scrollWidth > row.current.clientWidth) shown.scrollIntoView({ block: "nearest", inline: "center" });
  }, [index]);
  return html`
    <nav class=${name} ref=${row} aria-label=${label}>
      ${places.map((one) => html`<a href=${href(one.parts)} aria-current=${one === current ? "page" : undefined}>${one.title}</a>`)}
    </nav>
  `;
}
