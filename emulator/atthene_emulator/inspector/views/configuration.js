/** One configuration: what of its graph was exercised, what it says, and what can be done with it. */

import { useAsked } from "../asked.js";
import { startSession } from "../client.js";
import { ActionButton } from "../parts/action.js";
import { Code } from "../parts/code.js";
import { CopyButton } from "../parts/copy.js";
import { Coverage } from "../parts/coverage.js";
import { Findings } from "../parts/findings.js";
import { Graph, isMissed } from "../parts/graph.js";
import { count, Pager } from "../parts/pager.js";
import { Problem } from "../parts/problem.js";
import { Variables } from "../parts/variables.js";
import { yaml } from "../parts/yaml.js";
import { html, useMemo, useState } from "../preact.js";
import { go, href } from "../route.js";

const SHOWN = 20; // agents, and parts that were not reached, in one page of a list

/** Whether an event may have changed what was exercised. */
const concerns = ({ kind, data }) => ["control", "session"].includes(kind) || (kind === "request" && Boolean(data.session_id));

export function Configuration({ hash, namespace }) {
  const { value: configuration, error } = useAsked(`/configurations/${encodeURIComponent(hash)}`, { on: concerns });
  const { value: all } = useAsked("/configurations");
  const listed = all?.find((one) => one.config_hash === configuration?.config_hash);
  return html`
    <p class="crumbs"><a href=${href(["configurations"])}>Agents</a></p>
    <h1 dir="auto">${configuration?.name ?? hash}</h1>
    <${Problem} error=${error} />
    ${configuration && html`
      <${Facts} configuration=${configuration} listed=${listed} />
      <div class="actions tools"><a class="button" href=${href(["playground"], { config_hash: configuration.config_hash })}>Open in the playground</a></div>
      <div class="columns configuration">
        <section aria-labelledby="graph-title">
          <h2 id="graph-title">What was exercised</h2>
          ${listed?.executions === 0 && html`<p class="note">Nothing was executed yet. Start a session and say something, or run your tests.</p>`}
          <${Graph} graph=${configuration.graph} name=${configuration.name} mode="coverage" />
        </section>
        <div>
          <${Missed} graph=${configuration.graph} />
          ${listed && html`<${Agents} agents=${listed.agents} hash=${hash} namespace=${namespace} />`}
          <h2>Variables</h2>
          <${Variables} variables=${configuration.variables} />
          <section aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2><${Findings} findings=${configuration.findings} /></section>
        </div>
      </div>
      <${Document} value=${configuration.document} />
    `}
  `;
}

function Facts({ configuration: { config_hash: hash }, listed }) {
  return html`
    <dl class="facts">
      <dt>Hash</dt><dd><code>${hash}</code> <${CopyButton} text=${hash} label="the hash" /></dd>
      ${listed && html`
        <dt>Sessions</dt><dd><a href=${href(["sessions"], { config_hash: hash })}>${count(listed.sessions, ["session", "sessions"])}</a></dd>
        <dt>Executions</dt><dd>${listed.executions.toLocaleString("en")}</dd>
        <dt>Covered</dt><dd><${Coverage} one=${listed} /></dd>
      `}
    </dl>
  `;
}

/** The parts that no execution has reached. */
function Missed({ graph }) {
  const agents = graph.nodes.filter((node) => node.kind === "agent" && node.visits === 0);
  const edges = graph.edges.filter(isMissed);
  const missed = [
    ...agents.map((node) => html`<li key=${node.id}>the agent <code dir="auto">${node.label}</code></li>`),
    ...edges.map((edge) => html`<li key=${edge.id}><${Way} edge=${edge} /></li>`),
  ];
  return html`
    <section aria-labelledby="missed-title">
      <h2 id="missed-title">Never reached</h2>
      ${missed.length === 0 ? html`<p class="quiet">Every part was exercised.</p>` : html`<${Pages} name="Never reached" items=${missed} what=${["part", "parts"]} />`}
    </section>
  `;
}

const Way = ({ edge }) => html`
  <code dir="auto">${edge.from}</code> → <code dir="auto">${edge.to === "__end__" ? "end" : edge.to}</code>${edge.arm && html`, when <strong dir="auto">${edge.arm}</strong>`}
  ${edge.condition && html` <span class="quiet">of <code dir="auto">${edge.condition}</code></span>`}
`;

function Agents({ agents, hash, namespace }) {
  const start = (agent) => async () => {
    const id = await startSession(namespace, agent.id);
    go(["sessions", id]);
  };
  const items = agents.map((agent) => html`
    <li key=${agent.id}>
      <code dir="auto">${agent.agent_key}</code> <span class="quiet">${agent.id}</span>${" "}
      <${ActionButton} work=${start(agent)} said="The session is there" label=${`Start a session of ${agent.agent_key}`}>Start a session<//>
    </li>
  `);
  return html`
    <section aria-labelledby="agents-title">
      <h2 id="agents-title">Agents that have it</h2>
      ${agents.length === 0
        ? html`<p class="quiet">None: it was sent with sessions. <a href=${href(["playground"], { config_hash: hash })}>Make an agent of it</a></p>`
        : html`<${Pages} name="Agents that have it" items=${items} what=${["agent", "agents"]} />`}
    </section>
  `;
}

function Pages({ name, items, what }) {
  const [offset, turn] = useState(0);
  const first = offset < items.length ? offset : 0;
  return html`
    <ul aria-label=${name}>${items.slice(first, first + SHOWN)}</ul>
    <${Pager} offset=${first} limit=${SHOWN} total=${items.length} go=${turn} what=${what} back="Earlier" on="Later" />
  `;
}

function Document({ value }) {
  const text = useMemo(() => yaml(value), [value]);
  return html`
    <section aria-labelledby="document-title">
      <h2 id="document-title">The document</h2>
      <${Code} text=${text} label="the document" />
    </section>
  `;
}
