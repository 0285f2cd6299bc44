// What a conversation looks like. `window.CHAT` or the query says where the API is: ?baseUrl=…&apiKey=…&agent=…&session=…
// Without a key, the agent is a public one.
import { Conversation } from "./conversation.js";

const config = {
  baseUrl: "http://localhost:8484/api/v1",
  agent: "customer_support_agent",
  ...window.CHAT,
  ...Object.fromEntries(new URLSearchParams(location.search)),
};
const NAMES = { user: "You", assistant: "Assistant", note: "Note" };

const [log, status, alert, card, form, message, sendButton, stopButton] = [
  "log", "status", "alert", "card", "form", "message", "send", "stop",
].map((id) => document.getElementById(id));
const texts = new Map(); // articles by messageId

async function sessionId() {
  if (config.session) return config.session;
  const query = new URLSearchParams({ agent_key: config.agent });
  const headers = config.apiKey ? { "x-api-key": config.apiKey } : {};
  const answer = await fetch(`${config.baseUrl}/sessions/from-agent/?${query}`, { headers });
  const made = await answer.json();
  if (!answer.ok) throw new Error(made.error.message);
  return made.session_id;
}

function socketUrl() {
  const url = new URL("/ws/amas/", config.baseUrl);
  url.protocol = url.protocol.replace("http", "ws");
  if (config.apiKey) url.searchParams.set("authorization", `Bearer ${config.apiKey}`);
  else url.searchParams.set("agent_key", config.agent);
  return url;
}

function show(who, text) {
  const article = document.createElement("article");
  article.className = who;
  article.setAttribute("aria-label", NAMES[who]);
  article.append(text);
  log.append(article);
  return article;
}

/** What the page is doing; `busy` turns are stopped, others begun. */
function state(text, busy = true) {
  status.textContent = text;
  sendButton.disabled = busy;
}

function ask(pause) {
  card.hidden = false;
  card.dataset.call = pause.tool_call_id;
  card.querySelector("h2").textContent = pause.display_text;
  card.querySelector("p").textContent = pause.display_name;
  card.arguments.value = JSON.stringify(pause.tool_args, null, 2);
  card.feedback.value = "";
}

const EVENTS = {
  ExecutionStarted() { state("Answering …"); stopButton.hidden = false; },
  TextMessageStart({ messageId }) { texts.set(messageId, show("assistant", "")); },
  TextMessageContent({ messageId, delta }) { texts.get(messageId).append(delta); },
  HitlRequired({ payload }) { state("Waiting for you"); ask(payload); },
  HitlResolved({ outcome }) { state("Answering …"); card.hidden = true; show("note", outcome); },
  ToolCallArgs({ delta }) { show("note", delta); },
  ExecutionCancelled() { show("note", "stopped"); },
};

const conversation = new Conversation(socketUrl(), await sessionId(), {
  opened() { state(stopButton.hidden ? "Ready" : "Answering …", !stopButton.hidden); },
  closed(code, reason) { state(`Closed: ${code} ${reason}`.trim()); },
  event(payload) { EVENTS[payload.type]?.(payload); },
  result({ error }) {
    state("Ready", false);
    stopButton.hidden = card.hidden = true;
    alert.textContent = error ?? "";
  },
  error({ error_code, message: text }) { alert.textContent = `${error_code}: ${text}`; },
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show("user", message.value);
  conversation.say(message.value);
  form.reset();
});
stopButton.addEventListener("click", () => conversation.cancel());
card.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter.value === "accept") conversation.accept(card.dataset.call, JSON.parse(card.arguments.value));
  else conversation.decline(card.dataset.call, card.feedback.value);
});
