// Create a session, look at it, send a message, read the history: with the types that the document of contract
// `current` generates, and nothing of ours besides. test_generated_clients.py compiles this and runs it.
import createClient from "openapi-fetch";
import type { components, paths } from "./current.js";

declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { "x-api-key": key } });

const configuration: components["schemas"]["ConfigurationSystem"] = {
  name: "Support",
  agents: [{ name: "support_agent", agent_type: "llm_agent", prompt_config: { system_prompt: "Help {{ variables.user }}." } }],
  variables: { user: { type: "str", default: "them" } },
};

const created = await api.POST("/sessions/", { body: configuration });
if (created.error) throw new Error(created.error.error.message);
const path = { session_id: created.data.session_id };

const got = await api.GET("/sessions/{session_id}/", { params: { path } });
if (got.error) throw new Error(got.error.error.message);
console.log(got.data.status, got.data.agent_config["name"]);

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
console.log(history.data.messages.map((message) => message.role).join(" "), history.data.total, history.data.has_more);

const unknown = await api.GET("/sessions/{session_id}/", { params: { path: { session_id: "session_none" } } });
console.log(unknown.response.status, unknown.error?.error.type);
