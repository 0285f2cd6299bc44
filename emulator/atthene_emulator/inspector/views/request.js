/** One request: who asked what, what was answered, why, and how to say it again. */

import { useAsked } from "../asked.js";
import { Badge, statusTone } from "../parts/badge.js";
import { Code, Json } from "../parts/code.js";
import { Content } from "../parts/content.js";
import { duration, Moment } from "../parts/moment.js";
import { Problem } from "../parts/problem.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { href } from "../route.js";
import { copies } from "./copies.js";

/** The entry `id` of a namespace's journal; `close` is where the list alone is. */
export function Request({ id, namespace, close }) {
  const { value: one, error } = useAsked(`/journal/${encodeURIComponent(id)}`, { namespace, on: [] });
  const title = useRef(null);
  useEffect(() => title.current.focus(), []);
  useEffect(() => {
    const leave = (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && location.assign(close);
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [close]);
  return html`
    <section class="request" aria-labelledby="request-title">
      <p class="crumbs"><a href=${close}>Close</a></p>
      <h2 id="request-title" tabindex="-1" ref=${title}>${one ? html`<span class="method">${one.method}</span> <span class="path">${one.path}${one.query && `?${one.query}`}</span>` : id}</h2>
      <${Problem} error=${error} />
      ${one && html`
        <${Facts} one=${one} namespace=${namespace} />
        <${Notes} one=${one} namespace=${namespace} />
        <${Said} title="Asked" headers=${one.headers} body=${one.body} />
        <${Said} title="Answered" body=${one.response} isFile=${isFile(one)} />
        <${Copies} one=${one} />
      `}
    </section>
  `;
}

function Facts({ one, namespace }) {
  const facts = [
    ["Answer", one.status ? html`<${Badge} word=${one.status} tone=${statusTone(one.status)} /> <${Badge} word=${one.outcome} />` : html`<${Badge} word=${one.outcome} />`],
    ["Operation", one.operation && html`<a href=${href(["reference", one.operation], { namespace })}>${one.operation}</a>`],
    ["Session", one.session_id && html`<a href=${href(inSession(one), { namespace })}>${one.session_id}</a>`],
    ["Answered by", one.script.length > 0 && one.script.map((name, n) => html`${n ? ", " : ""}${name === "default" ? "default answer" : html`<a href=${href(["world", "scripts", name], { namespace })}>${name}</a>`}`)],
    ["Fault", one.fault && html`<a href=${href(["world", "faults"], { namespace })}>${one.fault}</a>`],
    ["Evidence", one.evidence && html`<${Badge} word=${one.evidence} title="How sure it is that the service answers like this" />`],
    ["Time", html`<${Moment} at=${one.at} whole=${true} />, took ${duration(one.duration_ms)}`],
    ["Id", html`<code>${one.id}</code>`],
  ];
  return html`<dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** Where the session shows the execution that a request has led to, as far as its answer names that. */
function inSession({ session_id: session, response }) {
  const execution = response?.metadata?.execution_id ?? response?.execution_id;
  return ["sessions", session, ...(execution ? ["executions", execution] : [])];
}

/** What should be known about it. */
function Notes({ one, namespace }) {
  const isMissed = one.outcome === "default_answer" || one.status === 501;
  return html`
    ${isMissed && one.session_id && html`<p class="note">No script answered. <a href=${href(inSession(one), { namespace })}>See why, and make one</a>.</p>`}
    ${!one.delivered && html`<p class="note">The client was gone before the whole answer was written.</p>`}
    ${one.findings.length > 0 && html`<p class="note">Findings about the configuration: ${one.findings.map((code, n) => html`${n ? ", " : ""}<code>${code}</code>`)}. <code>atthene-emulator explain ${one.findings[0]}</code> says more.</p>`}
    ${one.unread.length > 0 && html`<div class="note"><p>Nobody reads some of what was sent:</p><ul>${one.unread.map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`}
  `;
}

/** Whether a file was answered; the API answers everything else that succeeds with a text. */
const isFile = ({ method, status, outcome, response }) => method === "GET" && [200, 206].includes(status) && outcome !== "fault" && (response === null || response === "");

function Said({ title, headers, body, isFile = false }) {
  const isEmpty = body === null || body === "";
  return html`
    <h3>${title}</h3>
    ${headers && html`<details><summary>${Object.keys(headers).length} headers</summary><${Json} value=${headers} label="the headers" /></details>`}
    ${body?.content !== undefined && html`<${Content} content=${body.content} />`}
    ${isEmpty ? html`<p class="quiet">${isFile ? "A file, whose bytes the journal does not keep." : "Nothing."}</p>` : html`<${Json} value=${body} label=${title === "Asked" ? "the body of the request" : "the body of the answer"} />`}
  `;
}

function Copies({ one }) {
  const all = copies(one);
  const [chosen, choose] = useState(all[0].name);
  const copy = all.find((other) => other.name === chosen);
  return html`
    <h3 id="copy-as">Say it again as</h3>
    <div class="actions" role="group" aria-labelledby="copy-as">
      ${all.map(({ name }) => html`<button type="button" class="small" aria-pressed=${name === chosen} onClick=${() => choose(name)}>${name}</button>`)}
    </div>
    <${Code} text=${copy.text} label=${copy.name} />
    ${copy.note && html`<p class="quiet">${copy.note}</p>`}
    ${copy.next && html`<p><a href=${copy.next}>${copy.nextTitle}</a></p>`}
  `;
}
