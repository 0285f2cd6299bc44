/** What the page does as an app would: by the imitated API, with the key of the namespace. It stands in the journal like any other request. */

import { answerTo, call, read } from "./api.js";
import { ask, Refused } from "./control.js";

/** Starts a session of an agent; answers its id. */
export const startSession = async (namespace, agentId) => (await sent(namespace, `/sessions/from-agent/${encodeURIComponent(agentId)}/`)).session_id;

/** Creates a session from the text of a configuration; answers its id. */
export const createSession = async (namespace, text) => (await sent(namespace, "/sessions/", { text, headers: { "content-type": typeOf(text) } })).session_id;

/** Creates an agent from the text of a configuration; answers it as the API shows it. */
export const createAgent = (namespace, text) => sent(namespace, "/agent/", { text: inSystemConfig(text), headers: { "content-type": typeOf(text) } });

/** A file that an agent of a session has made, as a `Blob`; `key` is one of the session's owner. */
export async function artifactOf(sessionId, artifactId, key) {
  const answer = await answerTo("GET", `/sessions/${encodeURIComponent(sessionId)}/artifacts/${encodeURIComponent(artifactId)}/download/`, { key });
  if (answer.ok) return answer.blob();
  throw refusal(await read(answer));
}

/** The media type of a configuration's text. */
export const typeOf = (text) => (/^\s*\{\s*["}]/.test(text) ? "application/json" : "application/yaml");

/** The text as the value of `system_config`; what only a whole document may begin or end with is left out. */
function inSystemConfig(text) {
  if (typeOf(text) === "application/json") return `{"system_config": ${text}}`;
  const alone = text.replace(/^\ufeff/, "").replace(/^(?:(?:%.*|[ \t]*#.*|[ \t]*)\r?\n)*---(?=\s|$)/, "").replace(/^\.\.\.\s*$/m, "");
  return `system_config:\n${alone.replace(/^(?=.)/gm, "  ")}\n`;
}

/** What the API answers.
 *
 * Throws `Refused` in its own words: for what it refuses, and for a namespace that has no key. */
async function sent(namespace, path, request = {}) {
  const { value: all } = await ask("GET", "/namespaces", { namespace: null });
  const key = all.find((one) => one.name === namespace)?.api_key;
  if (!key) throw new Refused(0, `No key leads to the namespace ${namespace}, so nothing can be created in it from here.`);
  const answer = await call("POST", path, { key, ...request });
  if (answer.status < 300) return answer.value;
  throw refusal(answer);
}

function refusal({ status, value, text }) {
  const error = value?.error;
  const problems = Array.isArray(error?.details?.errors) ? error.details.errors : [];
  return new Refused(status, error?.message ?? (typeof error === "string" ? error : text), problems);
}
