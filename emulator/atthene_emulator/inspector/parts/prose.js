/** Sentences of descriptions: paragraphs, lists, code between backticks; ids of decisions lead to what was decided. */

import { createContext, html, useContext } from "../preact.js";
import { href } from "../route.js";
import { Badge } from "./badge.js";

/** What each decision says, by its id; around everything that names decisions. */
export const Decisions = createContext({});

export function Prose({ text }) {
  const blocks = (text ?? "").split(/\n\n+/).filter(Boolean);
  return blocks.map((block) => {
    const lines = block.split("\n");
    if (lines.every((line) => line.startsWith("- "))) return html`<ul>${lines.map((line) => html`<li><${Line} text=${line.slice(2)} /></li>`)}</ul>`;
    return html`<p><${Line} text=${block} /></p>`;
  });
}

/** One line, to stand in a cell or a paragraph. */
export function Line({ text }) {
  const decisions = useContext(Decisions);
  return (text ?? "").split(/(`[^`]+`)/).map((piece) => {
    if (piece.startsWith("`") && piece.length > 2) return html`<code>${piece.slice(1, -1)}</code>`;
    return piece.split(/\b([DK]\d{2,3}[a-z]?)\b/).map((word, n) => (n % 2 && decisions[word] ? html`<${Decision} id=${word} />` : word));
  });
}

function Decision({ id }) {
  const decisions = useContext(Decisions);
  return html`<a href=${href(["reference", "decisions", id])} title=${decisions[id]}>${id}</a>`;
}

/** What something rests on, `level: page or decision`; `isWhole` also says what was decided. */
export function Evidence({ mark, isWhole = false }) {
  const decisions = useContext(Decisions);
  if (!mark) return null;
  const end = mark.indexOf(": ");
  const [level, source] = [mark.slice(0, end), mark.slice(end + 2)];
  const words = isWhole ? (source.match(/\b[DK]\d{2,3}[a-z]?\b/g) ?? []).map((id) => decisions[id]).filter(Boolean) : [];
  return html`
    <span class="evidence"><${Badge} word=${level} /> <span class="quiet"><${Line} text=${source} /></span></span>
    ${words.map((one) => html` <span class="decision">“<${Line} text=${one} />”</span>`)}
  `;
}
