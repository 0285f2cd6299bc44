/** Which operations a filter leaves: by what they are called and do, and by the fields of their bodies and answers. */

import { at, followed } from "../../parts/shape.js";

const SHORT = 3; // letters; with fewer, fields are not looked at, since too many begin so

/** `[{...operation, fields}]` of those that have every word; `fields` are the names that were found besides. */
export function found(operations, filter) {
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return operations.flatMap((one) => {
    const text = `${one.name} ${one.method} ${one.path} ${one.operation.summary}`.toLowerCase();
    const others = words.filter((word) => !text.includes(word));
    const fields = others.map((word) => (word.length < SHORT ? [] : one.fieldNames.filter((name) => name.toLowerCase().startsWith(word))));
    return fields.every((names) => names.length > 0) ? [{ ...one, fields: [...new Set(fields.flat())] }] : [];
  });
}

/** The names of the fields that an operation takes and answers; of `document`, whose components each count once. */
export function fieldNamesOf(document, { parameters, requestBody, responses }) {
  const names = new Set(parameters.map((one) => one.name));
  const seen = new Set();
  const look = (part) => {
    if (part === null || typeof part !== "object") return;
    if (typeof part.$ref === "string" && !seen.has(part.$ref)) {
      seen.add(part.$ref);
      look(at(document, part.$ref));
    }
    for (const [key, value] of Object.entries(part)) {
      if (key === "example" || key === "examples" || key === "headers") continue;
      if (key === "properties") Object.keys(value).forEach((name) => names.add(name));
      look(value);
    }
  };
  look([requestBody?.content ?? null, Object.values(responses).map((one) => followed(document, one).content ?? null)]);
  return [...names];
}
