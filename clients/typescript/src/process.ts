// An emulator in a process of its own, which ends with this one, however that ends.
//
// `atthene-emulator exec` runs it beside a command, which here tells where the emulator is and then waits for the end of its
// input: when this process is gone, the pipe is closed, and command and emulator end with it.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { EmulatorError } from "./errors.js";
import { atMost, within } from "./timers.js";

/** What the command tells: where the emulator is. */
export interface Ready {
  url: string;
}

const TELL =
  "const { ATTHENE_EMULATOR_URL: url } = process.env;" +
  "process.stdout.write(JSON.stringify({ url }) + '\\n'); process.stdin.resume();";
const TAIL = 2000; // characters of the output in a message
const STOP_MS = 5000;
const SOON_MS = 200; // for the end of a process to be known, and what it said

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class EmulatorProcess {
  readonly #child: Child;
  readonly #shown: string;
  readonly #ended: Promise<string>;
  #said = "";

  private constructor(child: Child, shown: string) {
    this.#child = child;
    this.#shown = shown;
    this.#ended = new Promise((resolve) => {
      child.once("close", (status, signal) => resolve(ending(status, signal)));
    });
    child.stderr.on("data", (part: Buffer) => this.#note(part.toString()));
  }

  /** The process of a command, such as `["atthene-emulator"]`; undefined if there is no such command. */
  static async of(command: readonly string[], options: readonly string[], env: NodeJS.ProcessEnv): Promise<EmulatorProcess | undefined> {
    const [program = "", ...first] = command;
    const child = spawn(program, [...first, "exec", ...options, "--", process.execPath, "--eval", TELL], {
      env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // Ctrl+C ends the tests first, which still need it
      windowsHide: true,
    });
    child.stdin.on("error", () => {}); // it is told by the end of the process
    try {
      await once(child, "spawn");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new EmulatorError(`The emulator cannot be started by ${program}: ${(error as Error).message}.`, { type: "setup" });
    }
    return new EmulatorProcess(child, command.join(" "));
  }

  /** What it tells once it is there; an EmulatorError has the end of its output if it is not within so many milliseconds. */
  async ready(timeoutMs: number): Promise<Ready> {
    const told = Promise.race([this.#told(), this.#ended.then((how) => Promise.reject(this.#failure(how)))]);
    try {
      const ready = await within(told, timeoutMs, () => this.#failure(`did not tell where it is within ${timeoutMs / 1000} s`).message);
      this.#forget();
      return ready;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** End it, and wait until it has ended. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    await within(this.#ended, STOP_MS, () => "late").catch(() => this.#kill());
  }

  /** How it has ended, with the end of its output; undefined while it runs. */
  async fate(): Promise<string | undefined> {
    await atMost(SOON_MS, this.#ended);
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : this.#account(ending(exitCode, signalCode));
  }

  /** What the command tells; what uvx or pipx say before it is passed over. */
  #told(): Promise<Ready> {
    return new Promise((resolve) => {
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        this.#note(`${line}\n`);
        if (line.startsWith('{"url"')) resolve(JSON.parse(line) as Ready);
      });
    });
  }

  /** Let this process end while the emulator runs. */
  #forget(): void {
    const { stdin, stdout, stderr } = this.#child;
    this.#child.unref();
    for (const pipe of [stdin, stdout, stderr]) (pipe as unknown as { unref(): void }).unref();
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL"); // the group: what uvx or pipx started, too
    } catch {
      // it has ended meanwhile
    }
  }

  #note(part: string): void {
    this.#said = (this.#said + part).slice(-TAIL);
  }

  #failure(how: string): EmulatorError {
    return new EmulatorError(`The emulator did not start: ${this.#account(how)}`, { type: "setup" });
  }

  #account(how: string): string {
    return `\`${this.#shown}\` ${how}.\n${this.#said.trim() || "It said nothing."}`;
  }
}

function ending(status: number | null, signal: string | null): string {
  return signal === null ? `ended with ${status}` : `was ended by ${signal}`;
}
