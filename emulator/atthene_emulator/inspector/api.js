/** A request to the imitated API, as an app would send it; it stands in the journal like any other. */

import { API, Refused } from "./control.js";

/** The answer, whatever its status: `{status, headers, text, value, seconds}`; `value` is null for what is no JSON. */
export async function call(method, path, request) {
  const begun = performance.now();
  const response = await answerTo(method, path, request);
  return { ...(await read(response)), seconds: (performance.now() - begun) / 1000 };
}

/** What a response says. */
export async function read(response) {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, value: parsed(text) };
}

/** The same before its body is read. Sent are a `form`, or `body` as JSON, or `text` as it is.
 *
 * Throws `Refused` when no answer comes. */
export async function answerTo(method, path, { key, body, text, form, headers = {}, signal } = {}) {
  const sent = new Headers(headers);
  if (key) sent.set("x-api-key", key);
  const data = body === undefined ? text : JSON.stringify(body);
  if (data !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
  try {
    return await fetch(API + path, { method, headers: sent, body: form ?? data, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The connection was lost before an answer came.");
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
