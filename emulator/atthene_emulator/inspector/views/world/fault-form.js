/** What the form of faults asks for, and the fault that it says. */

/** The usual ones; `asks` names what a kind needs besides. */
export const KINDS = [
  { name: "error", words: "it is answered with an error", asks: ["status", "message", "retry"] },
  { name: "rate limit", words: "it is answered with 429, too many requests", asks: ["message", "retry"] },
  { name: "delay", words: "it is answered late", asks: ["delay"] },
  { name: "drop", words: "the connection closes without an answer", asks: [] },
  { name: "reset", words: "the connection is reset", asks: [] },
  { name: "malformed", words: "the answer is no JSON", asks: [] },
  { name: "truncate", words: "the connection closes amid the answer", asks: [] },
  { name: "hang", words: "no answer comes", asks: [] },
];

export const EMPTY = {
  what: "error", operation: "", status: "500", type: "", message: "", retry_after: "", delay_ms: "500", delay_most: "", session: "", after: "", times: "", every: "",
};

const number = (text) => (text === "" ? undefined : Number(text));

/** The fault as the control plane takes it; what was left empty is left out. */
export function faultOf({ what, ...values }) {
  const { asks } = KINDS.find((one) => one.name === what);
  const status = { error: number(values.status), "rate limit": 429 }[what];
  const given = {
    operation: values.operation.trim(),
    kind: status === undefined && what !== "delay" ? what : undefined,
    status,
    type: status === 400 ? values.type : "",
    message: asks.includes("message") ? values.message : "",
    retry_after: asks.includes("retry") ? number(values.retry_after) : undefined,
    delay_ms: asks.includes("delay") ? delay(values) : undefined,
    session: values.session.trim(),
    after: number(values.after),
    times: number(values.times),
    every: number(values.every),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""));
}

function delay({ delay_ms: least, delay_most: most }) {
  return most === "" ? number(least) : { min: number(least), max: number(most) };
}
