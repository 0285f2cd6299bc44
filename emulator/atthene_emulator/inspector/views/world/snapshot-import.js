/** A snapshot from a file, which may be dropped onto the page. */

import { ask } from "../../control.js";
import { useAction } from "../../parts/action.js";
import { Problem } from "../../parts/problem.js";
import { html, useEffect, useState } from "../../preact.js";

export function ImportForm({ again }) {
  const [file, setFile] = useState(null);
  const [name, setName] = useState("");
  const { act, error } = useAction();
  const choose = (chosen) => {
    setFile(chosen ?? null);
    setName(chosen?.name.replace(/\.json$/i, "") ?? "");
  };
  const isOver = useDropped(choose);
  const bring = (event) => {
    event.preventDefault();
    void act(async () => {
      const { value } = await ask("PUT", `/snapshots/${encodeURIComponent(name.trim())}`, { text: await file.text(), type: "application/json" });
      choose(null);
      await again();
      return value;
    }, (brought) => `Imported ${brought.name}`);
  };
  return html`
    <form class=${`card ${isOver ? "over" : ""}`} onSubmit=${bring} aria-labelledby="import-title">
      <h3 id="import-title">Import</h3>
      <p class="quiet">A file that was downloaded here, in another namespace, or from another emulator. You can drop it anywhere onto this page.</p>
      ${file === null
        ? html`<label>File <input type="file" accept=".json,application/json" onChange=${(event) => choose(event.target.files[0])} /></label>`
        : html`
          <p>${file.name}, ${file.size.toLocaleString("en")} bytes. A snapshot of the same name is replaced.</p>
          <label>Name <input required value=${name} onInput=${(event) => setName(event.target.value)} /></label>
          <div class="actions">
            <button type="submit" class="main">Import</button>
            <button type="button" onClick=${() => choose(null)}>Another file</button>
          </div>
        `}
      <${Problem} error=${error} />
    </form>
  `;
}

/** Have `take` be given a file that is dropped onto the page; whether one is above it now. */
function useDropped(take) {
  const [isOver, set] = useState(false);
  useEffect(() => {
    const hasFile = (event) => event.dataTransfer?.types.includes("Files");
    const over = (event) => {
      if (!hasFile(event)) return;
      event.preventDefault(); // else the browser would open it in place of the page
      set(true);
    };
    const leave = (event) => event.relatedTarget === null && set(false);
    const drop = (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      set(false);
      take(event.dataTransfer.files[0]);
    };
    const heard = { dragover: over, dragleave: leave, drop };
    for (const [kind, listener] of Object.entries(heard)) addEventListener(kind, listener);
    return () => {
      for (const [kind, listener] of Object.entries(heard)) removeEventListener(kind, listener);
    };
  }, []);
  return isOver;
}
