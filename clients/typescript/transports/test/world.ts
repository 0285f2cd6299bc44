// A world for each test.
import { useWorld } from "atthene-emulator/vitest";

export const world = useWorld();

/** What a transport is told of the service. */
export const service = () => ({ baseUrl: world.baseUrl, apiKey: world.apiKey, agentKey: "customer_support_agent" });

/** What a transport says of a request that the service refuses, by the fault. */
export const REFUSED = [
  { status: 503, said: "The service is overloaded; try again later" },
  { status: 504, said: "The service took too long to answer" },
  { status: 429, retry_after: { date: -5 }, said: "Rate limit exceeded" },
  { status: 429, retry_after: 7, said: "Rate limit exceeded. Try again in 7 s." },
] as const;
