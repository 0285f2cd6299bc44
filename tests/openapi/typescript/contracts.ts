// What execute answers in the other contracts, to be compiled only.
import type { components as Connecting } from "./connecting.js";
import type { components as Reference } from "./reference.js";

export function replied(execution: Reference["schemas"]["Execution"]): string {
  return "response" in execution ? execution.response.content : execution.error;
}

export function spoken(execution: Connecting["schemas"]["Execution"]): string[] {
  const kind: "execution_result" = execution.type;
  return execution.messages.map((message) => `${kind}: ${message.content}`);
}
