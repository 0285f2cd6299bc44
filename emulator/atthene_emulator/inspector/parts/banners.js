/** What holds for everything that the page shows: that nobody answers, that another process does, that the namespace was deleted. */

import { html } from "../preact.js";
import { change, useStore } from "../store.js";
import { Moment } from "./moment.js";

export function Banners({ deletedAt }) {
  const connection = useStore((state) => state.connection);
  const restarted = useStore((state) => state.restarted);
  return html`
    <div class="banners" role="status">
      ${connection === "lost" && html`<p class="problem">The emulator does not answer. The page goes on by itself as soon as it does.</p>`}
      ${connection !== "lost" && restarted && html`
        <p class="note">The emulator was restarted; what was in memory is gone.${" "}
          <button type="button" class="small" onClick=${() => change({ restarted: false })}>Dismiss</button></p>
      `}
      ${deletedAt && html`<p class="note">This namespace was deleted at <${Moment} at=${deletedAt} whole />; it can be looked at, not changed.</p>`}
    </div>
  `;
}
