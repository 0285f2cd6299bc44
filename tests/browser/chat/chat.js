// A chat with an agent of the Atthene Sessions API.
//
// `window.ATTHENE`, `window.CHAT` or the query says where the API is: ?baseUrl=…&apiKey=…&agent=…
// The query also keeps the session, ?session=…, so a reload brings the conversation back.
"use strict";

const config = {
  baseUrl: "http://localhost:8484/api/v1",
  apiKey: "test-key",
  agent: "customer_support_agent",
  ...window.ATTHENE,
  ...window.CHAT,
  ...Object.fromEntries(new URLSearchParams(location.search)),
};
const NAMES = { user: "You", assistant: "Assistant", note: "Note" };
const WAITS = 3; // how often a message is sent again without being asked to

const [log, status, alert, again, form, message, sendButton, newButton] = [
  "log", "status", "alert", "again", "form", "message", "send", "new",
].map((id) => document.getElementById(id));

let session = config.session;
let known = 0; // messages of the session that this page has seen
let timer;

/**
 * Something that the user is told.
 * `final`: trying again is no use. `uncertain`: the service may have done what it was asked for.
 * `retryAfter`: seconds, if the service named them.
 */
class Problem extends Error {
  constructor(text, { final = false, uncertain = false, retryAfter } = {}) {
    super(text);
    Object.assign(this, { final, uncertain, retryAfter });
  }
}

// The API

async function ask(method, path, body) {
  const headers = { "x-api-key": config.apiKey };
  if (body) headers["Content-Type"] = "application/json";
  let answer, text;
  try {
    answer = await fetch(config.baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
    text = await answer.text();
  } catch {
    throw new Problem("The connection was lost.", { uncertain: true });
  }
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Problem("The answer could not be read.", { uncertain: true });
  }
  if (!answer.ok) throw refused(answer, data.error?.message ?? "no reason was given");
  return data;
}

function refused(answer, why) {
  const header = answer.headers.get("Retry-After");
  const retryAfter = header === null ? undefined : Number(header);
  switch (answer.status) {
    case 401: return new Problem(`The API key was not accepted: ${why}.`, { final: true });
    case 404: return new Problem("There is no such conversation any more.", { final: true });
    case 429: return new Problem("That was too fast.", { retryAfter });
    case 503: return new Problem("The service is overloaded.", { retryAfter });
    default: return new Problem(`The service refused: ${why}.`, { final: answer.status < 500 });
  }
}

async function start() {
  const query = new URLSearchParams({ agent_key: config.agent });
  remember((await ask("GET", `/sessions/from-agent/?${query}`)).session_id);
}

async function messages() {
  return (await ask("GET", `/runtime/${encodeURIComponent(session)}/messages/?limit=1000`)).messages;
}

async function execute(content) {
  return ask("POST", `/runtime/${encodeURIComponent(session)}/execute/`, { content });
}

// The page

function remember(id) {
  session = id;
  const url = new URL(location.href);
  if (id) url.searchParams.set("session", id);
  else url.searchParams.delete("session");
  history.replaceState(null, "", url);
}

function show(who, content) {
  const article = document.createElement("article");
  article.className = who;
  article.setAttribute("aria-label", NAMES[who] ?? who);
  article.dir = "auto";
  article.textContent = textOf(content);
  log.append(article);
  log.scrollTop = log.scrollHeight;
}

function textOf(content) {
  if (typeof content === "string") return content;
  return content.map((block) => (block.type === "text" ? block.text : "[image]")).join("\n");
}

function showAll(found) {
  log.replaceChildren();
  for (const { role, content } of found) show(role, content);
  known = found.length;
}

async function openSession() {
  showAll(await messages());
}

async function deliver(content, before) {
  if (!session) await start();
  if (before?.uncertain) {
    const found = await messages();
    if (found.length > known) return showAll(found); // it had arrived; only its answer was lost
  }
  const answer = await execute(content);
  for (const one of answer.messages) show(one.role, one.content);
  known += 1 + answer.messages.length;
  if (answer.status !== "completed") {
    throw new Problem(`The assistant could not finish: ${answer.metadata.error?.message ?? answer.status}.`, { final: true });
  }
  if (answer.messages.length === 0) show("note", "The assistant had nothing to say.");
}

/** Do something that talks to the service; say what went wrong, and offer or arrange another try. */
async function attempt(task, what, before, tries = 1) {
  clearTimeout(timer);
  complain("");
  busy(what);
  try {
    await task(before);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    // What was uncertain stays so until the service has been seen again.
    const seen = new Problem(problem.message, { ...problem, uncertain: problem.uncertain || before?.uncertain });
    const retry = () => attempt(task, what, seen, tries + 1);
    const waits = problem.retryAfter !== undefined && tries <= WAITS;
    complain(waits ? `${problem.message} Trying again in ${problem.retryAfter} s.` : problem.message, problem.final ? null : retry);
    if (waits) timer = setTimeout(retry, problem.retryAfter * 1000);
  } finally {
    busy("");
  }
}

function complain(text, retry = null) {
  alert.textContent = text;
  again.hidden = !retry;
  again.onclick = retry;
}

function busy(what) {
  status.textContent = what;
  sendButton.disabled = newButton.disabled = what !== "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const content = message.value.trim();
  if (!content || sendButton.disabled) return;
  form.reset();
  message.focus();
  show("user", content);
  await attempt((before) => deliver(content, before), "The assistant is typing …");
});

message.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

newButton.addEventListener("click", () => {
  clearTimeout(timer);
  complain("");
  remember(undefined);
  showAll([]);
  message.focus();
});

if (session) attempt(openSession, "Loading the conversation …");
