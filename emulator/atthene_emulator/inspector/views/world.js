/** Control: what a namespace does when it is asked, and what a person can do to it. */

import { Places } from "../parts/places.js";
import { html } from "../preact.js";
import { Faults } from "./world/faults.js";
import { Gates } from "./world/gates.js";
import { Namespaces } from "./world/namespaces.js";
import { Scenarios } from "./world/scenarios.js";
import { Scripts } from "./world/scripts.js";
import { Snapshots } from "./world/snapshots.js";
import { Time } from "./world/time.js";

const TABS = [
  { name: "scripts", title: "Scripts", component: Scripts },
  { name: "gates", title: "Gates", component: Gates },
  { name: "faults", title: "Faults", component: Faults },
  { name: "scenarios", title: "Scenarios", component: Scenarios },
  { name: "clock", title: "Time and limits", component: Time },
  { name: "snapshots", title: "Snapshots", component: Snapshots },
  { name: "namespaces", title: "Namespaces", component: Namespaces },
].map((one) => ({ ...one, parts: ["world", one.name] }));

export function World({ parts: [name = TABS[0].name, ...parts], query, namespace }) {
  const tab = TABS.find((one) => one.name === name);
  return html`
    <h1>Control</h1>
    <${Places} class="tabs" label="What is controlled" places=${TABS} current=${tab} />
    ${tab
      ? html`<${tab.component} key=${name} parts=${parts} query=${query} namespace=${namespace} />`
      : html`<p>There is no “${name}” here; choose one of those above.</p>`}
  `;
}
