// Which emulator is used, of those that run already.
import { readFile } from "node:fs/promises";
import { Emulator } from "./emulator.js";
import { EmulatorError } from "./errors.js";
import { Transport } from "./transport.js";

const LOCAL = "http://127.0.0.1:8484"; // where an emulator runs, unless it was told otherwise
const URL_VARIABLE = "ATTHENE_EMULATOR_URL";
const FILE_VARIABLE = "ATTHENE_EMULATOR_READY_FILE";
const TOKEN_VARIABLE = "ATTHENE_EMULATOR_CONTROL_TOKEN";

/** Which emulator is meant; what is left out, the environment says. */
export interface AttachOptions {
  /** `http://host:port`; by default ATTHENE_EMULATOR_URL, else what the ready file says, else http://127.0.0.1:8484. */
  url?: string | undefined;
  /** The file that `serve --ready-file` writes; by default ATTHENE_EMULATOR_READY_FILE. */
  portFile?: string | undefined;
  /** Of the control plane, if it wants one; by default ATTHENE_EMULATOR_CONTROL_TOKEN, or its …_FILE. */
  token?: string | undefined;
}

/** The emulator that runs already; an EmulatorError says what to do where none answers. */
export async function attach({ url, portFile, token }: AttachOptions = {}): Promise<Emulator> {
  const transport = new Transport(originOf(url ?? (await namedUrl(portFile))));
  return Emulator.reached(transport, token ?? (await namedToken()), async () => {});
}

/** Whether the environment names an emulator. */
export function isNamed(): boolean {
  return Boolean(process.env[URL_VARIABLE] || process.env[FILE_VARIABLE]);
}

async function namedUrl(portFile: string | undefined): Promise<string> {
  if (portFile === undefined && process.env[URL_VARIABLE]) return process.env[URL_VARIABLE];
  const file = portFile ?? process.env[FILE_VARIABLE];
  return file ? urlIn(file) : LOCAL;
}

async function urlIn(file: string): Promise<string> {
  const ready = await readFile(file, "utf8").then(JSON.parse).catch(() => undefined) as { url?: string } | undefined;
  if (ready?.url) return ready.url;
  const remedy = `start one with \`atthene-emulator serve --ready-file ${file}\`, or name its URL`;
  throw new EmulatorError(`${file} is no ready file of a running emulator; ${remedy}.`, { type: "unreachable" });
}

async function namedToken(): Promise<string | undefined> {
  const file = process.env[`${TOKEN_VARIABLE}_FILE`];
  const token = process.env[TOKEN_VARIABLE] || (file && (await readFile(file, "utf8")).replace(/[\r\n]+$/, ""));
  return token || undefined;
}

/** `http://host:port` of an emulator's URL, which may end in /api/v1 or /__emulator. */
function originOf(url: string): string {
  const whole = url.includes("://") ? url : `http://${url}`;
  return whole.replace(/\/+$/, "").replace(/(\/api\/v1|\/__emulator)$/, "").replace(/\/+$/, "");
}
