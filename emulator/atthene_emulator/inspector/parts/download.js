/** Files that the page makes. */

import { html } from "../preact.js";

const KEPT = 10_000; // milliseconds in which the browser has taken the file

/** Have the browser save a text, or a `Blob`, as a file. */
export function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/** A button that saves a text; `text` is a function that makes it. */
export function DownloadButton({ name, text, type = "application/yaml", children = "Download" }) {
  return html`<button type="button" onClick=${() => save(name, text(), type)}>${children}</button>`;
}
