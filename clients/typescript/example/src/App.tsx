// The pages: the agents to choose from, and a conversation, which the address names.
import { useEffect, useState } from "react";
import { Conversation } from "./Conversation";
import { ProblemNote } from "./ProblemNote";
import { Problem } from "./problem";
import { agents, start, type Agent } from "./service";

export function App() {
  const [sessionId, setSessionId] = useState(() => new URLSearchParams(location.search).get("session"));
  function open(id: string | null) {
    history.replaceState(null, "", id ? `?session=${id}` : location.pathname);
    setSessionId(id);
  }
  return (
    <main>
      <header>
        <h1>Chat</h1>
        {sessionId && <button onClick={() => open(null)}>New conversation</button>}
      </header>
      {sessionId ? <Conversation key={sessionId} sessionId={sessionId} /> : <Agents onStart={open} />}
    </main>
  );
}

function Agents({ onStart }: { onStart: (sessionId: string) => void }) {
  const [found, setFound] = useState<Agent[]>();
  const [failed, setFailed] = useState<{ problem: Problem; retry: () => void }>();

  async function attempt(task: () => Promise<void>) {
    setFailed(undefined);
    try {
      await task();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setFailed({ problem, retry: () => void attempt(task) });
    }
  }

  useEffect(() => void attempt(async () => setFound(await agents())), []);

  return (
    <section aria-label="Agents">
      <h2>Whom do you want to talk to?</h2>
      {!found && !failed && <p role="status">Loading …</p>}
      {failed && <ProblemNote {...failed} />}
      <ul>
        {found?.map(({ id, name }) => (
          <li key={id}>
            <button onClick={() => void attempt(async () => onStart(await start(id)))}>{name}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
