import { AttheneAgent } from "./agent.js";

const socketUrl = "ws://localhost:8484/ws/amas/?authorization=Bearer%20test-key";
const agent = new AttheneAgent({ socketUrl, sessionId: "session_approval" }); // of the scenario `approval`
agent.addMessage({ id: "1", role: "user", content: "Invite Ada" });
await agent.runAgent();
for (const { id, message, metadata } of agent.pendingInterrupts) {
  console.log(message, metadata.tool_args.subject);
  await agent.runAgent({ resume: [{ interruptId: id, status: "resolved", payload: { kind: "accept" } }] });
}
console.log(agent.messages.at(-1).content);
