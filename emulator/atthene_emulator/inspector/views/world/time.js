/** Time: the clock of the namespace, how late answers come, how many may, what becomes of those nobody waits for, and how long files take. */

import { html } from "../../preact.js";
import { Clock } from "./clock.js";
import { Latency } from "./latency.js";
import { OnDisconnect } from "./on-disconnect.js";
import { RateLimit } from "./rate-limit.js";
import { Transitions } from "./transitions.js";

export function Time() {
  return html`
    <h2>Time and limits</h2>
    <div class="columns">
      <${Clock} />
      <${Latency} />
      <${RateLimit} />
      <${OnDisconnect} />
      <${Transitions} />
    </div>
  `;
}
