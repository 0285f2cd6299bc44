/** A word with a colour that says how something ended; the word alone suffices. */

import { html } from "../preact.js";

const TONES = {
  good: ["ok", "completed", "documented", "active", "open", "valid"],
  warn: ["default_answer", "paused", "inferred", "rate_limited", "processing", "warning", "running"],
  bad: ["failed", "error", "timeout", "fault", "server_error", "aborted", "invalid", "drop"],
  muted: ["cancelled", "client_error", "auth_error", "not_found", "decided", "idle", "closed"],
};
const TONE = Object.fromEntries(Object.entries(TONES).flatMap(([tone, words]) => words.map((word) => [word, tone])));

export function Badge({ word, title, tone }) {
  return html`<span class="badge ${tone ?? TONE[word] ?? "muted"}" title=${title}>${String(word).replaceAll("_", " ")}</span>`;
}

/** The tone of an HTTP status. */
export const statusTone = (status) => (status === 0 || status >= 500 ? "bad" : status >= 400 ? "warn" : "good");
