/** Time: the clock of the namespace, how late answers come, and how many may. */

import { html } from "../../preact.js";
import { Clock } from "./clock.js";
import { Latency } from "./latency.js";
import { RateLimit } from "./rate-limit.js";

export function Time() {
  return html`
    <h2>Time and limits</h2>
    <div class="columns">
      <${Clock} />
      <${Latency} />
      <${RateLimit} />
    </div>
  `;
}
