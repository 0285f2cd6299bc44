/** What becomes of an execution whose client leaves. */

import { useAsked } from "../../asked.js";
import { concerns } from "../../concerns.js";
import { ask } from "../../control.js";
import { ActionButton } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { html } from "../../preact.js";

export function OnDisconnect() {
  const { value, error, again } = useAsked("/on-disconnect", { on: concerns("/on-disconnect") });
  const finishes = value?.on_disconnect === "finish";
  const change = async () => {
    await ask("PUT", "/on-disconnect", { body: { on_disconnect: finishes ? "abandon" : "finish" } });
    await again();
  };
  return html`
    <section class="card" aria-labelledby="on-disconnect-title">
      <h3 id="on-disconnect-title">Clients that leave</h3>
      <${Problem} error=${error} />
      ${value && html`
        <p>${finishes ? "An execution goes on to its end." : "An execution is given up, and nothing of it is kept."}</p>
        <div class="actions"><${ActionButton} kind="" work=${change} said=${finishes ? "They are given up" : "They go on"}>${finishes ? "Give them up" : "Let them finish"}<//></div>`}
      <p class="quiet">Of an execution over REST that still waits, such as when a page is reloaded; a script may say otherwise.</p>
    </section>
  `;
}
