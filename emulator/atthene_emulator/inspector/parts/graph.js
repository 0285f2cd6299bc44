/** The graph of a configuration as the control plane has drawn it, with the way that an execution took, or how often each part was exercised. */

import { html, useId } from "../preact.js";
import { GraphTables } from "./graph-table.js";

/** `graph` is as the control plane shows it; without its drawing it is too large, and is listed.
 *
 * `mode` says what is laid over it: `path`, `coverage`, or `plain` for nothing. */
export function Graph({ graph, name, mode = "path" }) {
  const id = useId();
  return html`
    <figure class="graph">
      ${graph.drawing
        ? html`<div class="scroll" tabindex="0" role="region" aria-label=${`Graph of ${name}`}><${Drawing} graph=${graph} name=${name} mode=${mode} id=${id} /></div>`
        : html`<p class="quiet">It is too large for a picture: ${graph.nodes.length} nodes, ${graph.edges.length} edges.</p>`}
      ${mode === "coverage" && graph.drawing && html`<figcaption class="quiet">Dashed, with “never”: no execution came there. Ways between a supervisor and its agents are not counted.</figcaption>`}
      <details open=${!graph.drawing}><summary>As a table${mode === "path" ? ", with reasons" : ""}</summary><${GraphTables} graph=${graph} mode=${mode} /></details>
    </figure>
  `;
}

/** Whether no execution has taken an edge that coverage counts; plain ones from the start are no parts of it, since every execution takes them. */
export const isMissed = (edge) => edge.count === 0 && !(edge.kind === "plain" && edge.from === "__start__");

function Drawing({ graph, name, mode, id }) {
  const { width, height, nodes, edges } = graph.drawing;
  const byId = Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
  const edgesById = Object.fromEntries(graph.edges.map((edge) => [edge.id, edge]));
  const isTaken = (edge) => (mode === "coverage" ? edge.count > 0 : edge.taken.length > 0);
  const isKnown = graph.nodes.some((node) => node.visits !== null);
  const drawn = [...edges].sort((a, b) => Number(isTaken(edgesById[a.id])) - Number(isTaken(edgesById[b.id])));
  return html`
    <svg class="drawing ${isKnown ? "known" : ""}" width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="img" aria-label=${`Graph of ${name}; the tables below say the same`}>
      <defs>
        ${["plain", "taken", "missed"].map((kind) => html`
          <marker id=${`${id}-${kind}`} class=${kind} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" /></marker>
        `)}
      </defs>
      ${drawn.map((place) => html`<${Edge} key=${place.id} place=${place} edge=${edgesById[place.id]} isTaken=${isTaken(edgesById[place.id])} mode=${mode} id=${id} />`)}
      ${nodes.map((place) => html`<${Node} key=${place.id} place=${place} node=${byId[place.id]} mode=${mode} />`)}
    </svg>
  `;
}

const LINE = 14; // pixels; what stands below one another needs no more room beside it

function Edge({ place, edge, isTaken, mode, id }) {
  const state = isTaken ? "taken" : mode === "coverage" && isMissed(edge) ? "missed" : "plain";
  const lines = [place.label?.text, state === "missed" ? "never" : ""].filter(Boolean);
  const { x, y } = place.label ?? middle(place.points);
  const reasons = edge.taken.map((one) => `${one.order}. ${one.why}`);
  return html`
    <g class="edge ${edge.kind} ${state}">
      <title>${[`${edge.from} → ${edge.to}`, edge.condition, ...reasons].filter(Boolean).join("\n")}</title>
      <path d=${place.path} marker-end=${`url(#${id}-${state})`} />
      ${lines.map((line, n) => html`<text class="label" x=${x} y=${y + (n - (lines.length - 1) / 2) * LINE} text-anchor="middle" dominant-baseline="central">${line}</text>`)}
    </g>
  `;
}

/** A point amid a line. */
function middle(points) {
  const n = Math.floor((points.length - 1) / 2);
  const [[ax, ay], [bx, by]] = [points[n], points[n + 1]];
  return { x: (ax + bx) / 2, y: (ay + by) / 2 };
}

const ABOVE = -8; // pixels from the border to the middle of what stands above it; the margin of the picture has room for it

function Node({ place, node, mode }) {
  const isAgent = node.kind === "agent";
  const isVisited = node.visits > 0;
  const isUnreached = mode === "coverage" && isAgent && !isVisited;
  const times = isUnreached ? "never" : isAgent && (mode === "coverage" || node.visits > 1) ? `${node.visits.toLocaleString("en")}x` : "";
  const tools = node.tools.map((tool) => `${tool.name}${tool.asks ? " (asks a person)" : ""}`);
  const about = [tools.length > 0 ? `tools: ${tools.join(", ")}` : "", node.outputs.length > 0 ? `output: ${node.outputs.join(", ")}` : "", node.model, times].filter(Boolean);
  const [first, ...more] = place.lines;
  const center = place.height / 2;
  return html`
    <g class="node ${node.kind} ${isVisited ? "visited" : ""} ${isUnreached ? "missed" : ""}" transform=${`translate(${place.x} ${place.y})`}>
      <title>${[node.label, ...more, ...about].join("\n")}</title>
      <rect width=${place.width} height=${place.height} rx=${isAgent ? 8 : center} />
      <text x=${place.width / 2} y=${more.length > 0 ? center - 8 : center} text-anchor="middle" dominant-baseline="central">${first}</text>
      ${more.map((line) => html`<text class="about" x=${place.width / 2} y=${center + 11} text-anchor="middle" dominant-baseline="central">${line}</text>`)}
      ${times && html`<text class="count" x=${place.width} y=${ABOVE} text-anchor="end" dominant-baseline="central">${times}</text>`}
    </g>
  `;
}
