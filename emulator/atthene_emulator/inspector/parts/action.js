/** What somebody does by pressing a button: one thing at a time; what is refused stays in sight. */

import { html, useLayoutEffect, useRef, useState } from "../preact.js";
import { say } from "../store.js";
import { Problem } from "./problem.js";

/** `{act, error}`: `act(work, said)` does it, and answers whether that came off.
 *
 * `said` is what is said then, see `say`: a text, or a function of what `work` has answered. What is pressed meanwhile is
 * left out, so that nothing is sent twice by a second click; with `inTurn` it is done afterwards. */
export function useAction({ inTurn = false } = {}) {
  const [error, set] = useState(null);
  const last = useRef(null); // what is being done, and what is to be done after it
  const perform = async (work, said) => {
    try {
      const value = await work();
      set(null);
      if (said) say(typeof said === "function" ? said(value) : said);
      return true;
    } catch (refused) {
      set(refused);
      return false;
    }
  };
  const act = async (work, said) => {
    if (last.current !== null && !inTurn) return false;
    const mine = Promise.resolve(last.current).then(() => perform(work, said));
    last.current = mine;
    const done = await mine;
    if (last.current === mine) last.current = null;
    return done;
  };
  return { act, error };
}

/** What goes away with the thing that it was about leaves the focus to the content of the page, rather than to nothing. */
export function useFocusLeft(element) {
  useLayoutEffect(() => { // which ends while the element still has the focus
    const here = element.current;
    return () => here.contains(document.activeElement) && document.getElementById("main")?.focus({ preventScroll: true });
  }, []);
}

/** A button that does something at once, and shows beside it what was refused. */
export function ActionButton({ work, said, children, label, kind = "small" }) {
  const { act, error } = useAction();
  const here = useRef(null);
  useFocusLeft(here);
  return html`
    <button type="button" ref=${here} class=${kind} aria-label=${label} onClick=${() => act(work, said)}>${children}</button>
    <${Problem} error=${error} />
  `;
}
