/** Values as YAML that people read and edit: blocks, and quotes only where a text would be read as something else. */

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u;
const WORDS = /^(true|false|yes|no|on|off|null|y|n)$/i; // which loaders read as something else than text
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g; // which JSON writes as they are, and YAML may not

/** A value that JSON could hold, as a YAML document. */
export const yaml = (value) => `${node(value, "").replace(/^\n/, "")}\n`;

/** The same on one line of at most so many characters, to be looked at. */
export function brief(value, most = 100) {
  const whole = line(value, true);
  return whole.length > most ? `${whole.slice(0, most - 1)}…` : whole;
}

/** What stands behind `key:` or `-`; what needs lines of its own begins with one. */
function node(value, indent) {
  if (typeof value === "string") return isBlock(value) ? block(value, indent || "  ") : scalar(value);
  if (Array.isArray(value) && value.length > 0) {
    return value.map((one) => `\n${indent}- ${node(one, `${indent}  `).trimStart()}`).join("");
  }
  const entries = isMapping(value) ? said(value) : [];
  if (entries.length === 0) return line(value);
  return entries.map(([name, one]) => `\n${indent}${scalar(name)}:${behind(node(one, `${indent}  `))}`).join("");
}

const behind = (text) => (text.startsWith("\n") ? text : ` ${text}`);
const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const said = (mapping) => Object.entries(mapping).filter(([, one]) => one !== undefined);

function line(value, isOuter = false) {
  if (typeof value === "string") return isPlain(value) && (isOuter || !/[,[\]{}]/.test(value)) ? value : quoted(value);
  if (Array.isArray(value)) return `[${value.map((one) => line(one)).join(", ")}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const inside = said(value).map(([name, one]) => `${scalar(name)}: ${line(one)}`).join(", ");
  return isOuter && inside ? inside : `{${inside}}`;
}

const scalar = (text) => (isPlain(text) ? text : quoted(text));

function quoted(text) {
  if (/["\\]/.test(text) && !UNPRINTABLE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(ESCAPED, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const isPlain = (text) => /^[\p{L}_/]/u.test(text) && !/: |:$| #|\s$/.test(text) && !UNPRINTABLE.test(text) && !WORDS.test(text);

/** Whether a text has several lines that a block shows as they are: none is mere space, and at most one ends it. */
function isBlock(text) {
  return text.includes("\n") && !/^\s|\n\n$|\n[ \t]+(\n|$)/.test(text) && !UNPRINTABLE.test(text.replace(/[\n\t]/g, ""));
}

function block(text, indent) {
  const lines = text.replace(/\n$/, "").split("\n");
  return `|${text.endsWith("\n") ? "" : "-"}\n${lines.map((one) => (one ? indent + one : "")).join("\n")}`;
}
