// What was said in a world, for people who look at a test that has failed.
import type { HistoryMessage, JournalEntry } from "./types.js";
import type { World } from "./world.js";

const SESSIONS = 20; // that are told of
const ENTRIES = 200; // of the journal

/** What came to a world, newest last. */
export function requests(world: World): Promise<JournalEntry[]> {
  return world.journal({ tail: ENTRIES });
}

/** The sessions that were asked for, what was said in each, and every request: a line each. */
export async function conversation(world: World): Promise<string> {
  const entries = await requests(world);
  const named = entries.flatMap((one) => (one.session_id === null ? [] : [one.session_id]));
  const sessions = [...new Set(named)].slice(-SESSIONS);
  const said = await Promise.all(sessions.map(async (id) => [`${id}:`, ...(await messages(world, id)).map(lineOf)]));
  return [...said.flat(), `requests in ${world.name}:`, ...(entries.length ? entries.map(entryLine) : ["  none came"])].join("\n");
}

async function messages(world: World, sessionId: string): Promise<HistoryMessage[]> {
  return world.messages(sessionId).catch(() => []); // it was none, or is gone
}

function lineOf({ role, content }: HistoryMessage): string {
  return `  ${role}: ${typeof content === "string" ? content : JSON.stringify(content)}`;
}

function entryLine({ method, path, query, operation, status, outcome, script }: JournalEntry): string {
  const asked = method === "WS" ? operation : `${method} ${path}${query && `?${query}`}`;
  const scripts = script.length ? ` · ${script.join(", ")}` : "";
  return `  ${asked} → ${status || "no answer"} ${outcome}${scripts}`;
}
