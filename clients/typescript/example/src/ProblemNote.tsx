// What went wrong, and the button that tries again, once it may.
import { useEffect, useState } from "react";
import type { Problem } from "./problem";

export function ProblemNote({ problem, retry }: { problem: Problem; retry: () => void }) {
  const { isFinal, retryAfter = 0 } = problem.nature;
  const [seconds, setSeconds] = useState(retryAfter);

  useEffect(() => {
    setSeconds(retryAfter);
    const timer = setInterval(() => setSeconds((left) => Math.max(0, left - 1)), 1000);
    return () => clearInterval(timer);
  }, [problem]);

  return (
    <div role="alert">
      <p>{problem.message}</p>
      {!isFinal && (
        <button disabled={seconds > 0} onClick={retry}>{seconds > 0 ? `Try again in ${seconds} s` : "Try again"}</button>
      )}
    </div>
  );
}
