// What execute answers in the other contracts, to be compiled only.
import type { components as Connecting } from "./openapi-typescript/connecting.js";
import type { components as Reference } from "./openapi-typescript/reference.js";

export function replied(execution: Reference["schemas"]["Execution"]): string {
  return "response" in execution ? execution.response.content : execution.error;
}

export function spoken(execution: Connecting["schemas"]["Execution"]): string[] {
  const kind: "execution_result" = execution.type;
  return execution.messages.map((message) => `${kind}: ${message.content}`);
}
