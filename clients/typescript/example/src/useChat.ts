// A session as a hook: streamed over the live socket, or, where there is none, by plain requests.
import { useEffect, useReducer, useRef, useState, type Dispatch } from "react";
import { BEGINNING, next, textOf, type Action } from "./chat";
import { Problem } from "./problem";
import * as service from "./service";
import { LiveSession, type Answer, type Listener } from "./socket";

type Attempt = (task: () => Promise<void>, retry: (problem: Problem) => void) => Promise<void>;

/** The live socket of a session, as long as the page is shown: null until it is open, and where there is none. */
function useLiveSession(sessionId: string, tell: Dispatch<Action>, attempt: Attempt) {
  const live = useRef<LiveSession | null>(null);
  const isOurs = useRef(false); // the turn that runs was begun by this page
  const [tries, setTries] = useState(0);

  const load = () => attempt(async () => tell({ type: "history", messages: await service.history(sessionId) }), load);

  const fail = (message: string) => tell({ type: "failed", problem: new Problem(message) });
  const listener: Listener = {
    connection(connection) {
      tell({ type: "connection", connection });
      if (connection !== "plain") return;
      live.current = null;
      if (isOurs.current) void load();
    },
    event(event) {
      tell({ type: "event", event });
      if (event.type === "ExecutionError") fail(`The assistant could not finish: ${event.message}.`);
    },
    ended(error) {
      if (!isOurs.current) void load();
      else if (error === null || error === "Execution cancelled") tell({ type: "ended" });
      isOurs.current = false;
    },
    refused: fail,
  };

  useEffect(() => {
    let isGone = false;
    void attempt(async () => {
      const [messages, isRunning] = await Promise.all([service.history(sessionId), service.isBusy(sessionId)]);
      if (isGone) return;
      tell({ type: "history", messages });
      live.current = new LiveSession(sessionId, listener, isRunning);
    }, () => setTries(tries + 1));
    return () => {
      isGone = true;
      live.current?.close();
    };
  }, [sessionId, tries]);

  return { live, isOurs, load };
}

export function useChat(sessionId: string) {
  const [chat, tell] = useReducer(next, BEGINNING);
  const again = useRef<() => void>(() => {});

  /** Do something, and be ready to do it again. */
  async function attempt(task: () => Promise<void>, retry: (problem: Problem) => void) {
    try {
      await task();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      again.current = () => retry(problem);
      tell({ type: "failed", problem });
    }
  }

  const { live, isOurs, load } = useLiveSession(sessionId, tell, attempt);

  function say(text: string, image?: File, before?: Problem) {
    const shown = image ? `${text} [image]` : text; // as the history will show it
    tell({ type: "said", text: shown, again: before !== undefined });
    again.current = () => say(text, image, new Problem(""));
    void attempt(async () => {
      if (before?.nature.isUncertain && (await hasArrived(shown))) return load();
      const content = await service.withImage(text, image);
      isOurs.current = live.current !== null;
      if (live.current) return live.current.say(content);
      const { messages, problem } = await service.answers(sessionId, content);
      tell({ type: "answered", messages });
      if (problem) tell({ type: "failed", problem });
    }, (problem) => say(text, image, problem));
  }

  /** Whether the service has a message that this page was not told of. */
  async function hasArrived(text: string): Promise<boolean> {
    const messages = await service.history(sessionId);
    const known = chat.settled.filter((item) => item.who === "You" && item.text === text).length;
    return messages.filter((one) => one.role === "user" && textOf(one.content) === text).length > known;
  }

  function answer(data: Answer) {
    again.current = () => answer(data);
    if (chat.pause) live.current?.answer(chat.pause.tool_call_id, data);
  }

  function stop() {
    if (live.current) live.current.cancel();
    else void attempt(() => service.cancel(sessionId), stop);
  }

  return { chat, say, stop, answer, retry: () => again.current() };
}
