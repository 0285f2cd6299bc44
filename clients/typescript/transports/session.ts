// A session of the Atthene Sessions API by plain requests: what `ai-sdk.ts` and `assistant-ui.ts` need of the service.

export type Content = string | Block[];
export type Block =
  | { type: "text"; text: string }
  | { type: "image_url"; image_url: { url: string } }
  | { type: "file"; file_url: string }
  | { type: "file"; source: { type: "base64"; media_type: string; filename: string; data: string } };
export type ToolCall = { id: string; name: string; arguments: Record<string, unknown>; result?: unknown };
export type Message = { id: string; role: string; content: Content; tool_calls?: ToolCall[] };

/** What an execution said; `problem`: why it did not come to its end. */
export type Answer = { messages: Message[]; problem?: string };

export interface SessionOptions {
  baseUrl: string; // with its path: http://localhost:8484/api/v1
  apiKey: string;
  agentKey: string; // of the agent that a session is made from when the first message is sent
  sessionId?: string | undefined; // one that is there already
}

/** The service refused, or was not there, `status` 0. `retryAfter`: seconds, where the service names them. */
export class ServiceError extends Error {
  override name = "ServiceError";

  constructor(message: string, readonly status: number, readonly retryAfter?: number) {
    super(retryAfter ? `${message}. Try again in ${retryAfter} s.` : message);
  }
}

export class Session {
  #id: Promise<string> | undefined;

  constructor(private readonly options: SessionOptions) {
    if (options.sessionId !== undefined) this.#id = Promise.resolve(options.sessionId);
  }

  /** The session's id; the session is made when it is first asked for. */
  id(): Promise<string> {
    return (this.#id ??= this.#made());
  }

  /** Send a message and wait for what is said. `signal` cancels the execution; then it is what is thrown. */
  async execute(content: Content, signal?: AbortSignal): Promise<Answer> {
    const path = `/runtime/${await this.id()}`;
    signal?.throwIfAborted();
    const gone = new AbortController(); // the request outlives its cancelling, or the execution would outlive the request
    const cancel = () => this.#ask("POST", `${path}/cancel/`).catch(() => undefined).finally(() => gone.abort());
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return answered(await this.#ask<Executed>("POST", `${path}/execute/`, { content }, gone.signal));
    } finally {
      signal?.removeEventListener("abort", cancel);
      signal?.throwIfAborted();
    }
  }

  /** What was said so far, oldest first. */
  async messages(): Promise<Message[]> {
    return (await this.#ask<{ messages: Message[] }>("GET", `/runtime/${await this.id()}/messages/?limit=100`)).messages;
  }

  #made(): Promise<string> {
    const path = `/sessions/from-agent/?${new URLSearchParams({ agent_key: this.options.agentKey })}`;
    const made = this.#ask<{ session_id: string }>("GET", path).then((found) => found.session_id);
    made.catch(() => { this.#id = undefined; }); // so that the next message makes another
    return made;
  }

  async #ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
    const headers = { "x-api-key": this.options.apiKey, ...(body && { "Content-Type": "application/json" }) };
    const request = { method, headers, body: body ? JSON.stringify(body) : null, signal: signal ?? null };
    const answer = await fetch(this.options.baseUrl + path, request).catch((error: unknown) => {
      throw signal?.aborted ? error : new ServiceError("The service cannot be reached.", 0);
    });
    const found = await answer.json().catch(() => undefined);
    if (answer.ok && found !== undefined) return found as T;
    const said = reason(found) ?? `The service answered ${answer.status}.`;
    throw new ServiceError(said, answer.status, secondsUntil(answer.headers.get("Retry-After")));
  }
}

type Executed = { status: string; messages?: Message[]; error?: string; metadata?: { error?: { message: string } } };

/** What a session is given for a file: by its address, or, if that is `data:…`, with its bytes. */
export function fileBlock(url: string, mediaType: string, filename = "file"): Block {
  if (mediaType.startsWith("image/")) return { type: "image_url", image_url: { url } };
  if (!url.startsWith("data:")) return { type: "file", file_url: url };
  const data = url.slice(url.indexOf(",") + 1);
  return { type: "file", source: { type: "base64", media_type: mediaType, filename, data } };
}

/** The text of a message, without its images and files. */
export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

/** Blocks as a message has them: a text alone is just that. */
export function contentOf(blocks: Block[]): Content {
  const [first] = blocks;
  return blocks.length === 1 && first?.type === "text" ? first.text : blocks;
}

function answered({ messages = [], error, metadata, status }: Executed): Answer {
  if (status === "completed") return { messages };
  return { messages, problem: metadata?.error?.message ?? error ?? `The execution ended as ${status}.` };
}

/** Why the service refused: `{"error": {"message"}}`, `{"error": "<code>", "message"}` or `{"error": "<text>"}`. */
function reason(body: { error?: string | { message: string }; message?: string } | undefined): string | undefined {
  return typeof body?.error === "object" ? body.error.message : body?.message ?? body?.error;
}

/** Retry-After is a number of seconds, or a date. */
function secondsUntil(after: string | null): number | undefined {
  if (after === null) return undefined;
  return /^\d+$/.test(after) ? Number(after) : Math.max(0, Math.ceil((Date.parse(after) - Date.now()) / 1000));
}
