/** A list in pages, so that long ones cost no more than short ones. */

import { html } from "../preact.js";

/** `offset` is the first that is shown, `limit` how many are, `total` how many there are; `go(offset)` shows others. `back` and `on` name the ways. */
export function Pager({ offset, limit, total, go, what, back = "Newer", on = "Older" }) {
  if (total === null || total <= limit) return html`<p class="pager">${count(total ?? 0, what)}</p>`;
  const last = Math.min(total, offset + limit);
  return html`
    <nav class="pager" aria-label="Pages">
      <button type="button" class="small" disabled=${offset === 0} onClick=${() => go(Math.max(0, offset - limit))}>${back}</button>
      <span>${offset + 1}–${last} of ${count(total, what)}</span>
      <button type="button" class="small" disabled=${last >= total} onClick=${() => go(offset + limit)}>${on}</button>
    </nav>
  `;
}

/** A number with its noun, `[singular, plural]`. */
export const count = (number, [one, many]) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
