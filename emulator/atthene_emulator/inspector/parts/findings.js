/** What is wrong with a configuration, in the validator's words. */

import { html, useState } from "../preact.js";
import { Badge } from "./badge.js";
import { CopyButton } from "./copy.js";
import { count, Pager } from "./pager.js";

const SHOWN = 50;

/** Findings as the control plane shows them; `onGo(finding)`, if there is one, leads to their places in the text. */
export function Findings({ findings, onGo }) {
  const [offset, go] = useState(0);
  const first = offset < findings.length ? offset : 0;
  if (findings.length === 0) return html`<p class="quiet">The validator finds nothing.</p>`;
  const command = `atthene-emulator explain ${findings[first].code}`;
  return html`
    <ul class="findings">
      ${findings.slice(first, first + SHOWN).map((one, n) => html`<${Finding} key=${first + n} one=${one} onGo=${onGo} />`)}
    </ul>
    <${Pager} offset=${first} limit=${SHOWN} total=${findings.length} go=${go} what=${["finding", "findings"]} back="Earlier" on="Later" />
    <p class="quiet">Why a code is found, and an example that is mended, in a terminal: <code>${command}</code> <${CopyButton} text=${command} label="the command" /></p>
  `;
}

function Finding({ one, onGo }) {
  const place = one.line === null ? null : `line ${one.line}${one.column === null ? "" : `, column ${one.column}`}`;
  return html`
    <li>
      <p class="about"><${Badge} word=${one.severity} /> <code>${one.code}</code> <code dir="auto">${one.field}</code>${" "}
        ${place && (onGo ? html`<button type="button" class="small" onClick=${() => onGo(one)}>${place}</button>` : html`<span class="quiet">${place}</span>`)}
      </p>
      <p dir="auto">${one.message}</p>
      ${one.note && html`<p class="quiet" dir="auto">${one.note}</p>`}
    </li>
  `;
}

/** How many errors and warnings there are, in words. */
export function inWords(findings) {
  const of = (severity) => findings.filter((one) => one.severity === severity).length;
  const said = [
    of("error") > 0 && count(of("error"), ["error", "errors"]),
    of("warning") > 0 && count(of("warning"), ["warning", "warnings"]),
  ];
  return said.filter(Boolean).join(", ") || "nothing to mend";
}
