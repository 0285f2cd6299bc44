// @vitest-environment happy-dom
import { useChat } from "@ai-sdk/react";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { AttheneTransport } from "../ai-sdk.js";
import { service, world } from "./world.js";

afterEach(cleanup);

function App({ transport }: { transport: AttheneTransport }) {
  const { messages, sendMessage, status, error, stop } = useChat({ transport });
  return (
    <main>
      {messages.map((one) => (
        <article key={one.id} aria-label={one.role}>
          {one.parts.map((part) => (part.type === "text" ? part.text : ""))}
        </article>
      ))}
      <button onClick={() => void sendMessage({ text: "Hello" })}>Send</button>
      <button onClick={() => void stop()}>Stop</button>
      <p role="status">{status}</p>
      <p role="alert">{error?.message}</p>
    </main>
  );
}

function open() {
  render(<App transport={new AttheneTransport(service())} />);
  fireEvent.click(screen.getByText("Send"));
}

test("useChat shows the answer", async () => {
  await world.script({ reply: "It rains." });
  open();
  expect((await screen.findByRole("article", { name: "assistant" })).textContent).toBe("It rains.");
  await screen.findByText("ready");
});

test("useChat shows why there is none", async () => {
  await world.fault({ operation: "runtime.execute", status: 429, retry_after: 7 });
  open();
  await screen.findByText("error");
  expect(screen.getByRole("alert").textContent).toBe("Rate limit exceeded. Try again in 7 s.");
});

test("useChat stops", async () => {
  await world.script({ gate: "thinking", reply: "Too late" });
  open();
  await world.gate("thinking").waitUntilWaiting();
  fireEvent.click(screen.getByText("Stop"));
  await screen.findByText("ready");
  expect(screen.queryByRole("article", { name: "assistant" })).toBeNull();
  expect(screen.getByRole("alert").textContent).toBe("");
});
