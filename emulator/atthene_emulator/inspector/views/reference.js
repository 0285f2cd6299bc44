/** The reference: the API of a contract as its OpenAPI document has it, the live socket, and every operation to be tried. */

import { useAsked } from "../asked.js";
import { Decisions } from "../parts/prose.js";
import { Problem } from "../parts/problem.js";
import { html } from "../preact.js";
import { DEFAULT, go, href } from "../route.js";
import { operationsOf } from "./reference/operations.js";
import { Crumbs, Pages } from "./reference/pages.js";
import { Message, messageOf, Socket } from "./reference/socket.js";

const NEVER = { on: [] }; // neither document changes

export function Reference({ parts, query, namespace }) {
  const { value: document, error } = useAsked("/openapi.json", { ...NEVER, query: { contract: query.contract } });
  if (error) return html`<h1>Reference</h1><${Problem} error=${error}><p><a href=${href(["reference"])}>The namespace's own contract</a></p><//>`;
  if (document === undefined) return html`<h1>Reference</h1><p role="status">Loading …</p>`;
  if (parts[0] === "socket") return html`<${LiveSocket} name=${parts[1]} query=${query} decisions=${document["x-decisions"]} />`;
  return html`<${Api} document=${document} parts=${parts} query=${query} namespace=${namespace} />`;
}

function Api({ document, parts, query, namespace }) {
  const one = operationsOf(document).find(({ name }) => name === parts[0]);
  const told = useTold(one, namespace);
  return html`
    <${Pages} document=${document} parts=${parts} query=${query} told=${told}>
      <label>Contract <select value=${document["x-contract"]} onChange=${(event) => go(["reference", ...parts], { ...query, contract: event.target.value })}>
        ${document["x-contracts"].map((name) => html`<option value=${name} selected=${name === document["x-contract"]}>${name}</option>`)}
      </select></label>
      <a href=${href(["reference", "socket"])}>Live socket</a>
      <a href=${href(["reference", "decisions"])}>Decisions</a>
    <//>
  `;
}

/** What the namespace can tell for an operation that is tried: its key, and ids that there are. */
function useTold(one, namespace) {
  const takes = (name) => one?.operation.parameters.some((parameter) => parameter.name === name) ?? false;
  const { value: namespaces } = useAsked(one ? "/namespaces" : null, { ...NEVER, namespace: null });
  const { value: sessions } = useAsked(takes("session_id") ? "/sessions" : null, { query: { limit: 20 }, on: ["session"] });
  const { value: state } = useAsked(takes("agent_id") || takes("agent_key") ? "/state" : null, NEVER);
  const own = namespaces?.find(({ name }) => name === namespace)?.api_key;
  const agents = state?.agents ?? [];
  return {
    keys: own ? [own] : [],
    suggestions: {
      session_id: (sessions ?? []).map((session) => session.session_id),
      agent_id: agents.map((agent) => agent.id),
      agent_key: agents.map((agent) => agent.agent_key),
    },
    headers: namespace === DEFAULT ? {} : { "x-emulator-namespace": namespace },
    journal: (id) => href(["requests", id]),
  };
}

function LiveSocket({ name, query, decisions }) {
  const { value: document, error } = useAsked("/asyncapi.json", NEVER);
  if (error) return html`<h1>Live socket</h1><${Problem} error=${error} />`;
  if (document === undefined) return html`<h1>Live socket</h1><p role="status">Loading …</p>`;
  const message = name && messageOf(document, name);
  const socket = { title: "Live socket", parts: ["reference", "socket"] };
  return html`
    <${Decisions.Provider} value=${decisions ?? {}}>
      <${Crumbs} key=${name} query=${query} parents=${name ? [socket] : []} />
      ${!name && html`<h1>Live socket</h1><${Socket} document=${document} />`}
      ${message && html`<h1>${name}</h1><${Message} document=${document} message=${message} />`}
      ${name && !message && html`<h1>There is no frame “${name}”</h1><p><a href=${href(socket.parts)}>All frames and events</a></p>`}
    <//>
  `;
}
