/** One session: its conversation as the API tells it, beside what really happened. */

import { useAsked } from "../asked.js";
import { ask } from "../control.js";
import { useConversation } from "../conversation.js";
import { AnswerForm } from "../parts/answer-form.js";
import { ApprovalCard } from "../parts/approval-card.js";
import { Badge } from "../parts/badge.js";
import { Json } from "../parts/code.js";
import { Content } from "../parts/content.js";
import { CopyButton } from "../parts/copy.js";
import { Moment } from "../parts/moment.js";
import { Problem } from "../parts/problem.js";
import { html, useState } from "../preact.js";
import { href } from "../route.js";
import { say } from "../store.js";
import { WaitsFor } from "./sessions.js";
import { BY_HAND, Turns } from "./turns.js";

/** `shown` names what is opened of it, as the route has it: a turn by its number, or an execution by its id. */
export function Session({ id, shown, namespace }) {
  const path = `/sessions/${encodeURIComponent(id)}`;
  const { value: session, error, again } = useAsked(path, { on: (event) => concerns(event, id) });
  const happened = useAsked(`${path}/executions`, { query: { tail: 50 }, on: (event) => concerns(event, id) });
  return html`
    <p class="crumbs"><a href=${href(["sessions"])}>Sessions</a></p>
    <h1>${id}</h1>
    <${Problem} error=${error}><p><a href=${href(["sessions"])}>All sessions</a></p><//>
    ${session && error?.status !== 404 && html`
      <${Facts} session=${session} />
      <div class="columns session">
        <${Conversation} session=${session} paused=${happened.value?.paused} namespace=${namespace} again=${() => { void again(); void happened.again(); }} />
        <${Turns} session=${session} asked=${happened} shown=${shown} />
      </div>
    `}
  `;
}

/** Whether an event may have changed what is shown of a session. */
export const concerns = ({ kind, data }, id) => kind === "control" || data?.session_id === id;

function Facts({ session }) {
  const { usage, variables, waits_for: waits } = session;
  return html`
    <dl class="facts">
      <dt>Agent</dt><dd><a href=${href(["configurations", session.configuration.config_hash])}>${session.configuration.name}</a>${session.agent_key && html` <code>${session.agent_key}</code>`}</dd>
      <dt>Status</dt><dd><${Badge} word=${session.status} />${waits && html` waits for <${WaitsFor} one=${waits} />`}</dd>
      <dt>Owner</dt><dd>${session.owner}${session.user && ` for ${session.user}`}</dd>
      <dt>Created</dt><dd><${Moment} at=${session.created_at} whole=${true} /></dd>
      ${usage && html`<dt>Usage</dt><dd>${usage.input_tokens} tokens in, ${usage.output_tokens} out</dd>`}
      ${session.api_key && html`<dt>Key</dt><dd><code>${session.api_key}</code> <${CopyButton} text=${session.api_key} label="the key" /></dd>`}
    </dl>
    ${variables && Object.keys(variables).length > 0 && html`<details><summary>${Object.keys(variables).length} variables</summary><${Json} value=${variables} label="the variables" /></details>`}
    <p><a href=${href(["requests"], { session_id: session.session_id })}>Requests about this session</a></p>
  `;
}

function Conversation({ session, paused, namespace, again }) {
  const path = `/sessions/${encodeURIComponent(session.session_id)}`;
  const { value: history, error, again: askAgain } = useAsked(`${path}/messages`, { query: { tail: 100 }, on: (event) => concerns(event, session.session_id) });
  const conversation = useConversation({
    sessionId: session.session_id,
    apiKey: session.api_key,
    namespace,
    onEnd: () => { again(); void askAgain(); },
  });
  const gate = session.waits_for?.gate;
  const asked = session.running?.content;
  return html`
    <section aria-labelledby="conversation">
      <h2 id="conversation">Conversation</h2>
      <${Problem} error=${error} />
      ${history?.total > history?.messages.length && html`<p class="quiet">${history.total - history.messages.length} older messages are not shown.</p>`}
      <div class="conversation" role="log" aria-label="Messages">
        ${history?.messages.length === 0 && !asked && conversation.texts.length === 0 && html`<p class="empty">Nothing was said yet.</p>`}
        ${(history?.messages ?? []).map((message) => html`<${Message} key=${message.id} role=${message.role} content=${message.content} at=${message.timestamp} />`)}
        ${asked && html`<${Message} key="running" role="user" content=${asked} at=${session.running.started_at} />`}
        ${conversation.texts.filter((one) => one.text).map((one) => html`<${Message} key=${`writing ${one.id}`} role="assistant" content=${one.text} isBeingWritten=${true} />`)}
      </div>
      ${paused && html`<${ApprovalCard} key=${paused.tool_call_id} pause=${paused} decide=${(data) => conversation.decide(paused.tool_call_id, data)} />`}
      ${gate && html`<${Held} key=${gate} gate=${gate} running=${session.running} again=${again} />`}
      <${Problem} error=${conversation.error} />
      <${Composer} session=${session} conversation=${conversation} />
      <${ByHand} session=${session} />
    </section>
  `;
}

function Message({ role, content, at, isBeingWritten = false }) {
  return html`
    <article class="message ${role}" aria-label=${role} aria-busy=${isBeingWritten ? "true" : undefined}>
      <header><strong>${role}</strong> ${at ? html`<${Moment} at=${at} />` : isBeingWritten && html`<span class="quiet">writing …</span>`}</header>
      <${Content} content=${content} />
    </article>
  `;
}

function Composer({ session, conversation }) {
  const [text, set] = useState("");
  const isBusy = session.running !== null;
  const send = async (event) => {
    event.preventDefault();
    if (text.trim() && (await conversation.say(text))) set("");
  };
  if (!session.api_key) return html`<p class="note">No key of ${session.owner} works now, so nothing can be said from here.</p>`;
  return html`
    <form class="composer" onSubmit=${send}>
      <label>Message <textarea rows="3" dir="auto" value=${text} onInput=${(event) => set(event.target.value)}
        onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send(event)} /></label>
      <div class="actions">
        <button type="submit" class="main" disabled=${isBusy || !text.trim()}>Send</button>
        <button type="button" disabled=${!isBusy} onClick=${() => conversation.cancel()}>Cancel the turn</button>
        <span class="quiet">Ctrl+Enter sends, too</span>
      </div>
    </form>
  `;
}

/** The execution waits at a gate: it can be let through, or answered by hand, as long as its time is not over. */
function Held({ gate, running, again }) {
  const { value: clock, again: askAgain } = useAsked("/clock", { on: ["control"] });
  const [error, fail] = useState(null);
  const open = () => ask("POST", `/gates/${encodeURIComponent(gate)}/open`).then(again, fail);
  const freeze = () => ask("PUT", "/clock", { body: { mode: "frozen" } }).then(askAgain, fail);
  return html`
    <div class="card held">
      <h3>${running?.agent ? html`The turn of <code>${running.agent}</code> waits` : "It waits"} at the gate <code>${gate}</code></h3>
      ${running && clock?.mode === "running" && html`
        <p class="note">It may take ${Math.ceil(running.seconds_left)} more seconds, then it fails with a timeout. <button type="button" class="small" onClick=${freeze}>Freeze the clock</button> gives you all the time that you want.</p>
      `}
      ${running && clock?.mode === "frozen" && html`<p class="quiet">The clock is frozen, so you have all the time that you want.</p>`}
      <${Problem} error=${error} />
      <${AnswerForm} gate=${gate} onDone=${again} />
      <p><button type="button" onClick=${open}>Open the gate</button>${" "}<span class="quiet">lets this one and all that come later go on as their scripts say.</span></p>
    </div>
  `;
}

/** A script that holds the turns of this session at a gate of its own, so that somebody answers them. */
function ByHand({ session }) {
  const { value: scripts, again } = useAsked("/scripts", { on: ["control"] });
  const [error, fail] = useState(null);
  const name = `${BY_HAND}${session.session_id}`;
  const isOn = (scripts ?? []).some((one) => one.name === name);
  const change = () => {
    const done = isOn
      ? ask("DELETE", `/scripts/${encodeURIComponent(name)}`)
      : ask("POST", "/scripts", { body: { name, when: { session: session.session_id }, then: { gate: name } } });
    done.then(() => {
      say(isOn ? "Scripts answer again" : "You answer the turns of this session");
      return again();
    }, fail);
  };
  return html`
    <p>
      <button type="button" disabled=${!scripts} onClick=${change}>${isOn ? "Let scripts answer again" : "Answer by hand"}</button>
      ${" "}<span class="quiet">${isOn ? "Each turn of an agent in this session waits here until you type what it says. One that waits already goes on waiting." : "You type what the agents say, in place of scripts."}</span>
    </p>
    <${Problem} error=${error} />
  `;
}
