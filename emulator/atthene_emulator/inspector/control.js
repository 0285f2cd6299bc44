/** The one way to the control plane. What it refuses is an `Error` that says why, in its own words. */

import { ALL, route } from "./route.js";
import { change, now } from "./store.js";

export const CONTROL = new URL("..", import.meta.url).href; // the files lie below it
export const API = new URL("../../api/v1", import.meta.url).href;

/** A refusal of the control plane, or that nobody answers (status 0). */
export class Refused extends Error {
  constructor(status, message, problems = []) {
    super(message);
    this.status = status;
    this.problems = problems; // [{field, message}]
  }
}

/** What the control plane answers: its value, and its headers.
 *
 * `body` is sent as JSON; `text` as it is, of the media type `type`. The namespace is the page's, unless another is named. */
export async function ask(method, path, { query = {}, body, text, type, namespace = route().namespace, signal } = {}) {
  const response = await request(method, path, { query, body, text, type, namespace, signal });
  const answer = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { value: isJson && answer ? JSON.parse(answer) : answer || null, headers: response.headers };
}

/** The same, before its body is read: streams are read as they come. */
export async function request(method, path, { query, body, text, type, namespace, signal } = {}) {
  if (path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part))) throw new Refused(404, "There is nothing of that name."); // browsers resolve it
  const url = new URL(path.replace(/^\//, ""), CONTROL);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const headers = new Headers({ Accept: "application/json, text/event-stream" });
  if (now().token) headers.set("Authorization", `Bearer ${now().token}`);
  if (namespace === ALL) url.searchParams.set("namespaces", "all");
  else if (namespace) headers.set("X-Emulator-Namespace", encoded(namespace));
  if (body !== undefined) headers.set("Content-Type", "application/json");
  else if (text !== undefined) headers.set("Content-Type", type ?? "application/yaml");
  let response;
  try {
    response = await fetch(url, { method, headers, body: body === undefined ? text : JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The emulator does not answer; is it still running?");
  }
  if (response.ok) return response;
  if (response.status === 401) change({ tokenWanted: true });
  throw await refusal(response);
}

/** A name as a header may have it; of another one there is no namespace. */
const encoded = (name) => (/^[\x20-\x7e]+$/.test(name) ? name : encodeURIComponent(name));

async function refusal(response) {
  const text = await response.text();
  try {
    const { message, details } = JSON.parse(text).error;
    return new Refused(response.status, message, details?.errors ?? []);
  } catch {
    return new Refused(response.status, text || response.statusText);
  }
}
