// src/Messages.stories.jsx
import { Messages } from "./Messages";

export default {
  component: Messages,
  loaders: [async () => (await fetch("/api/v1/runtime/session_abc123/messages/")).json()],
  render: (_, { loaded: { messages } }) => <Messages messages={messages} />,
};

export const Conversation = {}; // what the seed has; another session or scenario gives another story
