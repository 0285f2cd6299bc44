/** What really happened in a session: the way through the graph, and what each agent was sent and answered. */

import { useAsked } from "../asked.js";
import { Badge } from "../parts/badge.js";
import { artifactOf } from "../client.js";
import { ActionButton } from "../parts/action.js";
import { Code, Json } from "../parts/code.js";
import { Content } from "../parts/content.js";
import { save } from "../parts/download.js";
import { Graph } from "../parts/graph.js";
import { Moment } from "../parts/moment.js";
import { Problem } from "../parts/problem.js";
import { yaml } from "../parts/yaml.js";
import { html } from "../preact.js";
import { href } from "../route.js";

/** How the scripts are called by which this page lets a person answer the turns of a session. */
export const BY_HAND = "by-hand-";

/** The executions of a session, one of them opened: the one that `shown` names, else the one on its way, else the newest. */
export function Turns({ session, asked, shown }) {
  const { value, error } = asked;
  const executions = value?.executions ?? [];
  const { running } = session;
  const named = executions.find((one) => one.turn === shown.turn || one.id === shown.id);
  const chosen = named ?? (running ? null : executions.at(-1));
  const path = `/sessions/${encodeURIComponent(session.session_id)}`;
  const turn = chosen?.turn ?? running?.turn ?? 0;
  const graph = useAsked(`${path}/graph`, { query: { turn }, on: chosen ? [] : (event) => event.kind === "control" || event.data?.session_id === session.session_id });
  return html`
    <section aria-labelledby="happened">
      <h2 id="happened">What really happened</h2>
      <${Problem} error=${error ?? graph.error} />
      ${value && executions.length === 0 && !running && html`<p class="empty">No turn is remembered${session.turns > 0 ? "; it was in the seed or a snapshot, or too many came later" : " yet. Send a message"}.</p>`}
      <${Choice} session=${session} executions=${executions} turn=${turn} />
      ${!chosen && running && html`<p class="note">Turn ${running.turn} is on its way${running.agent && html`, and it is the turn of <code>${running.agent}</code>`}.</p>`}
      ${graph.value && html`<${Graph} graph=${graph.value.graph} name=${graph.value.configuration.name} /><${Way} graph=${graph.value.graph} />`}
      ${chosen && html`<${Execution} key=${chosen.id} one=${chosen} path=${path} tail=${executions.length - executions.indexOf(chosen)} session=${session} />`}
    </section>
  `;
}

function Choice({ session, executions, turn }) {
  const all = executions.map((one) => ({ turn: one.turn, said: [one.scripts.includes("default") ? "default answer" : "", one.status === "completed" ? "" : one.status] }));
  if (session.running) all.push({ turn: session.running.turn, said: ["on its way"] });
  if (all.length === 0) return null;
  return html`
    <nav class="turns" aria-label="Turns">
      ${all.map((one) => html`
        <a href=${href(["sessions", session.session_id, "turns", one.turn])} aria-current=${one.turn === turn ? "true" : undefined}>${[`Turn ${one.turn}`, ...one.said].filter(Boolean).join(", ")}</a>
      `)}
    </nav>
  `;
}

/** The steps in their order, as they are numbered in the picture. */
function Way({ graph }) {
  const steps = graph.edges.flatMap((edge) => edge.taken.map(({ order, why }) => ({ ...edge, order, why }))).sort((a, b) => a.order - b.order);
  if (steps.length === 0) return null;
  return html`
    <details open><summary>The way it took, and why</summary><ol class="way">${steps.map((step) => html`
      <li><code>${step.from}</code> → <code>${step.to}</code>${step.arm && html`${" "}<strong>${step.arm}</strong>`}: ${step.why}</li>
    `)}</ol></details>
  `;
}

function Execution({ one, path, tail, session }) {
  return html`
    <dl class="facts">
      <dt>Ended</dt><dd><${Badge} word=${one.status} />${one.error && html` ${one.error.type}: ${one.error.message}`}</dd>
      <dt>Time</dt><dd><${Moment} at=${one.started_at} whole=${true} /> to <${Moment} at=${one.completed_at} /></dd>
      <dt>Usage</dt><dd>${one.usage.input_tokens} tokens in, ${one.usage.output_tokens} out</dd>
    </dl>
    ${one.notes.length > 0 && html`<div class="note">${one.notes.map((note) => html`<p>${note}</p>`)}</div>`}
    ${one.cut && html`<p class="note">This turn is too large to be shown whole.</p>`}
    <ol class="agents">${one.turns.map((turn, n) => html`<${AgentTurn} key=${n} turn=${turn} n=${n} path=${path} tail=${tail} execution=${one.id} session=${session} />`)}</ol>
    ${Object.keys(one.variables).length > 0 && html`<details><summary>Variables at the end</summary><${Json} value=${one.variables} label="the variables" /></details>`}
  `;
}

function AgentTurn({ turn, n, path, tail, execution, session }) {
  return html`
    <li class="card">
      <h3><code>${turn.agent}</code> <${AnsweredBy} script=${turn.script} /></h3>
      ${turn.text && turn.output === null && html`<${Content} content=${turn.text} />`}
      ${!turn.shown && turn.text && html`<p class="quiet">The user is not shown this.</p>`}
      ${turn.output !== null && html`<${Json} value=${turn.output} label="the structured output" />`}
      ${turn.knowledge.length > 0 && html`<${Knowledge} hits=${turn.knowledge} />`}
      ${turn.artifacts.length > 0 && html`<${Artifacts} artifacts=${turn.artifacts} session=${session} />`}
      ${turn.tool_calls.map((call, index) => html`<${ToolCall} key=${index} call=${call} />`)}
      ${turn.script === null && html`<${Nearest} turn=${turn} session=${session} path=${path} tail=${tail} execution=${execution} n=${n} />`}
      <details><summary>What it was sent</summary><${Prompt} path=${path} tail=${tail} execution=${execution} n=${n} /></details>
      <p class="quiet">${turn.usage.input_tokens} tokens in, ${turn.usage.output_tokens} out</p>
    </li>
  `;
}

function AnsweredBy({ script }) {
  if (script === null) return html`<${Badge} word="default answer" tone="warn" />`;
  if (script.startsWith(BY_HAND)) return html`<span class="quiet">by hand</span>`;
  return html`<span class="quiet">by the script</span> <a href=${href(["world", "scripts", script])}>${script}</a>`;
}

function Knowledge({ hits }) {
  return html`
    <details>
      <summary>Found ${hits.length === 1 ? "1 chunk" : `${hits.length} chunks`} in <code>${[...new Set(hits.map((hit) => hit.knowledge_base))].join(", ")}</code></summary>
      <ol>${hits.map((hit, index) => html`
        <li key=${index}><p class="quiet">${hit.source || "from the script"}, score ${hit.score}</p><${Content} content=${hit.text} /></li>
      `)}</ol>
    </details>
  `;
}

function Artifacts({ artifacts, session }) {
  const download = ({ artifact_id: id, name }) => async () => save(name, await artifactOf(session.session_id, id, session.api_key));
  return html`
    <p>Made ${artifacts.length === 1 ? "a file" : `${artifacts.length} files`}:</p>
    <ul>${artifacts.map((one, index) => html`
      <li key=${index}>
        <code>${one.name}</code>${one.artifact_id && html` <span class="quiet">${one.artifact_id}</span>`}${" "}
        ${one.artifact_id && session.api_key && html`<${ActionButton} label=${`Download ${one.name}`} work=${download(one)}>Download<//>`}
      </li>
    `)}</ul>
  `;
}

function ToolCall({ call }) {
  return html`
    <details open=${call.failed}>
      <summary>Called <code>${call.name}</code>${call.failed ? " in vain" : ""}</summary>
      <${Json} value=${call.arguments} label=${`the arguments of ${call.name}`} />
      <${Json} value=${call.result} label=${`the result of ${call.name}`} />
    </details>
  `;
}

/** Why no script has answered, and the way to one. */
function Nearest({ turn, session, path, tail, execution, n }) {
  const { value } = useAsked(`${path}/executions`, { query: { tail, prompts: "true" }, on: [] });
  const prompt = value?.executions.find((one) => one.id === execution)?.turns[n].prompt;
  const asked = (prompt ?? []).findLast((message) => message.role === "user");
  return html`
    <div class="note">
      <p><strong>Why a default answer?</strong> ${turn.nearest?.length > 0 ? "No script matched this turn. The nearest:" : "There is no script that could have matched."}</p>
      ${turn.nearest?.length > 0 && html`
        <ul>${turn.nearest.map((one) => html`
          <li><a href=${href(["world", "scripts", one.script])}>${one.script}</a>: its <em>${one.condition}</em> wants <code dir="auto">${one.wanted}</code> and got <code dir="auto">${one.got}</code>${one.failed > 1 && html`<span>, and ${one.failed - 1} more did not hold</span>`}</li>
        `)}</ul>
      `}
      <p><a href=${href(["world", "scripts"], { new: "1", script: scriptFor(turn, asked) })}>Make a script for this turn</a></p>
    </div>
  `;
}

function scriptFor(turn, asked) {
  const text = typeof asked?.content === "string" ? asked.content : asked?.content?.find?.((block) => block.text)?.text;
  const then = turn.output === null ? { reply: "What the agent should say" } : { output: turn.output };
  return yaml({ when: { agent: turn.agent, ...(text ? { content: text } : {}) }, then });
}

function Prompt({ path, tail, execution, n }) {
  const { value, error } = useAsked(`${path}/executions`, { query: { tail, prompts: "true" }, on: [] });
  const prompt = value?.executions.find((one) => one.id === execution)?.turns[n].prompt;
  if (!value) return html`<${Problem} error=${error} />`;
  if (!prompt) return html`<p class="quiet">It is too large to be shown, or not remembered any more.</p>`;
  return prompt.map((message, index) => html`
    <div key=${index} class="message ${message.role}"><strong>${message.role}</strong>
      ${typeof message.content === "string" || Array.isArray(message.content) ? html`<${Content} content=${message.content} />` : html`<${Code} text=${JSON.stringify(message, null, 2)} label="the message" />`}
    </div>
  `);
}
