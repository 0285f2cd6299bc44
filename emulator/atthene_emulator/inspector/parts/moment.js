/** Times, as the namespace's clock has them. */

import { html } from "../preact.js";

/** The time of day, and the whole moment for who asks. */
export function Moment({ at, whole = false }) {
  if (!at) return html`<span>–</span>`;
  const [date, time = ""] = at.split("T");
  const short = time.replace("Z", "").slice(0, 8);
  return html`<time dateTime=${at} title=${at}>${whole ? `${date} ${short}` : short}</time>`;
}

/** Milliseconds for people. */
export function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(milliseconds >= 10_000 ? 0 : 1)} s`;
  return `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`;
}
