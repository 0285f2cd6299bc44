/** When to ask again: which events may have changed what a part of this view shows. */

import { useEffect, useRef } from "../../preact.js";

const WHOLE = ["/reset", "/clear", "/restore", "/scenarios/", "/provider-states"]; // what changes everything in a namespace

/** Whether an event is of a request to the control plane that is about one of these paths, or changes everything. */
export const concerns = (...paths) => ({ kind, data }) => kind === "control" && [...WHOLE, ...paths].some((one) => data.path.includes(one));

/** Ask again so many milliseconds after each answer, for what changes without an event; not while nobody looks, nor if `ms` is null. */
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
