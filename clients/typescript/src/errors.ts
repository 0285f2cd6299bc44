// What goes wrong, each with a sentence that says what to do about it.

/** A mistake that was found in what was sent: where it is, and what is wrong there. */
export interface Problem {
  field: string;
  message: string;
}

/**
 * What kind of error it is: `emulator_error`: the emulator refuses, as the sentence says; `unreachable`: no emulator answers, or not any
 * more; `timeout`: what was waited for has not come; `setup`: what was named to be started or reached cannot be; `closed`: it was closed,
 * by whoever; `refused`: no socket was opened; otherwise the `error_code` of an error frame.
 */
export type ErrorType = "emulator_error" | "unreachable" | "timeout" | "setup" | "closed" | "refused" | (string & {});

/** What an EmulatorError knows besides its sentence. */
export interface ErrorFacts {
  /** Of the answer; 0 where there was none. */
  status?: number;
  type: ErrorType;
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
  readonly type: ErrorType;
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
    return problemsOf(this.details);
  }
}

/** The mistakes that the details of a refusal name. */
export function problemsOf({ errors }: { readonly errors?: unknown }): readonly Problem[] {
  return Array.isArray(errors) ? (errors as Problem[]) : [];
}
