// What must not compile; `npm run check` fails where it does.
import { AttheneAgent } from "../ag-ui.js";
import { AttheneTransport } from "../ai-sdk.js";
import { adapterOf } from "../assistant-ui.js";
import { Session } from "../session.js";

const service = { baseUrl: "http://localhost:8484/api/v1", apiKey: "test-key", agentKey: "customer_support_agent" };
const session = new Session(service);

// @ts-expect-error a transport makes sessions, and needs an agent for them
new AttheneTransport({ baseUrl: service.baseUrl, apiKey: service.apiKey });
// @ts-expect-error it has a session for each chat
new AttheneTransport({ ...service, sessionId: "session_abc123" });
// @ts-expect-error an agent is one session
new AttheneAgent({ socketUrl: "ws://localhost:8484/ws/amas/" });
// @ts-expect-error a model answers in a session
adapterOf(new AttheneTransport(service));
// @ts-expect-error a text block has a text
void session.execute([{ type: "text" }]);
// @ts-expect-error an answer may have no problem
void session.execute("Hello").then(({ problem }) => problem.length);
