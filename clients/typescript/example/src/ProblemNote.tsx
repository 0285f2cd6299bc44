// What went wrong, and the button that tries again, once it may.
import { useEffect, useState } from "react";
import type { Problem } from "./problem";

export function ProblemNote({ problem, retry }: { problem: Problem; retry: () => void }) {
  const [seconds, setSeconds] = useState(problem.retryAfter);

  useEffect(() => {
    setSeconds(problem.retryAfter);
    const timer = setInterval(() => setSeconds((left) => Math.max(0, left - 1)), 1000);
    return () => clearInterval(timer);
  }, [problem]);

  return (
    <div role="alert">
      <p>{problem.message}</p>
      {problem.canRetry && (
        <button disabled={seconds > 0} onClick={retry}>{seconds > 0 ? `Try again in ${seconds} s` : "Try again"}</button>
      )}
    </div>
  );
}
