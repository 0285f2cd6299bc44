/** The reference as a page of its own, beside the imitated API. It asks for the OpenAPI document, and for nothing of the control plane. */

import { html, render, useEffect, useRef, useState } from "./preact.js";
import { useRoute } from "./route.js";
import { Said } from "./parts/said.js";
import { Pages } from "./views/reference/pages.js";

const OPENAPI = "openapi.json"; // beside the page

function Docs() {
  const { parts, query } = useRoute();
  const [{ document: told, error }, set] = useState({});
  useEffect(() => {
    asked().then((value) => set({ document: value }), (problem) => set({ error: problem.message }));
  }, []);
  const main = useRef(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${parts[0] ?? "Reference"} – Atthene emulator`;
    if (!isFirst.current) main.current.focus({ preventScroll: true });
    isFirst.current = false;
  }, [parts.join("/")]);
  return html`
    <header class="bar"><span class="brand"><img src=${new URL("icon.svg", import.meta.url).href} alt="" width="24" height="24" />Atthene emulator</span>
      <a href=${OPENAPI}>OpenAPI</a></header>
    <main id="main" tabindex="-1" ref=${main} aria-label="Reference">
      ${error && html`<h1>Reference</h1><p class="problem" role="alert">${error}</p>`}
      ${!error && !told && html`<h1>Reference</h1><p role="status">Loading …</p>`}
      ${told && html`<${Pages} document=${told} parts=${parts} query=${query} />`}
    </main>
    <${Said} />
  `;
}

async function asked() {
  const response = await fetch(OPENAPI);
  if (!response.ok) throw new Error(`The OpenAPI document cannot be read: ${response.status} ${response.statusText}`);
  return response.json();
}

const page = document.getElementById("page");
page.classList.add("alone");
page.replaceChildren();
render(html`<${Docs} />`, page);
