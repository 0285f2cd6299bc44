/** A graph as tables, for those who cannot see its picture, and for graphs that are too large for one. */

import { html, useState } from "../preact.js";
import { Pager } from "./pager.js";

const SHOWN = 100;
const NAMES = { plain: "edge", boolean: "condition", literal: "output", handoff: "hands over", returns: "returns" };

/** Its agents and its edges; `mode` is that of the graph. */
export function GraphTables({ graph, mode }) {
  const agents = graph.nodes.filter((node) => node.kind === "agent");
  return html`
    <${Agents} agents=${agents} isVisited=${mode !== "plain"} />
    <${Edges} graph=${graph} mode=${mode} />
  `;
}

function Agents({ agents, isVisited }) {
  return html`
    <${Table} name="Agents" rows=${agents} what=${["agent", "agents"]}
      columns=${html`<th scope="col">Agent</th><th scope="col">Type</th><th scope="col">Tools</th><th scope="col">Output</th><th scope="col">Model</th>${isVisited && html`<th scope="col" class="number">Turns</th>`}`}
      row=${(node) => html`
        <tr key=${node.id}>
          <th scope="row"><code dir="auto">${node.label}</code></th>
          <td>${node.type.replaceAll("_", " ")}</td>
          <td>${node.tools.map((tool, n) => html`${n > 0 && ", "}<code dir="auto">${tool.name}</code>${tool.asks && " (asks a person)"}`)}</td>
          <td>${node.outputs.map((output, n) => html`${n > 0 && ", "}<code dir="auto">${output}</code>`)}</td>
          <td>${node.model}</td>
          ${isVisited && html`<td class="number">${node.visits ?? "–"}</td>`}
        </tr>
      `} />
  `;
}

function Edges({ graph: { nodes, edges }, mode }) {
  const labels = Object.fromEntries(nodes.map((node) => [node.id, node.label]));
  const taken = { path: "Taken, and why", coverage: "Taken" }[mode];
  return html`
    <${Table} name="Edges" rows=${edges} what=${["edge", "edges"]}
      columns=${html`<th scope="col">From</th><th scope="col">To</th><th scope="col">When</th>${taken && html`<th scope="col">${taken}</th>`}`}
      row=${(edge) => html`
        <tr key=${edge.id}>
          <td><code dir="auto">${labels[edge.from]}</code></td>
          <td><code dir="auto">${labels[edge.to]}</code></td>
          <td>${NAMES[edge.kind]}${edge.arm && html` <strong dir="auto">${edge.arm}</strong>`}${edge.condition && html` <code dir="auto">${edge.condition}</code>`}</td>
          ${taken && html`<td>${mode === "coverage" ? (edge.count ?? "–") : edge.taken.length > 0 ? edge.taken.map((one) => html`<div>${one.order}. ${one.why}</div>`) : "–"}</td>`}
        </tr>
      `} />
  `;
}

function Table({ name, rows, what, columns, row }) {
  const [offset, go] = useState(0);
  const first = offset < rows.length ? offset : 0;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${name}>
      <table>
        <thead><tr>${columns}</tr></thead>
        <tbody>${rows.slice(first, first + SHOWN).map(row)}</tbody>
      </table>
    </div>
    <${Pager} offset=${first} limit=${SHOWN} total=${rows.length} go=${go} what=${what} back="Earlier" on="Later" />
  `;
}
