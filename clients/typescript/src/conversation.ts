// What was said in a world, for people who look at a test that has failed.
import type { Execution, HistoryMessage, JournalEntry } from "./types.js";
import type { World } from "./world.js";

const SESSIONS = 20; // that are told of
const RIGHT: readonly string[] = ["ok", "paused", "default_answer"] satisfies JournalEntry["outcome"][]; // outcomes, of which the last is told by its turn
const ENTRIES = 200; // of the journal

/** What came to a world, newest last. */
export function requests(world: World): Promise<JournalEntry[]> {
  return world.journal({ tail: ENTRIES });
}

/**
 * What looks wrong first: turns that no script answers, with the nearest one, scripts that never answer, and requests that went
 * wrong; then the sessions that were asked for, what was said in each, and every request. A line each.
 */
export async function conversation(world: World): Promise<string> {
  const entries = await requests(world);
  const named = entries.flatMap((one) => (one.session_id === null ? [] : [one.session_id]));
  const sessions = [...new Set(named)].slice(-SESSIONS);
  const said = await Promise.all(sessions.map(async (id) => [`${id}:`, ...(await messages(world, id)).map(lineOf)]));
  const unanswered = await Promise.all(sessions.map((id) => unscripted(world, id)));
  const wrong = entries.filter((one) => !RIGHT.includes(one.outcome)).map(entryLine);
  const first = [...unanswered.flat(), ...world.hints.map((one) => `  ${one}`), ...wrong];
  return [...(first.length ? ["what looks wrong:", ...first] : []), ...said.flat(), `requests in ${world.name}:`, ...(entries.length ? entries.map(entryLine) : ["  none came"])].join("\n");
}

async function messages(world: World, sessionId: string): Promise<HistoryMessage[]> {
  return world.messages(sessionId).catch(() => []); // it was none, or is gone
}

/** The turns of a session that no script has answered. */
async function unscripted(world: World, sessionId: string): Promise<string[]> {
  const executions: Execution[] = await world.executions(sessionId).catch(() => []); // it was none, or is gone
  return executions.flatMap(({ turn, turns }) =>
    turns.filter((one) => one.script === null && one.text).map(({ agent, nearest: [near] }) => {
      const nearest = near ? `the nearest is ${near.script}, whose ${near.condition} wants ${near.wanted} and got ${near.got}` : "there is none";
      return `  ${sessionId}, execution ${turn}: no script answers ${agent}; ${nearest}`;
    }));
}

function lineOf({ role, content }: HistoryMessage): string {
  return `  ${role}: ${typeof content === "string" ? content : JSON.stringify(content)}`;
}

function entryLine({ method, path, query, operation, status, outcome, script }: JournalEntry): string {
  const asked = method === "WS" ? operation : `${method} ${path}${query && `?${query}`}`;
  const scripts = script.length ? ` · ${script.join(", ")}` : "";
  return `  ${asked} → ${status || "no answer"} ${outcome}${scripts}`;
}
