/** What happens in the emulator, as it happens: the control plane's stream of events, followed once for the whole page. */

import { ask, request } from "./control.js";
import { useEffect, useRef } from "./preact.js";
import { change, now, onChange } from "./store.js";

const OTHER = 2; // seconds that the beginning of one process may seem to move by
const AGAIN = [500, 1000, 2000, 5000]; // milliseconds before the next try

const listeners = new Set();

/** Follow one namespace, or all; call the function that is returned to end that. */
export function follow(namespace) {
  const leave = new AbortController();
  void keepFollowing(namespace, leave.signal);
  return () => leave.abort();
}

async function keepFollowing(namespace, signal) {
  let last = null;
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const response = await request("GET", "/events", { namespace, query: { last_event_id: last }, signal });
      change({ connection: "open" });
      void recognise();
      tries = 0;
      if (last === null) tell({ kind: "begin" });
      for await (const event of events(response.body)) {
        last = event.id ?? last;
        tell(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      change({ connection: error.status > 0 ? "refused" : "lost" });
      if ([401, 403, 404].includes(error.status)) {
        void recognise();
        await changed(signal);
        continue;
      }
    }
    if (signal.aborted) return;
    last = null; // whoever shows something asks again after a gap
    await pause(AGAIN[Math.min(tries, AGAIN.length - 1)], signal);
  }
}

/** Look whether the process that answers is the one that answered before; both clocks that are compared only run forward. */
async function recognise() {
  try {
    const { value } = await ask("GET", "/health", { namespace: null });
    if (value.uptime_seconds === undefined) return; // who has no token is not told
    const begun = performance.now() / 1000 - value.uptime_seconds;
    const before = now().begun;
    if (before !== null && begun - before > OTHER) change({ restarted: true });
    if (before === null || Math.abs(begun - before) > OTHER) change({ begun });
  } catch {
    // it is asked again with the next connection
  }
}

/** The events of a stream: `{id, kind, data}`. */
async function* events(body) {
  let buffered = "";
  for await (const chunk of chunks(body)) {
    buffered += chunk;
    const blocks = buffered.split("\n\n");
    buffered = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
  }
}

async function* chunks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parsed(block) {
  const lines = block.split("\n").filter((line) => !line.startsWith(":"));
  if (lines.length === 0) return null;
  const fields = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { id: fields.id, kind: fields.event ?? "message", data: fields.data ? JSON.parse(fields.data) : null };
}

function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

/** Wait until the token is another one, or the page follows something else. */
function changed(signal) {
  const before = now().token;
  return new Promise((resolve) => {
    const done = () => {
      end();
      resolve();
    };
    const end = onChange(() => now().token !== before && done());
    signal.addEventListener("abort", done);
  });
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Call `listener` with each event, in a component. */
export function useLive(listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const call = (event) => latest.current(event);
    listeners.add(call);
    return () => listeners.delete(call);
  }, []);
}
