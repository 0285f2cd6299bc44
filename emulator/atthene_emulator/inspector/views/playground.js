/** Writing a configuration: it is checked and drawn while one types, and becomes a session or an agent. */

import { useAsked } from "../asked.js";
import { createAgent, createSession } from "../client.js";
import { ActionButton } from "../parts/action.js";
import { Badge } from "../parts/badge.js";
import { Confirm } from "../parts/confirm.js";
import { Findings, inWords } from "../parts/findings.js";
import { Graph } from "../parts/graph.js";
import { Problem } from "../parts/problem.js";
import { Variables } from "../parts/variables.js";
import { yaml } from "../parts/yaml.js";
import { html, useEffect, useMemo, useRef, useState } from "../preact.js";
import { go, href } from "../route.js";
import { change, now, useStore } from "../store.js";
import { useChecked } from "./playground/checked.js";
import { Editor, goTo } from "./playground/editor.js";
import { EXAMPLES } from "./playground/examples.js";

const NOTHING = [];

export function Playground({ query, namespace }) {
  const latest = useStore((state) => state.draft);
  const from = query.config_hash ? { config_hash: query.config_hash } : query.example ? { example: query.example } : (latest ?? { example: EXAMPLES[0].name });
  const key = from.config_hash ?? from.example;
  useEffect(() => {
    change({ draft: from });
    go(["playground"], from, { instead: true });
  }, [key]);
  return html`
    <h1>Playground</h1>
    <p class="quiet">What you type stays in this page until it is reloaded; the emulator has it once you start a session or make an agent of it.</p>
    <${Examples} chosen=${from.example} />
    <${Others} shown=${key} />
    ${from.config_hash
      ? html`<${OfConfiguration} key=${key} hash=${key} namespace=${namespace} />`
      : html`<${OfExample} key=${key} name=${key} namespace=${namespace} />`}
  `;
}

function Examples({ chosen }) {
  return html`
    <nav class="templates" aria-label="Examples">Begin with
      ${EXAMPLES.map((one) => html`<a class="button small" href=${href(["playground"], { example: one.name })} aria-current=${one.name === chosen ? "true" : undefined}>${one.title}</a>`)}
    </nav>
  `;
}

/** Texts that somebody has changed and that are not shown now: none is lost by choosing another. */
function Others({ shown }) {
  const drafts = useStore((state) => state.drafts);
  const others = Object.keys(drafts).filter((from) => from !== shown);
  const link = (from) => {
    const example = EXAMPLES.find((one) => one.name === from);
    return html`<a href=${href(["playground"], example ? { example: from } : { config_hash: from })}>${example ? example.title : html`configuration <code>${from}</code>`}</a>`;
  };
  if (others.length === 0) return null;
  return html`<p role="note">Your text is kept, go on with it: ${others.map((from, n) => html`${n > 0 && ", "}${link(from)}`)}</p>`;
}

function OfExample({ name, namespace }) {
  const example = EXAMPLES.find((one) => one.name === name);
  if (!example) return html`<p class="empty">There is no example ${name}. <a href=${href(["playground"], { example: EXAMPLES[0].name })}>Begin with ${EXAMPLES[0].title}</a></p>`;
  return html`<${Bench} from=${name} original=${example.text} namespace=${namespace} />`;
}

function OfConfiguration({ hash, namespace }) {
  const { value, error } = useAsked(`/configurations/${encodeURIComponent(hash)}`, { on: NOTHING });
  const original = useMemo(() => value && yaml(value.document), [value]);
  return html`
    <${Problem} error=${error} />
    ${value && html`
      <p>It began with <a dir="auto" href=${href(["configurations", value.config_hash])}>${value.name}</a>.</p>
      <${Bench} from=${hash} original=${original} namespace=${namespace} />
    `}
  `;
}

/** The text, what is said of it, and what can be made of it. */
function Bench({ from, original, namespace }) {
  const text = useStore((state) => state.drafts[from]) ?? original;
  const area = useRef(null);
  const checked = useChecked(text, namespace);
  const findings = (checked.isFresh && checked.value?.findings) || NOTHING;
  const write = (typed) => {
    const { [from]: _, ...others } = now().drafts;
    change({ drafts: typed === original ? others : { ...others, [from]: typed } });
  };
  return html`
    <div class="columns playground">
      <section aria-labelledby="text-title">
        <h2 id="text-title"><label for="configuration-text">Configuration, in YAML or JSON</label></h2>
        <${Editor} area=${area} text=${text} findings=${findings} described="verdict" onText=${write} />
        <${Verdict} checked=${checked} />
        <div class="actions">
          <${Making} key=${text} text=${text} namespace=${namespace} />
          <${Confirm} button="Begin anew" title="Begin anew?" does="Begin anew" work=${() => write(original)} said="As it was at first" kind="danger"><p>What you changed in this text is gone.</p><//>
        </div>
        <${Said} checked=${checked} onGo=${(finding) => goTo(area.current, finding)} />
      </section>
      <${Drawn} checked=${checked} />
    </div>
  `;
}

function Verdict({ checked: { value, error, isFresh } }) {
  const said = !isFresh ? "Checking …" : error ? "Not checked" : null;
  return html`
    <p id="verdict" role="status">
      ${said ?? html`<${Badge} word=${value.valid ? "valid" : "invalid"} /> ${inWords(value.findings)}`}
    </p>
  `;
}

/** What can be made of a text; with another text, what came of the last one is forgotten. */
function Making({ text, namespace }) {
  const [made, show] = useState(null);
  const start = async () => {
    const id = await createSession(namespace, text);
    go(["sessions", id]);
  };
  const make = async () => {
    const agent = await createAgent(namespace, text);
    show(agent);
    return agent;
  };
  return html`
    <${ActionButton} kind="main" work=${start} said="The session is there">Start a session<//>
    <${ActionButton} kind="" work=${make} said=${(agent) => `Made the agent ${agent.agent_key}`}>Make an agent of it<//>
    ${made && html`<p class="made">Made the agent <code dir="auto">${made.agent_key}</code>. <a href=${href(["configurations", made.config_hash])}>Open it</a></p>`}
  `;
}

function Said({ checked: { value, error }, onGo }) {
  return useMemo(() => html`
    <${Problem} error=${error} />
    ${value?.findings.length > 0 && html`<h3>Findings</h3><${Findings} findings=${value.findings} onGo=${onGo} />`}
  `, [value, error]);
}

/** The graph and the variables of the last text that was valid. */
function Drawn({ checked: { value, valid } }) {
  const isStale = value !== valid;
  return useMemo(() => valid && html`
    <div class=${isStale ? "stale" : ""}>
      <section aria-labelledby="graph-title">
        <h2 id="graph-title" dir="auto">${valid.name}</h2>
        ${isStale && html`<p class="note">The text is not valid now; this is the last one that was.</p>`}
        <${Graph} graph=${valid.graph} name=${valid.name} mode="plain" />
      </section>
      <h2>Variables</h2>
      <${Variables} variables=${valid.variables} />
    </div>
  `, [valid, isStale]);
}
