// Everything that can go wrong, as the function of the documentation tells it. test_typescript_clients.py compiles this and runs it.
import createClient from "openapi-fetch";
import type { paths } from "./atthene-api.js";
import { createSession, execute } from "./src/atthene/index.js";
import { client } from "./src/atthene/client.gen.js";
import { problemOf } from "./problem.js";

declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);
client.setConfig({ baseUrl, auth: key });

const empty = await createSession({ body: { name: "" } as never });
console.log(problemOf(empty.error, empty.response).split(":")[0], "envelope");

const variables = { plan: { type: "str" as const } };
const made = await createSession({
  body: { name: "Desk", agents: [{ name: "desk", agent_type: "llm_agent", prompt_config: { system_prompt: "{{ variables.plan }}" } }], variables },
  throwOnError: true,
});
const flat = await execute({ path: { session_id: made.data.session_id }, body: { content: "Hello" } });
console.log(problemOf(flat.error, flat.response));

const gateway = async () => new Response("Bad Gateway", { status: 502 });
const behind = await execute({ path: { session_id: "any" }, body: { content: "Hello" }, fetch: gateway });
console.log(problemOf(behind.error, behind.response));
const other = await createClient<paths>({ baseUrl, fetch: gateway }).GET("/agent/");
console.log(problemOf(other.error, other.response));

const closed = async () => { throw new TypeError("fetch failed"); };
const lost = await execute({ path: { session_id: "any" }, body: { content: "Hello" }, fetch: closed });
console.log(problemOf(lost.error, lost.response));
