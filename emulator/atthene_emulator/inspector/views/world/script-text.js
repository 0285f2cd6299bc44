/** A script as people write it, and scripts to begin with. */

import { yaml } from "../../parts/yaml.js";

/** As a seed has it: `{name, when, times, then}`, without what says nothing. */
export function written({ name, when, times, then }) {
  const isAlways = when === null || Object.keys(when).length === 0;
  return { name, when: isAlways ? undefined : when, times: times ?? undefined, then };
}

const hello = { content: { contains: "hello", ignore_case: true } };

/** One of each kind, by name. */
export const TEMPLATES = Object.entries({
  "a reply": { name: "greeting", when: hello, then: { reply: "Hello! How can I help you?" } },
  "a tool call": {
    name: "look-up",
    when: { content: { contains: "weather" } },
    then: { tool_calls: [{ name: "web_search", arguments: { query: "weather" }, result: { text: "It rains." } }], reply: "It rains." },
  },
  "a route": { name: "to-the-writer", when: { agent: "researcher" }, then: { reply: "Found three sources.", route: "writer" } },
  "an error": { name: "broken", when: { content: "break" }, then: { error: { type: "tool_error", message: "The tool did not answer." } } },
  "a wait at a gate": { name: "slow", when: { content: { contains: "slow" } }, then: { gate: "slow", reply: "That took a while." } },
  "by hand": { name: "by-hand", then: { gate: "by-hand" } },
}).map(([name, script]) => ({ name, text: yaml(script) }));
