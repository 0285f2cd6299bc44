/** Asking again by the clock, for what changes without an event. */

import { useEffect, useRef } from "./preact.js";

/** Ask again so many milliseconds after each answer; not while nobody looks, nor if `ms` is null. */
export function useEvery(ms, again) {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    if (ms === null) return undefined;
    let timer = null;
    const wait = () => {
      timer = setTimeout(async () => {
        if (!document.hidden) await latest.current();
        if (timer !== null) wait();
      }, ms);
    };
    wait();
    return () => {
      clearTimeout(timer);
      timer = null;
    };
  }, [ms]);
}
