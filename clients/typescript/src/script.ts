// How a script is written in short: a reply and parts of when and then, as one script of a seed file.
import type { Script, ScriptParts, Step } from "./types.js";

const WHEN = ["agent", "agent_key", "session", "turn", "content", "variables", "has_image"];
const ITS_OWN = ["name", "times"];

export type Reply = string | Step | readonly (string | Step)[];

/** The whole script; what is no part of `when` and no name is done in every step. */
export function wholeScript(reply: Reply | Script | undefined, parts: ScriptParts = {}): Script {
  if (isWhole(reply)) {
    const said = Object.keys(parts).join(", ");
    if (said) throw new TypeError(`script() was given a whole script; write ${said} into it.`);
    return reply;
  }
  const given = Object.entries(parts);
  const step = chosen(given, (name) => !WHEN.includes(name) && !ITS_OWN.includes(name)) as Step;
  const then = Array.isArray(reply)
    ? (reply as readonly (string | Step)[]).map((one) => stepOf(one, step))
    : stepOf((reply ?? {}) as string | Step, step);
  return { ...chosen(given, (name) => ITS_OWN.includes(name)), when: chosen(given, (name) => WHEN.includes(name)), then };
}

function isWhole(reply: Reply | Script | undefined): reply is Script {
  return typeof reply === "object" && "then" in reply;
}

function stepOf(reply: string | Step, more: Step): Step {
  return { ...(typeof reply === "string" ? { reply } : reply), ...more };
}

function chosen(given: [string, unknown][], isMeant: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(given.filter(([name]) => isMeant(name)));
}
