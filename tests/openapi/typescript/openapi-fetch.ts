// A conversation with the types that openapi-typescript makes of contract `current`, and openapi-fetch.
// test_typescript_clients.py compiles this and runs it.
import createClient from "openapi-fetch";
import type { components, paths } from "./atthene-api.js";

declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { "x-api-key": key } });

const agents = await api.GET("/agent/");
if (agents.error) throw new Error(agents.error.error.message);
console.log(agents.data.map((agent) => agent.agent_key).join(" "));

const configuration: components["schemas"]["ConfigurationSystem"] = {
  name: "Support",
  agents: [{ name: "support_agent", agent_type: "llm_agent", prompt_config: { system_prompt: "Help {{ variables.user }}." } }],
  variables: { user: { type: "str", default: "them" } },
};
const created = await api.POST("/sessions/", { body: configuration });
if (created.error) throw new Error(created.error.error.message);
const path = { session_id: created.data.session_id };

const executed = await api.POST("/runtime/{session_id}/execute/", {
  params: { path },
  body: { content: [{ type: "text", text: "Hello" }], inputs: { user: "Ada" }, correlation_id: "corr_123" },
});
if (executed.error) throw new Error(JSON.stringify(executed.error));
if (!("messages" in executed.data)) throw new Error(executed.data.error); // it took longer than it may
const spoken: string[] = executed.data.messages.map((message) => message.content);
const tokens: number = executed.data.metadata.usage.input_tokens;
console.log(executed.data.object, spoken.join(" "), tokens > 0, executed.data.metadata.correlation_id);

const history = await api.GET("/runtime/{session_id}/messages/", { params: { path, query: { limit: 10 } } });
if (history.error) throw new Error(history.error.error.message);
const texts = (blocks: components["schemas"]["ContentBlock"][]) => blocks.map((block) => (block.type === "text" ? block.text : block.type));
const [first] = history.data.messages;
console.log(typeof first.content === "string" ? first.content : texts(first.content).join(" "), history.data.total, history.data.has_more);

const status = await api.GET("/runtime/{session_id}/status/", { params: { path } });
console.log(status.data?.status, status.data?.health);

const form = new FormData();
form.append("file", new Blob(["Unplug it first."]), "safety.txt");
const uploaded = await api.POST("/files/", { body: { file: "" }, bodySerializer: () => form });
console.log(uploaded.data?.original_filename, uploaded.data?.size_bytes);

const unknown = await api.GET("/sessions/{session_id}/", { params: { path: { session_id: "session_none" } } });
const kind: components["schemas"]["ErrorType"] | undefined = unknown.error?.error.type;
console.log(unknown.response.status, kind === "not_found");
