/** A request as a command or a program that sends it again. A key stands there as a variable of the environment, never itself.
 *
 * A request is `{method, url, headers, body, form}`: headers as an object, the body a text or null. In place of a body there may be
 * the parts of a form: `{name, value}`, or `{name, file}` with the name and the type of a file, which a program reads where it runs. */

const KEY = "ATTHENE_API_KEY";
const OWN = /^(host|content-length|connection|keep-alive|transfer-encoding|accept-encoding|user-agent|upgrade|te|expect|origin|referer|sec-.*)$/;
const LINE = 80; // characters; longer values are written in several lines

/** A command for a POSIX shell. */
export function asCurl({ method, url, headers = {}, body = null, form = null }) {
  const said = headersOf(headers);
  const parts = ["curl", ...(method === "GET" && body === null ? [] : method === "HEAD" ? ["--head"] : ["-X", /^[A-Z]+$/.test(method) ? method : forShell(method)])];
  if (/[[\]{}]/.test(url)) parts.push("--globoff");
  const lines = [`${parts.join(" ")} ${forShell(url)}`];
  for (const { name, before, value } of said) lines.push(`-H ${value === null ? `"${name}: ${before}$${KEY}"` : forShell(value === "" ? `${name};` : `${name}: ${value}`)}`);
  if (body !== null && !said.some(({ name }) => name.toLowerCase() === "content-type")) lines.push("-H 'content-type:'");
  if (body !== null) lines.push(`--data-raw ${forShell(body)}`);
  for (const part of form ?? []) lines.push(partForCurl(part));
  return lines.join(" \\\n  ");
}

/** A value may say more to curl than it says: where that could be, it is told that it does not. */
function partForCurl({ name, file, value }) {
  if (file) return `-F ${forShell(`${name}=@${/^[\w. -]+$/.test(file.name) ? file.name : `"${file.name.replace(/["\\]/g, "\\$&")}"`}`)}`;
  return `${/^[@<"(]|;/.test(value) ? "--form-string" : "-F"} ${forShell(`${name}=${value}`)}`;
}

/** A module of JavaScript, for Node.js. */
export function asFetch(request) {
  const needed = filesOf(request).length > 0;
  const program = fetchOf(request, `process.env.${KEY}`, ({ name, type }) => `new Blob([await readFile(${quoted(name)})], { type: ${quoted(type)} }), ${quoted(name)}`);
  return `${needed ? 'import { readFile } from "node:fs/promises";\n\n' : ""}${program}`;
}

/** The same for a page, where there is neither environment nor file: whoever runs it puts the key in, and what a file has. */
export function asPageFetch(request) {
  const needed = headersOf(request.headers ?? {}).some(({ value }) => value === null);
  const program = fetchOf(request, KEY, ({ name, type }) => `new File(["…"], ${quoted(name)}, { type: ${quoted(type)} })`);
  return `${needed ? `const ${KEY} = "…"; // your key\n` : ""}${program}`;
}

/** `fileOf` writes what a form is given for a file. */
function fetchOf({ method, url, headers = {}, body = null, form = null }, key, fileOf) {
  const said = headersOf(headers).map(({ name, before, value }) => {
    return `    ${quoted(name)}: ${value !== null ? quoted(value) : before ? `\`${before}\${${key}}\`` : key},\n`;
  });
  const plain = plainJson(body);
  const options = [
    `  method: ${quoted(method)},\n`,
    ...(said.length ? [`  headers: {\n${said.join("")}  },\n`] : []),
    ...(body === null ? [] : [`  body: ${plain === undefined ? quoted(body) : `JSON.stringify(${literal(plain, JAVASCRIPT, "  ")})`},\n`]),
    ...(form === null ? [] : ["  body: form,\n"]),
  ];
  const parts = form?.map(({ name, file, value }) => `form.append(${quoted(name)}, ${file ? fileOf(file) : quoted(value)});\n`) ?? [];
  return `${form === null ? "" : `const form = new FormData();\n${parts.join("")}`}const response = await fetch(${quoted(url)}, {\n${options.join("")}});\nconsole.log(response.status, await response.text());\n`;
}

/** A program of Python, with requests. */
export function asPython({ method, url, headers = {}, body = null, form = null }) {
  const all = headersOf(headers);
  const plain = plainJson(body);
  const said = all.map(({ name, before, value }) => {
    const key = `os.environ["${KEY}"]`;
    return `        ${quoted(name)}: ${value !== null ? quoted(value) : before ? `${quoted(before)} + ${key}` : key},\n`;
  });
  const lines = [
    `    ${quoted(method)},\n    ${quoted(url)},\n`,
    ...(said.length ? [`    headers={\n${said.join("")}    },\n`] : []),
    ...(body === null ? [] : [plain === undefined ? `    data=${quoted(body)}.encode(),\n` : `    json=${literal(plain, PYTHON, "    ")},\n`]),
    ...(form === null ? [] : [`    files=${filesForPython(form, "    ")},\n`]),
  ];
  const needed = all.some(({ value }) => value === null) ? "import os\n\n" : "";
  return `${needed}import requests\n\nresponse = requests.request(\n${lines.join("")})\nprint(response.status_code, response.text)\n`;
}

/** The names of the files that a program reads to send a request. */
export const filesOf = ({ form }) => (form ?? []).flatMap(({ file }) => (file ? [file.name] : []));

/** All parts of a form as `requests` takes them: what is no file has no name of a file. */
export function filesForPython(form, indent) {
  const parts = form.map(({ name, file, value }) => {
    const [filename, content] = file ? [quoted(file.name), `open(${quoted(file.name)}, "rb")`] : ["None", quoted(value)];
    return `${indent}    (${quoted(name)}, (${filename}, ${content}${file?.type ? `, ${quoted(file.type)}` : ""})),\n`;
  });
  return `[\n${parts.join("")}${indent}]`;
}

/** Headers that somebody writes; what clients add by themselves is left out. Of a key only what stands before it is kept. */
function headersOf(headers) {
  return Object.entries(headers)
    .filter(([name, value]) => !OWN.test(name.toLowerCase()) && !(name.toLowerCase() === "accept" && value === "*/*"))
    .map(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === "x-api-key") return { name, before: "", value: null };
      if (lower === "authorization") return { name, before: `${/^([A-Za-z]+) /.exec(value)?.[1] ?? "Bearer"} `, value: null };
      return { name, before: "", value: String(value) };
    });
}

const forShell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** As JSON quotes a text, JavaScript and Python read it. */
const quoted = (text) => JSON.stringify(text);

/** The value of a body that says nothing but that value; undefined where its text is not the same as what a program would send. */
function plainJson(body) {
  if (body === null || body.includes('"__proto__"')) return undefined;
  try {
    const value = JSON.parse(body);
    const isSame = value !== null && typeof value === "object" && [undefined, 2].some((indent) => JSON.stringify(value, null, indent) === body.trim());
    return isSame ? value : undefined;
  } catch {
    return undefined;
  }
}

const JAVASCRIPT = { true: "true", false: "false", null: "null" };
const PYTHON = { true: "True", false: "False", null: "None" };

function literal(value, words, indent) {
  if (value === null || typeof value !== "object") return words[String(value)] && typeof value !== "string" ? words[String(value)] : JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? "[]" : "{}";
  const items = isList ? value.map((one) => literal(one, words, `${indent}  `)) : Object.entries(value).map(([key, one]) => `${quoted(key)}: ${literal(one, words, `${indent}  `)}`);
  const short = `${open}${items.join(", ")}${close}`;
  if (short.length <= LINE && !short.includes("\n")) return short;
  return `${open}\n${items.map((one) => `${indent}  ${one},\n`).join("")}${indent}${close}`;
}
