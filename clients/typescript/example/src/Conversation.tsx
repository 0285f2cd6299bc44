// A conversation: what was said, what a person is asked, and what is said next.
import { useState, type FormEvent, type KeyboardEvent } from "react";
import type { Chat } from "./chat";
import { ProblemNote } from "./ProblemNote";
import type { Answer, Pause } from "./socket";
import { useChat } from "./useChat";

export function Conversation({ sessionId }: { sessionId: string }) {
  const { chat, say, stop, answer, retry } = useChat(sessionId);
  const isConnected = chat.connection === "live" || chat.connection === "plain";
  return (
    <>
      <div role="log" aria-label="Conversation">
        {[...chat.settled, ...chat.turn].map(({ id, who, text }) => (
          <article key={id} aria-label={who} className={who.toLowerCase()} dir="auto">{text}</article>
        ))}
      </div>
      {chat.pause && <Approval key={chat.pause.tool_call_id} pause={chat.pause} isLive={chat.connection === "live"} onAnswer={answer} />}
      {chat.problem && <ProblemNote problem={chat.problem} retry={retry} />}
      <Composer isReady={isConnected && !chat.isRunning} onSay={say} />
      <footer>
        <p role="status">{statusOf(chat)}</p>
        {chat.isRunning && <button disabled={!isConnected} onClick={stop}>Stop</button>}
      </footer>
    </>
  );
}

function statusOf({ connection, pause, isRunning }: Chat): string {
  if (connection === "opening") return "Connecting …";
  if (connection === "lost") return "Reconnecting …";
  if (pause) return "Waiting for you";
  if (isRunning) return "Answering …";
  return connection === "plain" ? "Ready, without streaming" : "Ready";
}

function Composer({ isReady, onSay }: { isReady: boolean; onSay: (text: string, image?: File) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const image = form.get("image") as File;
    onSay(String(form.get("text")), image.size ? image : undefined);
    event.currentTarget.reset();
  }
  function submitByEnter(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (isReady) event.currentTarget.form?.requestSubmit();
  }
  return (
    <form onSubmit={submit} aria-label="Message">
      <label>Your message <textarea name="text" rows={2} required onKeyDown={submitByEnter} /></label>
      <label>Image <input type="file" name="image" accept="image/*" /></label>
      <button className="first" disabled={!isReady}>Send</button>
    </form>
  );
}

function Approval({ pause, isLive, onAnswer }: { pause: Pause; isLive: boolean; onAnswer: (answer: Answer) => void }) {
  const [args, setArgs] = useState(JSON.stringify(pause.tool_args, null, 2));
  const [feedback, setFeedback] = useState("");
  const edited = parsed(args);
  return (
    <form aria-label="Approval" onSubmit={(event) => event.preventDefault()}>
      <h2>{pause.display_text}</h2>
      <p>{pause.display_name}</p>
      <label>Arguments <textarea value={args} rows={6} onChange={(event) => setArgs(event.target.value)} aria-invalid={!edited} /></label>
      <label>Feedback <input value={feedback} onChange={(event) => setFeedback(event.target.value)} /></label>
      <button className="first" disabled={!edited || !isLive} onClick={() => edited && onAnswer({ kind: "accept", tool_args: edited })}>Accept</button>
      <button disabled={!isLive} onClick={() => onAnswer({ kind: "decline", feedback })}>Decline</button>
    </form>
  );
}

/** Arguments as they were written, if they are any. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value ? value : undefined;
  } catch {
    return undefined;
  }
}
