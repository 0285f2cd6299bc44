// A conversation with the client that @hey-api/openapi-ts makes of contract `current`. test_typescript_clients.py compiles this and runs it.
import { client } from "./src/atthene/client.gen.js";
import { createSession, execute, getSession, getSessionStatus, listAgents, listMessages, uploadFile } from "./src/atthene/index.js";
import type { ConfigurationSystem, ContentBlock, ErrorType } from "./src/atthene/index.js";

declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);
client.setConfig({ baseUrl, auth: key });

const agents = await listAgents({ throwOnError: true });
console.log(agents.data.map((agent) => agent.agent_key).join(" "));

const configuration: ConfigurationSystem = {
  name: "Support",
  agents: [{ name: "support_agent", agent_type: "llm_agent", prompt_config: { system_prompt: "Help {{ variables.user }}." } }],
  variables: { user: { type: "str", default: "them" } },
};
const created = await createSession({ body: configuration, throwOnError: true });
const path = { session_id: created.data.session_id };

const executed = await execute({
  path,
  body: { content: [{ type: "text", text: "Hello" }], inputs: { user: "Ada" }, correlation_id: "corr_123" },
  throwOnError: true,
});
if (!("messages" in executed.data)) throw new Error(executed.data.error); // it took longer than it may
const spoken: string[] = executed.data.messages.map((message) => message.content);
const tokens: number = executed.data.metadata.usage.input_tokens;
console.log(executed.data.object, spoken.join(" "), tokens > 0, executed.data.metadata.correlation_id);

const history = await listMessages({ path, query: { limit: 10 }, throwOnError: true });
const texts = (blocks: ContentBlock[]) => blocks.map((block) => (block.type === "text" ? block.text : block.type));
const [first] = history.data.messages;
console.log(typeof first.content === "string" ? first.content : texts(first.content).join(" "), history.data.total, history.data.has_more);

const status = await getSessionStatus({ path });
console.log(status.data?.status, status.data?.health);

const uploaded = await uploadFile({ body: { file: new File(["Unplug it first."], "safety.txt") } });
console.log(uploaded.data?.original_filename, uploaded.data?.size_bytes);

const unknown = await getSession({ path: { session_id: "session_none" } });
const kind: ErrorType | undefined = unknown.error?.error.type;
console.log(unknown.response?.status, kind === "not_found");
