/** What the control plane says, in a component: asked when it is first shown, and again when something has happened. */

import { ask } from "./control.js";
import { useCallback, useEffect, useRef, useState } from "./preact.js";
import { useLive } from "./live.js";
import { useRoute } from "./route.js";
import { useStore } from "./store.js";

const SETTLE = 150; // milliseconds in which further events lead to one question; more where answers take long

/** `{value, headers, error, asking, again}` of a question to the control plane.
 *
 * `on` says which events lead to another question: their kinds, or a function that is given the event; a new beginning of the
 * events does, too, unless it is null. A `path` of null asks
 * nothing. What was answered last stays until the next answer is there; for another path it is forgotten. */
export function useAsked(path, { query = {}, on = ["control", "session", "request"], namespace } = {}) {
  const { namespace: current } = useRoute();
  const token = useStore((state) => state.token);
  const where = namespace === undefined ? current : namespace;
  const key = JSON.stringify([path, query, where, token]);
  const [state, set] = useState({ key, value: undefined, headers: null, error: null });
  const latest = useRef(null);
  const timer = useRef(null);
  const took = useRef(0);
  const wanted = useRef(on);
  wanted.current = on;

  const again = useCallback(async () => {
    latest.current?.abort();
    if (path === null) return;
    const asking = new AbortController();
    latest.current = asking;
    const begun = performance.now();
    try {
      const { value, headers } = await ask("GET", path, { query, namespace: where, signal: asking.signal });
      took.current = performance.now() - begun;
      set({ key, value, headers, error: null });
    } catch (error) {
      if (error.name !== "AbortError") set((before) => ({ ...(before.key === key ? before : { value: undefined, headers: null }), key, error }));
    }
  }, [key]);

  useEffect(() => {
    void again();
    return () => {
      latest.current?.abort();
      clearTimeout(timer.current);
      timer.current = null;
    };
  }, [again]);

  useLive((event) => {
    if (on === null) return;
    const matters = event.kind === "begin" || event.kind === "gap" || (typeof on === "function" ? on(event) : on.includes(event.kind));
    if (!matters || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      if (wanted.current !== null) void again(); // it may have been held meanwhile
    }, SETTLE + 3 * took.current);
  });

  const mine = state.key === key ? state : { value: undefined, headers: null, error: null };
  return { ...mine, asking: mine.value === undefined && mine.error === null && path !== null, again };
}
