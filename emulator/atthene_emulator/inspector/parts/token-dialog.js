/** Asks once for the control token, or for the key of a namespace, which suffices for that one. */

import { html, useEffect, useRef, useState } from "../preact.js";
import { change, useStore } from "../store.js";

export function TokenDialog() {
  const wanted = useStore((state) => state.tokenWanted);
  const refused = useStore((state) => state.token !== null);
  const dialog = useRef(null);
  const [token, set] = useState("");

  useEffect(() => {
    if (wanted && !dialog.current.open) dialog.current.showModal();
    if (!wanted) dialog.current.close();
  }, [wanted]);

  const enter = (event) => {
    event.preventDefault();
    change({ token: token.trim(), tokenWanted: false });
    set("");
  };
  return html`
    <dialog ref=${dialog} aria-labelledby="token-title" onCancel=${() => change({ tokenWanted: false })}>
      <form onSubmit=${enter}>
        <h2 id="token-title">The control token</h2>
        ${refused && html`<p class="problem">That one was refused; look whether it is complete.</p>`}
        <p>This emulator was started with <code>--control-token</code>. The page keeps it in memory only, until it is reloaded.
        The key that was made for a namespace opens that namespace.</p>
        <label>Token or key <input type="password" autocomplete="off" required value=${token} onInput=${(event) => set(event.target.value)} /></label>
        <div class="actions"><button type="submit" class="main">Open</button></div>
      </form>
    </dialog>
  `;
}
