/** A request of the journal said again: as a call, as a script that answers it, as a test, as a fault. */

import { API } from "../control.js";
import { asCurl, asFetch, asPageFetch, filesForPython, filesOf } from "../parts/snippets.js";
import { yaml } from "../parts/yaml.js";
import { href } from "../route.js";

const ROOT = API.slice(0, -"api/v1".length); // of the emulator, with the path that a proxy has before it
const OURS = new Set(["x-api-key", "authorization", "content-type", "x-user-token", "x-emulator-contract", "x-emulator-strict"]); // what makes a difference when it is sent again

/** `[{name, text, note?, next?, nextTitle?}]`; `next` is where the page goes on with it. */
export function copies(entry) {
  const request = sentAgain(entry);
  const files = filesOf(request).join(", ");
  const note = files && `It reads ${files} where it is run: the journal keeps no files.`;
  const found = [
    { name: "curl", text: asCurl(request), note },
    { name: "fetch", text: asPageFetch(request), note: files && `Put what ${files} has where it says “…”: the journal keeps no files.` },
    { name: "Node.js", text: asFetch(request), note },
    { name: "pytest", text: asTest(entry), note },
  ];
  if (entry.body?.content !== undefined && entry.session_id) {
    const text = yaml(scriptFor(entry));
    found.push({ name: "script", text, next: href(["world", "scripts"], { new: "1", script: text }), nextTitle: "Edit and add this script" });
  }
  if (entry.operation) {
    const text = yaml(faultFor(entry));
    found.push({ name: "fault", text, next: href(["world", "faults"], { new: "1", fault: text }), nextTitle: "Edit and add this fault" });
  }
  return found;
}

function sentAgain({ method, path, query, headers, body }) {
  const form = formOf(headers, body);
  const kept = Object.entries(headers).filter(([name]) => OURS.has(name.toLowerCase()) && !(form && name.toLowerCase() === "content-type")); // clients choose a form's boundary
  return {
    method: method === "WS" ? "POST" : method,
    url: `${ROOT}${path.replace(/^\/+/, "")}${query ? `?${query}` : ""}`,
    headers: Object.fromEntries(kept),
    form,
    body: form || body === null || body === "" ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** The parts of a form, of which the journal keeps what its fields say and what its files are; null for what is no form. */
function formOf(headers, body) {
  const [, type = ""] = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type") ?? [];
  if (!/^multipart\/form-data\b/i.test(type) || typeof body === "string") return null;
  return Object.entries(body ?? {}).flatMap(([name, said]) => [said].flat().map((one) => {
    return typeof one === "string" ? { name, value: one } : { name, file: { name: one.filename, type: one.content_type } };
  }));
}

/** What the user has said in words; empty for what is no message. */
const textOf = (content) => {
  if (typeof content === "string") return content;
  const text = Array.isArray(content) ? content.find((block) => block?.text)?.text : "";
  return typeof text === "string" ? text : "";
};

/** A script that answers the message as it was answered, or as somebody will write. */
function scriptFor({ body, response }) {
  const content = textOf(body.content);
  const answers = (response?.messages ?? []).filter((message) => message.role === "assistant");
  const reply = textOf(answers.at(-1)?.content ?? "");
  return { when: content ? { content } : {}, then: { reply: reply || "What the agent should say" } };
}

function faultFor({ operation, session_id: session, status }) {
  const isFailure = status >= 400;
  return { operation, ...(session ? { session } : {}), status: isFailure ? status : 503, times: 1 };
}

/** A test that sends the same and expects the same status. */
function asTest(entry) {
  const { operation, method, path, query, headers, body, status, session_id: session } = entry;
  const name = (operation ?? "request").replaceAll(/\W+/g, "_");
  const below = path.replace(/^.*?\/api\/v1/, "") + (query ? `?${query}` : "");
  const form = formOf(headers, body);
  const sent = form ? `, files=${filesForPython(form, "    ")}` : body === null || body === "" ? "" : typeof body === "string" ? `, data=${python(body)}` : `, json=${python(body)}`;
  const script = body?.content === undefined ? "" : `    atthene.script(${python(scriptFor(entry).then.reply)}, content=${python(textOf(body.content))})\n`;
  const needed = session && path.includes(session) ? `    # ${session} must be in the seed of the test, or in a scenario: atthene.use_scenario("…")\n` : "";
  return `def test_${name}(atthene):\n${needed}${script}    answer = atthene.http.request(${python(method === "WS" ? "POST" : method)}, atthene.base_url + ${python(below)}${sent})\n    assert answer.status_code == ${status}\n`;
}

/** A value as Python writes it. */
function python(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, one]) => `${python(name)}: ${python(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}
