// An emulator for this process alone.
import { createRequire } from "node:module";
import { Emulator } from "./emulator.js";
import { EmulatorError } from "./errors.js";
import { EmulatorProcess } from "./process.js";
import { Transport } from "./transport.js";
import type { Contract } from "./types.js";

/** What is started, and how. */
export interface StartOptions {
  /** Names of bundled seeds or files, of which later ones add. */
  seed?: string | readonly string[];
  /** 0, the default, takes a free one. */
  port?: number;
  contract?: Contract;
  /** Unknown keys are errors; answers that nobody scripted are refused. */
  strict?: boolean;
  /** Origins whose pages may call the API; those at loopback may anyway. */
  corsOrigins?: readonly string[];
  /** What the control plane wants; without it, whoever reaches it may use it. */
  token?: string;
  /** What starts it, such as a path or `["python", "-m", "atthene_emulator"]`; by default atthene-emulator on PATH, else uvx, else pipx. */
  command?: string | readonly string[];
  /** Further options of `atthene-emulator exec`, such as `["--latency", "300"]`. */
  args?: readonly string[];
  /** Variables besides those of this process. */
  env?: Readonly<Record<string, string>>;
  /** How long starting may take; the first time, uvx and pipx download. */
  timeoutMs?: number;
}

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
const COMMANDS = [
  ["atthene-emulator"],
  ["uvx", `atthene-emulator@${version}`],
  ["pipx", "run", "--spec", `atthene-emulator==${version}`, "atthene-emulator"],
];
const START_MS = 60_000;
const REMEDY =
  "There is no command atthene-emulator on PATH, nor uvx or pipx to fetch it; install the emulator with pip, " +
  "or name its command by start({ command }).";

/** A new emulator, which ends with `close`, or with this process, however that ends. */
export async function start(options: StartOptions = {}): Promise<Emulator> {
  const made = await firstOf(options);
  const { url } = await made.ready(options.timeoutMs ?? START_MS);
  try {
    return await Emulator.reached(new Transport(url), options.token, () => made.stop());
  } catch (error) {
    await made.stop();
    throw error;
  }
}

async function firstOf(options: StartOptions): Promise<EmulatorProcess> {
  const { command } = options;
  const commands = command === undefined ? COMMANDS : [typeof command === "string" ? [command] : command];
  for (const one of commands) {
    const made = await EmulatorProcess.of(one, argumentsOf(options), environment(options));
    if (made) return made;
  }
  const missing = command === undefined ? REMEDY : `There is no command ${commands.flat()[0]}; name another by start({ command }).`;
  throw new EmulatorError(missing, { type: "setup" });
}

function argumentsOf({ seed = [], port = 0, contract, strict, corsOrigins = [], args = [] }: StartOptions): string[] {
  return [
    ...["--port", String(port)],
    ...[seed].flat().flatMap((one) => ["--seed", one as string]),
    ...(contract ? ["--contract", contract] : []),
    ...(strict ? ["--strict"] : []),
    ...corsOrigins.flatMap((one) => ["--cors-origin", one]),
    ...args,
  ];
}

/** As it is here, without what would choose otherwise than the options do, and without what is meant for this Node.js. */
function environment({ env, token }: StartOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("ATTHENE_EMULATOR_") && name !== "NODE_OPTIONS");
  return { ...Object.fromEntries(kept), ...(token && { ATTHENE_EMULATOR_CONTROL_TOKEN: token }), ...env };
}
