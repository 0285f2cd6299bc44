// How a script is written in short: a reply and parts of when and then, as one script of a seed file.
import { didYouMean } from "./near.js";
import type { Script, ScriptParts, Step } from "./types.js";

const PARTS: Readonly<Record<keyof ScriptParts, "when" | "then" | "script">> = {
  ...{ agent: "when", agent_key: "when", session: "when", turn: "when", content: "when", variables: "when", has_image: "when" },
  ...{ thinking: "then", knowledge: "then", tool_calls: "then", artifacts: "then", on_decline: "then", output: "then", route: "then" },
  ...{ assign: "then", usage: "then", delay_ms: "then", gate: "then", error: "then", timeout: "then", finish_reason: "then" },
  ...{ stream: "then", events: "then", on_disconnect: "then", name: "script", times: "script" },
};

export type Reply = string | Step | readonly (string | Step)[];

/** The whole script; parts of `then` are done in every step. Throws a TypeError where there is no such part. */
export function wholeScript(reply: Reply | Script | undefined, parts: ScriptParts = {}): Script {
  if (isWhole(reply)) {
    const said = Object.keys(parts).join(", ");
    if (said) throw new TypeError(`script() was given a whole script; write ${said} into it.`);
    return reply;
  }
  const unknown = Object.keys(parts).find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new TypeError(`script() has no ${unknown}${didYouMean(unknown, Object.keys(PARTS)) || "."}`);
  const step = partsOf("then", parts) as Step;
  const then = Array.isArray(reply)
    ? (reply as readonly (string | Step)[]).map((one) => stepOf(one, step))
    : stepOf((reply ?? {}) as string | Step, step);
  return { ...partsOf("script", parts), when: partsOf("when", parts), then };
}

function isWhole(reply: Reply | Script | undefined): reply is Script {
  return typeof reply === "object" && "then" in reply;
}

function stepOf(reply: string | Step, more: Step): Step {
  return { ...(typeof reply === "string" ? { reply } : reply), ...more };
}

function partsOf(place: "when" | "then" | "script", parts: ScriptParts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => PARTS[name as keyof ScriptParts] === place));
}
