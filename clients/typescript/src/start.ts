// An emulator for this process alone.
import { Emulator } from "./emulator.js";
import { EmulatorError } from "./errors.js";
import { EmulatorProcess } from "./process.js";
import { Transport } from "./transport.js";
import type { Contract } from "./types.js";

/** What is started, and how. */
export interface StartOptions {
  /** Names of bundled seeds or files, of which later ones add. */
  seed?: string | readonly string[] | undefined;
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  contract?: Contract | undefined;
  /** Unknown keys are errors; answers that nobody scripted are refused. */
  strict?: boolean | undefined;
  /** Origins whose pages may call the API; those at loopback may anyway. */
  corsOrigins?: readonly string[] | undefined;
  /** What the control plane wants; without it, whoever reaches it may use it. */
  token?: string | undefined;
  /** What starts it, such as a path or `["python", "-m", "atthene_emulator"]`; by default atthene-emulator on PATH. */
  command?: string | readonly string[] | undefined;
  /**
   * Where uvx, else pipx get it when it is not on PATH: a folder, or such as `git+https://…`; by default what
   * ATTHENE_EMULATOR_FROM says. Without either nothing is fetched.
   */
  from?: string | undefined;
  /** Further options of `atthene-emulator exec`, such as `["--latency", "300"]`. */
  args?: readonly string[] | undefined;
  /** Variables besides those of this process. */
  env?: Readonly<Record<string, string>> | undefined;
  /** How long starting may take; the first time, uvx and pipx download. */
  timeoutMs?: number | undefined;
}

const COMMAND = "atthene-emulator";
const FROM_VARIABLE = "ATTHENE_EMULATOR_FROM";
const START_MS = 60_000;
const REMEDY =
  "install the emulator so that atthene-emulator is on PATH, name its command by start({ command }), say by start({ from }) or " +
  `${FROM_VARIABLE} where uvx or pipx get it, or use one that runs: attach(), which ATTHENE_EMULATOR_URL tells where`;

/** A new emulator, which ends with `close`, or with this process, however that ends. */
export async function start(options: StartOptions = {}): Promise<Emulator> {
  const made = await firstOf(options);
  const { url } = await made.ready(options.timeoutMs ?? START_MS);
  try {
    return await Emulator.reached(new Transport(url, () => made.fate()), options.token, () => made.stop());
  } catch (error) {
    await made.stop();
    throw error;
  }
}

async function firstOf(options: StartOptions): Promise<EmulatorProcess> {
  const { command, from = process.env[FROM_VARIABLE] } = options;
  const commands = command === undefined ? commandsOf(from) : [[command].flat() as string[]];
  for (const one of commands) {
    const made = await EmulatorProcess.of(one, argumentsOf(options), environment(options));
    if (made) return made;
  }
  const tried = [...new Set(commands.map(([program]) => program))].join(", ");
  const said = command === undefined ? `There is no ${tried} on PATH; ${REMEDY}.` : `There is no command ${tried}; name another by start({ command }).`;
  throw new EmulatorError(said, { type: "setup" });
}

/** What is tried, in this order. */
function commandsOf(from: string | undefined): string[][] {
  const fetched = from ? [["uvx", "--from", from, COMMAND], ["pipx", "run", "--spec", from, COMMAND]] : [];
  return [[COMMAND], ...fetched];
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
