/** Copying to the clipboard. */

import { html, useState } from "../preact.js";
import { say } from "../store.js";

/** A button that copies a text; `text` may be a function that makes it. */
export function CopyButton({ text, children = "Copy", label }) {
  const [done, set] = useState("");
  const copy = async () => {
    const wanted = typeof text === "function" ? text() : text;
    const isDone = await copied(wanted);
    set(isDone ? "Copied" : "Not copied: select the text by hand");
    say(isDone ? `Copied ${label ?? ""}`.trim() : "Not copied");
    setTimeout(() => set(""), 1500);
  };
  return html`<button type="button" class="small" aria-label=${label ? `Copy ${label}` : undefined} onClick=${copy}>${done || children}</button>`;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

/** As browsers did it before; pages that are not served from this machine by https have no other way. */
function copiedByHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
