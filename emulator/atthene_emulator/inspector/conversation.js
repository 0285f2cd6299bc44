/** A session over the live socket, as an app holds it: opened with the first thing that is said, closed when the view is left. */

import { useEffect, useRef, useState } from "./preact.js";

const CLOSED = { 1006: "The connection was lost. What does not stand in the conversation was not sent.", 1012: "The namespace was reset, or went back to a snapshot." };
const SOCKET = new URL("../../ws/amas/", import.meta.url);

/** `{texts, error, say, decide, cancel}`; the last three tell whether it was sent.
 *
 * `texts` are those that are being written, `{id, agent, text}`; they go when their turn has ended, since the history has them then.
 * `onEnd` is called when a turn ends or a pause begins. */
export function useConversation({ sessionId, apiKey, namespace, onEnd }) {
  const [texts, setTexts] = useState([]);
  const [error, setError] = useState(null);
  const socket = useRef(null);
  const agents = useRef({});
  const ended = useRef(onEnd);
  ended.current = onEnd;

  useEffect(() => () => socket.current?.close(), [sessionId, apiKey, namespace]);

  const take = (frame) => {
    if (frame.type === "error") return setError(new Error(`${frame.message} (${frame.error_code})`));
    if (frame.type === "execution_result") {
      setTexts([]);
      return ended.current();
    }
    const event = frame.payload ?? {};
    if (event.type === "RunStarted") agents.current[event.run_id] = event.agent_name;
    else if (event.type === "TextMessageStart") setTexts((before) => [...before, { id: event.messageId, agent: agents.current[event.run_id], text: "" }]);
    else if (event.type === "TextMessageContent") setTexts((before) => before.map((one) => (one.id === event.messageId ? { ...one, text: one.text + event.delta } : one)));
    else if (event.type === "HitlRequired" || event.type === "HitlResolved") ended.current();
    return undefined;
  };

  const opened = () => {
    if (socket.current?.readyState === WebSocket.OPEN) return Promise.resolve(socket.current);
    return new Promise((resolve, reject) => {
      const url = new URL(SOCKET);
      url.protocol = SOCKET.protocol.replace("http", "ws");
      url.search = new URLSearchParams({ authorization: `Bearer ${apiKey}`, emulator_namespace: namespace });
      const one = (socket.current = new WebSocket(url));
      one.onopen = () => {
        one.send(JSON.stringify({ type: "connect", client_type: "web_frontend", session_id: sessionId }));
        resolve(one);
      };
      one.onmessage = ({ data }) => take(JSON.parse(data));
      one.onclose = ({ code, reason }) => {
        setTexts([]);
        const why = new Error(reason || CLOSED[code] || `The socket was closed with ${code}.`);
        if (code !== 1000 && code !== 1005) setError(why);
        reject(why);
      };
    });
  };

  const send = async (type, fields) => {
    setError(null);
    try {
      const one = await opened();
      one.send(JSON.stringify({ type, client_type: "web_frontend", session_id: sessionId, ...fields }));
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    }
  };

  return {
    texts,
    error,
    say: (content) => send("user_message", { content }),
    decide: (toolCallId, data) => send("hitl_response", { tool_call_id: toolCallId, data }),
    cancel: () => send("cancel_execution", {}),
  };
}
