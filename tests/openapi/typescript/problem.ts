/** What went wrong, in a line: `error` as a client gives it, which is our envelope, a flat error, a proxy's page or an exception. */
export function problemOf(error: unknown, response?: Response): string {
  const { error: inner, message } = Object(error) as { error?: unknown; message?: unknown };
  const told = [Object(inner).message, message, inner, error].find((one) => typeof one === "string" && one);
  return `${response?.status ?? "no answer"}: ${told ?? "no reason"}`;
}
