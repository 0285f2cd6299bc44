// A running emulator, in which worlds are made.
import { ControlPlane } from "./control-plane.js";
import { EmulatorError } from "./errors.js";
import type { Transport } from "./transport.js";
import type { Contract, Seed } from "./types.js";
import { World } from "./world.js";

/** What a new world is. */
export interface WorldOptions {
  /** A name of a bundled seed, a seed itself, or several of which later ones add; without it what the emulator was started with. */
  seed?: Seed | readonly Seed[] | undefined;
  /** Letters, digits, -, _ and .; chosen when left out. */
  name?: string | undefined;
  /** How long it is kept when nobody uses it; for good when left out. */
  ttlSeconds?: number | undefined;
  contract?: Contract | undefined;
  /** Name of a world to go on from, in place of a seed. */
  from?: string | undefined;
  /** Go on from this snapshot of it. */
  snapshot?: string | undefined;
}

interface Namespace {
  name: string;
  api_key: string | null;
}

export class Emulator implements AsyncDisposable {
  /** `http://host:port`. */
  readonly url: string;
  /** The API of its first world, `default`. */
  readonly baseUrl: string;
  readonly #transport: Transport;
  readonly #control: ControlPlane;
  readonly #end: () => Promise<void>;
  #closed: Promise<void> | undefined;

  private constructor(
    transport: Transport,
    control: ControlPlane,
    end: () => Promise<void>,
    /** Its version. */
    readonly version: string,
    /** A key of its first world, `default`; empty where it has none that may do everything. */
    readonly apiKey: string,
  ) {
    this.url = transport.url;
    this.baseUrl = `${transport.url}/api/v1`;
    this.#transport = transport;
    this.#control = control;
    this.#end = end;
  }

  /** The one that answers; `end` stops it, if it is ours to stop. */
  static async reached(transport: Transport, token: string | undefined, end: () => Promise<void>): Promise<Emulator> {
    const control = new ControlPlane(transport, token);
    const [health, namespaces] = await Promise.all([
      control.ask<{ version?: string } | null>("GET", "/health"),
      control.ask<Namespace[]>("GET", "/namespaces"),
    ]);
    const version = health?.version;
    if (version === undefined || !Array.isArray(namespaces)) {
      throw control.stranger("GET", "/__emulator/health", { status: 200, text: JSON.stringify(health) });
    }
    return new Emulator(transport, control, end, version, keyOf(namespaces, "default") ?? "");
  }

  /** A new world with a key of its own. */
  async newWorld({ ttlSeconds, ...options }: WorldOptions = {}): Promise<World> {
    const body = { ...options, ttl_seconds: ttlSeconds };
    const made = await this.#control.ask<Namespace>("POST", "/namespaces", { body });
    return new World(this.#transport, this.#control.token, { name: made.name, apiKey: made.api_key ?? "", isOurs: true });
  }

  /** A world that is there already; closing it deletes nothing. */
  async world(name = "default"): Promise<World> {
    const namespaces = await this.#control.ask<Namespace[]>("GET", "/namespaces");
    const apiKey = keyOf(namespaces, name);
    if (apiKey === undefined) {
      const there = namespaces.map((one) => one.name).join(", ");
      throw new EmulatorError(`There is no world ${name}; there are ${there}. newWorld({ name }) makes one.`, { type: "setup" });
    }
    return new World(this.#transport, this.#control.token, { name, apiKey: apiKey ?? "", isOurs: false });
  }

  /** Stop it, if `start` has started it; after `attach` close the connections. Closing twice does nothing. */
  close(): Promise<void> {
    return (this.#closed ??= this.#stop());
  }

  #stop(): Promise<void> {
    this.#transport.close();
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function keyOf(namespaces: readonly Namespace[], name: string): string | null | undefined {
  return namespaces.find((one) => one.name === name)?.api_key;
}
