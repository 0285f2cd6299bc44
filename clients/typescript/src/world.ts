// A world of one's own in a running emulator: its agents, sessions, scripts, faults, clock and journal are nobody else's.
import { Clock } from "./clock.js";
import { ControlPlane, quoted } from "./control-plane.js";
import { EmulatorError } from "./errors.js";
import { Gate } from "./gate.js";
import { wholeScript, type Reply } from "./script.js";
import { Socket, type SocketOptions } from "./socket.js";
import { PATIENCE_MS } from "./timers.js";
import type { Transport } from "./transport.js";
import type {
  Execution, Fault, FaultShown, HistoryMessage, JournalEntry, Match, ResetScope, Scenario, Script, ScriptParts, ScriptShown, SessionInfo, Snapshot,
} from "./types.js";

const GONE = 404;

/** Where a world is; `isOurs`: whether `close` deletes it. */
export interface Place {
  name: string;
  apiKey: string;
  isOurs: boolean;
}

export class World implements AsyncDisposable {
  /** Names the world, in `X-Emulator-Namespace`. */
  readonly name: string;
  /** What the tested app is pointed at, with /api/v1. */
  readonly baseUrl: string;
  /** The live socket, `ws://host:port/ws/amas/`. */
  readonly socketUrl: string;
  /** The key that leads into this world. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly #control: ControlPlane;
  readonly #transport: Transport;
  readonly #isOurs: boolean;
  readonly #sockets = new Set<Socket>(); // that are open
  readonly #hints: string[] = [];
  #closed: Promise<void> | undefined;

  constructor(transport: Transport, token: string | undefined, { name, apiKey, isOurs }: Place) {
    this.name = name;
    this.apiKey = apiKey;
    this.baseUrl = `${transport.url}/api/v1`;
    this.socketUrl = `ws${transport.url.slice("http".length)}/ws/amas/`;
    this.#transport = transport;
    this.#control = new ControlPlane(transport, token ?? apiKey, name);
    this.#isOurs = isOurs;
    this.clock = new Clock(this.#control);
  }

  /** What requests of the app are sent with. */
  get headers(): { "x-api-key": string } {
    return { "x-api-key": this.apiKey };
  }

  /** Variables that lead a program here, as `atthene-emulator env` prints them; `prefix`: such as VITE_. */
  env(prefix = ""): Record<string, string> {
    const variables = {
      ATTHENE_BASE_URL: this.baseUrl,
      ATTHENE_API_KEY: this.apiKey,
      ATTHENE_EMULATOR_URL: this.#transport.url,
      ...(this.name !== "default" && { ATTHENE_EMULATOR_NAMESPACE: this.name }),
    };
    return Object.fromEntries(Object.entries(variables).map(([name, value]) => [prefix + name, value]));
  }

  /** Put a script in front of all others; its name. `script("It rains.", { content: "How is the weather?" })`. */
  async script(reply?: Reply | Script, parts?: ScriptParts): Promise<string> {
    const [name] = await this.addScripts([wholeScript(reply, parts)]);
    return name as string;
  }

  /** Put scripts in front of all others; their names. Those that can never answer are told on the console. */
  async addScripts(scripts: readonly Script[]): Promise<string[]> {
    const named = await this.control<{ name: string; hint?: string }[]>("POST", "/scripts", scripts);
    const hints = named.flatMap(({ name, hint }) => (hint ? [`script ${name}: ${hint}`] : []));
    this.#hints.push(...hints);
    for (const hint of hints) console.warn(hint);
    return named.map((one) => one.name);
  }

  /** What was told of scripts that were added and can never answer: a sentence each. */
  get hints(): readonly string[] {
    return this.#hints;
  }

  /** The scripts in the order in which they are tried, with how often each has answered. */
  scripts(): Promise<ScriptShown[]> {
    return this.control("GET", "/scripts");
  }

  /** Forget a script that was added. */
  async removeScript(name: string): Promise<void> {
    await this.control("DELETE", `/scripts/${quoted(name)}`);
  }

  /** Put a fault in front of all others: `fault({ operation: "runtime.execute", status: 503, times: 1 })`. */
  async fault(fault: Fault): Promise<FaultShown> {
    const [added] = await this.control<FaultShown[]>("POST", "/faults", fault);
    return added as FaultShown;
  }

  /** The faults in the order in which they are tried, with what each has counted. */
  faults(): Promise<FaultShown[]> {
    return this.control("GET", "/faults");
  }

  /** Drop a fault; what hangs by it goes on. */
  async removeFault(id: string): Promise<void> {
    await this.control("DELETE", `/faults/${quoted(id)}`);
  }

  /** Switch to a scenario: its scripts and faults in place of those of the last one. `reset` leaves it. */
  scenario(name: string): Promise<Scenario> {
    return this.control("POST", `/scenarios/${quoted(name)}`);
  }

  /** What can be switched to, those of the seed first. */
  scenarios(): Promise<Scenario[]> {
    return this.control("GET", "/scenarios");
  }

  /** A named place where executions wait, by a script that says `gate`. */
  gate(name: string): Gate {
    return new Gate(this.#control, name);
  }

  /** What was asked and answered, newest last; with `tail` so many of the newest. */
  journal({ tail, ...match }: Match & { tail?: number } = {}): Promise<JournalEntry[]> {
    return this.#control.ask("GET", "/journal", { query: { limit: 1000, tail, ...match } });
  }

  /** The first request that matches, once it has come; one that the journal has already counts, unless it is `after` an id. */
  async waitFor(match: Match, { timeoutMs = PATIENCE_MS, after }: { timeoutMs?: number; after?: string } = {}): Promise<JournalEntry> {
    const body = { match, after, timeout_seconds: timeoutMs / 1000 };
    const [entry] = await this.#control.ask<JournalEntry[]>("POST", "/journal/wait", { body, extraMs: timeoutMs });
    return entry as JournalEntry;
  }

  /** Keep what the world is now; the name is chosen when left out. */
  snapshot(name?: string): Promise<Snapshot> {
    return this.control("POST", "/snapshots", { name });
  }

  /** Go back to a snapshot. */
  restore(name: string): Promise<Snapshot> {
    return this.control("POST", `/snapshots/${quoted(name)}/restore`);
  }

  /** Back to the seed, wholly, or only in these scopes: state, scripts, faults, clock, journal, …; the scopes that are back. */
  async reset(...scopes: ResetScope[]): Promise<string[]> {
    const query = { scope: scopes.length ? scopes.join(",") : undefined };
    return (await this.#control.ask<{ scope: string[] }>("POST", "/reset", { query })).scope;
  }

  /** Sessions of all accounts, newest activity first; 500 at most. */
  sessions(): Promise<SessionInfo[]> {
    return this.#control.ask("GET", "/sessions", { query: { limit: 500 } });
  }

  /** The newest messages of a session, oldest first, as its owner is shown them; 500 at most. */
  async messages(sessionId: string): Promise<HistoryMessage[]> {
    const path = `/sessions/${quoted(sessionId)}/messages`;
    return (await this.#control.ask<{ messages: HistoryMessage[] }>("GET", path, { query: { tail: 500 } })).messages;
  }

  /** What happened in a session, oldest first. */
  async executions(sessionId: string): Promise<Execution[]> {
    const path = `/sessions/${quoted(sessionId)}/executions`;
    return (await this.control<{ executions: Execution[] }>("GET", path)).executions;
  }

  /** The live socket, opened, and joined to a session; it is closed with the world. */
  async socket(sessionId: string, options: SocketOptions = {}): Promise<Socket> {
    this.#control.mustBeOpen();
    return Socket.open(this.#transport, this.headers, sessionId, options, this.#sockets);
  }

  /** Anything else of the control plane, about this world: `control("PUT", "/latency", { ms: 300 })`. */
  control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#control.ask(method, path, { body });
  }

  /** Close its sockets, and forget the world if it was made by newWorld(). Closing twice does nothing. */
  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#sockets].map((one) => one.close()));
    const deleted = this.#isOurs ? this.control("DELETE", `/namespaces/${quoted(this.name)}`) : undefined;
    this.#control.close(`The world ${this.name} is closed; make another with newWorld().`);
    await deleted?.catch((error: unknown) => {
      const isGone = error instanceof EmulatorError && (error.status === GONE || error.type === "unreachable" || error.type === "closed");
      if (!isGone) throw error; // with its emulator, it is gone, too
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
