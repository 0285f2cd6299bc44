// chat.mjs
/** What the agent answers to a message in a session. */
export async function ask({ baseUrl, apiKey, sessionId }, content) {
  const response = await fetch(`${baseUrl}/runtime/${sessionId}/execute/`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ content }),
  });
  if (response.status === 429 || response.status >= 500) return "The service is busy. Please try again.";
  if (!response.ok) throw new Error(`The service answered ${response.status}`);
  const { messages } = await response.json();
  return messages.map((message) => message.content).join("\n");
}
