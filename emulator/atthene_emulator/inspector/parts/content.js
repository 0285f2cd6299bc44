/** The content of a message as a person sees it: text, and what was sent with it. */

import { html } from "../preact.js";

const IMAGE = /^data:image\/(png|jpeg|gif|webp|avif);/; // what a browser shows as a picture and as nothing else

/** A text, or a list of blocks. */
export function Content({ content }) {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : Array.isArray(content) ? content : [];
  return html`<div class="content">${blocks.map((block, n) => html`<${Block} key=${n} block=${block} />`)}</div>`;
}

function Block({ block }) {
  if (typeof block?.text === "string") return html`<p class="text" dir="auto">${block.text}</p>`;
  const url = block?.image_url?.url ?? block?.image_url;
  if (typeof url === "string") {
    return IMAGE.test(url)
      ? html`<img src=${url} alt="Picture that was sent" />`
      : html`<p class="quiet">Picture at <code>${url.slice(0, 200)}</code></p>`;
  }
  return html`<p class="quiet">${block?.type ?? "Something"} <code>${JSON.stringify(block).slice(0, 300)}</code></p>`;
}
