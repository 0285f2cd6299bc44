// What goes wrong, each with a sentence that says what to do about it.

/** A mistake that was found in what was sent: where it is, and what is wrong there. */
export interface Problem {
  field: string;
  message: string;
}

/** What an EmulatorError knows besides its sentence. */
export interface ErrorFacts {
  /** Of the answer; 0 where there was none. */
  status?: number;
  /** As the answer names it, such as emulator_error; `unreachable`, `timeout`, `setup` or `closed` where there was none. */
  type: string;
  /** Of the request, such as POST; empty where it is about none. */
  method?: string;
  /** Of the request, below the emulator's URL. */
  path?: string;
  /** What the answer says besides. */
  details?: Readonly<Record<string, unknown>>;
}

/** The emulator says no, does not answer, or what was waited for has not come. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
  readonly status: number;
  readonly type: string;
  readonly method: string;
  readonly path: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, { status = 0, type, method = "", path = "", details = {} }: ErrorFacts) {
    super(message);
    this.status = status;
    this.type = type;
    this.method = method;
    this.path = path;
    this.details = details;
  }

  /** Each mistake that was found in what was sent. */
  get problems(): readonly Problem[] {
    return Array.isArray(this.details["errors"]) ? (this.details["errors"] as Problem[]) : [];
  }
}
