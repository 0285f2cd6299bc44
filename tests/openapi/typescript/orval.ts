// A conversation with the functions that orval makes of contract `current`. test_typescript_clients.py compiles this and runs it.
import { createSession, execute, getSession, getSessionStatus, listAgents, listMessages, uploadFile } from "./orval/atthene.js";
import type { ConfigurationSystem, ContentBlock, ErrorType } from "./orval/atthene.js";

const agents = await listAgents();
if (agents.status !== 200) throw new Error(agents.data.error.message);
console.log(agents.data.map((agent) => agent.agent_key).join(" "));

const configuration: ConfigurationSystem = {
  name: "Support",
  agents: [{ name: "support_agent", agent_type: "llm_agent", prompt_config: { system_prompt: "Help {{ variables.user }}." } }],
  variables: { user: { type: "str", default: "them" } },
};
const created = await createSession(configuration);
if (created.status !== 201) throw new Error(created.data.error.message);
const session = created.data.session_id;

const executed = await execute(session, { content: [{ type: "text", text: "Hello" }], inputs: { user: "Ada" }, correlation_id: "corr_123" });
if (executed.status !== 200) throw new Error(JSON.stringify(executed.data));
if (!("messages" in executed.data)) throw new Error(executed.data.error); // it took longer than it may
const spoken: string[] = executed.data.messages.map((message) => message.content);
const tokens: number = executed.data.metadata.usage.input_tokens;
console.log(executed.data.object, spoken.join(" "), tokens > 0, executed.data.metadata.correlation_id);

const history = await listMessages(session, { limit: 10 });
if (history.status !== 200) throw new Error(history.data.error.message);
const texts = (blocks: ContentBlock[]) => blocks.map((block) => (block.type === "text" ? block.text : block.type));
const [first] = history.data.messages;
console.log(typeof first.content === "string" ? first.content : texts(first.content).join(" "), history.data.total, history.data.has_more);

const status = await getSessionStatus(session);
if (status.status === 200) console.log(status.data.status, status.data.health);

const uploaded = await uploadFile({ file: new File(["Unplug it first."], "safety.txt") });
if (uploaded.status === 201) console.log(uploaded.data.original_filename, uploaded.data.size_bytes);

const unknown = await getSession("session_none");
const kind: ErrorType | undefined = unknown.status === 404 ? unknown.data.error.type : undefined;
console.log(unknown.status, kind === "not_found");
