/** What has come of an action: in sight for a while, and told to screen readers. */

import { html, useEffect, useState } from "../preact.js";
import { useStore } from "../store.js";

const SHOWN = 6000; // milliseconds

/** It takes no clicks, so nothing below it is in the way. */
export function Said() {
  const said = useStore((state) => state.said);
  const [over, end] = useState(null);
  useEffect(() => {
    const timer = setTimeout(() => end(said), SHOWN);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class="said" aria-live="polite">${over === said ? "" : said.text}</div>`;
}
