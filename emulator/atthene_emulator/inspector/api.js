/** A request to the imitated API, as an app would send it; it stands in the journal like any other. */

import { API, Refused } from "./control.js";

/** The answer, whatever its status: `{status, headers, text, value, seconds}`; `value` is null for what is no JSON. */
export async function call(method, path, { key, body, text, headers = {}, signal } = {}) {
  const sent = new Headers(headers);
  if (key) sent.set("x-api-key", key);
  const data = body === undefined ? text : JSON.stringify(body);
  if (data !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
  const begun = performance.now();
  let response;
  try {
    response = await fetch(API + path, { method, headers: sent, body: data, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The connection was lost before an answer came.");
  }
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    value: parsed(answer),
    seconds: (performance.now() - begun) / 1000,
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
