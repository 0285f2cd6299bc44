/** A text area with the numbers of its lines. */

import { html, useMemo, useRef } from "../../preact.js";

/** `area` is a reference to the text area; `findings` are marked at their lines; `described` is the id of what says how it stands. */
export function Editor({ area, text, findings, described, onText }) {
  const gutter = useRef(null);
  const numbers = useMemo(() => numbered(text, findings), [text, findings]);
  const follow = (event) => {
    gutter.current.scrollTop = event.target.scrollTop;
  };
  return html`
    <div class="editor">
      <pre class="gutter" ref=${gutter} aria-hidden="true">${numbers}</pre>
      <textarea class="code-text" ref=${area} id="configuration-text" rows="26" wrap="off" dir="ltr" spellcheck="false" autocomplete="off" autocapitalize="off"
        aria-describedby=${described} aria-invalid=${findings.some((one) => one.severity === "error") ? "true" : undefined}
        value=${text} onInput=${(event) => onText(event.target.value)} onScroll=${follow}></textarea>
    </div>
  `;
}

/** The numbers of the lines, with a mark where an error or a warning is. */
function numbered(text, findings) {
  const marks = new Map();
  for (const { line, severity } of findings) if (line !== null && marks.get(line) !== "✕") marks.set(line, severity === "error" ? "✕" : "!");
  return text.split("\n").map((_, n) => `${marks.get(n + 1) ?? ""} ${n + 1}`).join("\n");
}

/** Puts the cursor of a text area to a line and a column, both from 1, and into sight. */
export function goTo(area, { line, column }) {
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const inLine = Array.from(lines[line - 1] ?? "").slice(0, (column ?? 1) - 1).join("").length; // columns count characters, the area counts UTF-16
  const height = area.scrollHeight / lines.length;
  area.focus();
  area.setSelectionRange(before + inLine, before + inLine);
  area.scrollTop = Math.max(0, (line - 4) * height);
}
