/** What the control plane says of a text while it is being typed. */

import { typeOf } from "../../client.js";
import { ask } from "../../control.js";
import { useEffect, useState } from "../../preact.js";

const PAUSE = 300; // milliseconds without a key before it is asked

/** `{value, valid, error, isFresh}`: what was said last, and what of the last text that was valid; `isFresh` says that it is of this text. */
export function useChecked(text, namespace) {
  const [state, set] = useState({ text: null, value: null, valid: null, error: null });
  useEffect(() => {
    const asking = new AbortController();
    const check = async () => {
      try {
        const { value } = await ask("POST", "/configurations/check", { text, type: typeOf(text), namespace, signal: asking.signal });
        set((before) => ({ text, value, valid: value.valid ? value : before.valid, error: null }));
      } catch (error) {
        if (error.name !== "AbortError") set((before) => ({ ...before, text, value: null, error }));
      }
    };
    const timer = setTimeout(check, state.text === null ? 0 : PAUSE);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text, namespace]);
  return { ...state, isFresh: state.text === text };
}
