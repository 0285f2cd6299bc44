// What went wrong, as a person is told.

interface Nature {
  isFinal?: boolean; // trying again is of no use
  isUncertain?: boolean; // the service may have done what it was asked for
  retryAfter?: number | undefined; // seconds until it may be tried again
}

export class Problem extends Error {
  constructor(message: string, readonly nature: Nature = {}) {
    super(message);
  }
}

/** A request that no answer came to. A page is not told why: the network, or an answer that it may not read. */
export const unanswered = () => new Problem("The connection was lost.", { isUncertain: true });

/** An answer that is none of those that were asked for; `body`: what it has, as far as it is JSON. */
export function refusal({ status, headers }: Response, body: unknown): Problem {
  const why = reason(body);
  const retryAfter = secondsUntil(headers.get("Retry-After"));
  switch (status) {
    case 401: return new Problem(`Your key is not accepted: ${why}.`, { isFinal: true });
    case 403: return new Problem(`You may not do this: ${why}.`, { isFinal: true });
    case 404: return new Problem("There is no such conversation.", { isFinal: true });
    case 409: return new Problem("Somebody has to answer a question of this conversation first.");
    case 429: return new Problem("That was too fast.", { retryAfter });
    case 503: return new Problem("The service is overloaded.", { retryAfter });
    case 504: return new Problem("The service took too long.", { isUncertain: true });
  }
  if (why === undefined) return new Problem(`Something between here and the service answered ${status}.`, { isUncertain: true });
  return new Problem(`The service failed: ${why}.`, { isFinal: status < 500 });
}

/** `Retry-After`, which has seconds or a date; undefined where it asks for no time. */
function secondsUntil(text: string | null): number | undefined {
  const seconds = Number(text) || Math.ceil((Date.parse(text ?? "") - Date.now()) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** Errors are `{"error": {"message"}}`, or flat. */
function reason(body: unknown): string | undefined {
  const { error, message } = (typeof body === "object" && body ? body : {}) as { error?: unknown; message?: string };
  if (typeof error === "object" && error && "message" in error) return String(error.message);
  return message ?? (typeof error === "string" ? error : undefined);
}
