/** What is not as usual in a namespace, so that nobody wonders: each leads to where it can be changed. */

import { useAsked } from "../asked.js";
import { concerns } from "../concerns.js";
import { html } from "../preact.js";
import { href } from "../route.js";
import { isMoved } from "./machine-time.js";
import { count } from "./pager.js";

/** Nothing of a namespace that is not `isAsked`. */
export function Unusual({ isAsked }) {
  const about = (path) => useAsked(isAsked ? path : null, { on: concerns(path) });
  const clock = about("/clock");
  const { value: latency } = about("/latency");
  const { value: onDisconnect } = about("/on-disconnect");
  const { value: limit } = about("/rate-limit");
  const { value: faults } = about("/faults");
  const { value: transitions } = about("/transitions");
  const { value: scenarios } = about("/scenarios");
  const time = clock.value?.mode === "frozen" ? "Clock frozen" : isMoved(clock) ? "Clock moved" : null;
  const scenario = scenarios?.find((one) => one.active);
  const found = [
    time && ["clock", time],
    latency?.ms && ["clock", "Answers late"],
    limit && limit.requests !== null && ["clock", "Requests limited"],
    onDisconnect?.on_disconnect === "finish" && ["clock", "Executions finish alone"],
    transitions && Object.keys(transitions).length > 0 && ["clock", "Files not as usual"],
    faults?.length > 0 && ["faults", count(faults.length, ["fault", "faults"])],
    scenario && ["scenarios", `Scenario ${scenario.name}`],
  ].filter(Boolean);
  if (found.length === 0) return null;
  return html`
    <ul class="unusual" aria-label="Not as usual">
      ${found.map(([place, words]) => html`<li><a href=${href(["world", place])}>${words}</a></li>`)}
    </ul>
  `;
}
