/** What several parts of the page know: one object that is replaced by `change` alone. A reload forgets all of it, the control token too. */

import { useEffect, useState } from "./preact.js";

const listeners = new Set();

let state = Object.freeze({
  token: null, // of the control plane; it is kept nowhere else
  tokenWanted: false, // the control plane has refused for want of it
  connection: "waiting", // or "open"; "refused"; "lost", since nobody answers; "deleted": whether the page hears of what happens
  begun: null, // when the process began that answers, in seconds of the page
  restarted: false, // another process has answered since
  drafts: Object.freeze({}), // texts of the playground that somebody has changed, by what they began with
  draft: null, // the one that was shown last
  said: { text: "" }, // what has come of something; another object each time
});

export const now = () => state;

/** Replace some of what is known. */
export function change(more) {
  state = Object.freeze({ ...state, ...more });
  for (const listener of [...listeners]) listener();
}

/** Call `listener` after each change; call the function that is returned to end that. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A value of what is known, in a component that is drawn again when it changes. */
export function useStore(select) {
  const [value, set] = useState(() => select(state));
  useEffect(() => {
    const listener = () => set(() => select(state));
    listener();
    return onChange(listener);
  }, []);
  return value;
}

/** Say what has come of something: in sight for a while, and to screen readers. */
export function say(text) {
  change({ said: { text } });
}
