/** The graph of a configuration as the control plane has drawn it, with the way that an execution took, or how often each part was exercised. */

import { html, useId } from "../preact.js";

const NAMES = { plain: "edge", boolean: "condition", literal: "output", handoff: "hands over", returns: "returns" };

/** `graph` is as the control plane shows it; without its drawing it is too large, and is listed. */
export function Graph({ graph, name, mode = "path" }) {
  const id = useId();
  return html`
    <figure class="graph">
      ${graph.drawing
        ? html`<div class="scroll" tabindex="0" role="region" aria-label=${`Graph of ${name}`}><${Drawing} graph=${graph} name=${name} mode=${mode} id=${id} /></div>`
        : html`<p class="quiet">${graph.nodes.length} nodes are too many for a picture.</p>`}
      <details open=${!graph.drawing}><summary>As a table${mode === "path" ? ", with reasons" : ""}</summary><${Edges} graph=${graph} mode=${mode} /></details>
    </figure>
  `;
}

function Drawing({ graph, name, mode, id }) {
  const { width, height, nodes, edges } = graph.drawing;
  const byId = Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
  const edgesById = Object.fromEntries(graph.edges.map((edge) => [edge.id, edge]));
  const isCounted = mode === "coverage";
  const isTaken = (edge) => (isCounted ? edge.count > 0 : edge.taken?.length > 0);
  const known = isCounted || graph.edges.some((edge) => edge.taken?.length > 0);
  const drawn = [...edges].sort((a, b) => Number(isTaken(edgesById[a.id])) - Number(isTaken(edgesById[b.id])));
  return html`
    <svg class="drawing ${known ? "known" : ""}" width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="img" aria-label=${`Graph of ${name}; the table below says the same`}>
      <defs>
        ${["plain", "taken"].map((kind) => html`
          <marker id=${`${id}-${kind}`} class=${kind} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" /></marker>
        `)}
      </defs>
      ${drawn.map((place) => html`<${Edge} key=${place.id} place=${place} edge=${edgesById[place.id]} taken=${isTaken(edgesById[place.id])} isCounted=${isCounted} id=${id} />`)}
      ${nodes.map((place) => html`<${Node} key=${place.id} place=${place} node=${byId[place.id]} isCounted=${isCounted} />`)}
    </svg>
  `;
}

function Edge({ place, edge, taken, isCounted, id }) {
  const reasons = (edge.taken ?? []).map((one) => `${one.order}. ${one.why}`).join("\n");
  const said = [place.label?.text, isCounted && edge.count !== null ? `${edge.count}×` : ""].filter(Boolean).join(" ");
  const middle = place.label ?? midpoint(place.points);
  return html`
    <g class="edge ${edge.kind} ${taken ? "taken" : ""}">
      <title>${[`${edge.from} → ${edge.to}`, edge.condition, reasons].filter(Boolean).join("\n")}</title>
      <path d=${line(place.points)} marker-end=${`url(#${id}-${taken ? "taken" : "plain"})`} />
      ${said && html`<text class="label" x=${middle.x} y=${middle.y} text-anchor="middle" dominant-baseline="central">${said}</text>`}
    </g>
  `;
}

function Node({ place, node, isCounted }) {
  const isAgent = node.kind === "agent";
  const visits = node.visits ?? 0;
  const tools = node.tools.map((tool) => `${tool.name}${tool.asks ? " (asks a person)" : ""}`);
  const about = [node.type?.replaceAll("_", " "), tools.length > 0 ? `tools: ${tools.join(", ")}` : "", node.outputs.length > 0 ? `output: ${node.outputs.join(", ")}` : "", node.model].filter(Boolean);
  return html`
    <g class="node ${node.kind} ${visits > 0 || (!isAgent && !isCounted) ? "visited" : ""}" transform=${`translate(${place.x} ${place.y})`}>
      <title>${[node.label, ...about, visits > 1 ? `${visits} times` : ""].filter(Boolean).join("\n")}</title>
      <rect width=${place.width} height=${place.height} rx=${isAgent ? 8 : place.height / 2} />
      <text x=${place.width / 2} y=${isAgent ? place.height / 2 - 8 : place.height / 2} text-anchor="middle" dominant-baseline="central">${node.label}</text>
      ${isAgent && html`<text class="about" x=${place.width / 2} y=${place.height / 2 + 11} text-anchor="middle" dominant-baseline="central">${[node.type?.replaceAll("_", " "), tools.length > 0 ? `${tools.length} ${tools.length === 1 ? "tool" : "tools"}` : "", visits > 1 ? `${visits}×` : ""].filter(Boolean).join(" · ")}</text>`}
    </g>
  `;
}

/** A line through the points, with its corners rounded. */
function line(points) {
  const [first, ...rest] = points;
  const corners = rest.slice(0, -1).map(([x, y], n) => {
    const [nx, ny] = rest[n + 1];
    return `Q${x} ${y} ${(x + nx) / 2} ${(y + ny) / 2}`;
  });
  return `M${first.join(" ")} ${corners.join(" ")} L${points.at(-1).join(" ")}`;
}

function midpoint(points) {
  const n = Math.floor((points.length - 1) / 2);
  const [[ax, ay], [bx, by]] = [points[n], points[n + 1]];
  return { x: (ax + bx) / 2, y: (ay + by) / 2 };
}

function Edges({ graph, mode }) {
  const isCounted = mode === "coverage";
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Edges">
      <table>
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">When</th><th scope="col">${isCounted ? "Taken" : "Taken, and why"}</th></tr></thead>
        <tbody>
          ${graph.edges.map((edge) => html`
            <tr key=${edge.id}>
              <td><code>${edge.from}</code></td><td><code>${edge.to}</code></td>
              <td>${NAMES[edge.kind]}${edge.arm && html` <strong>${edge.arm}</strong>`}${edge.condition && html` <code>${edge.condition}</code>`}</td>
              <td>${isCounted ? (edge.count ?? "–") : edge.taken?.length > 0 ? edge.taken.map((one) => html`<div>${one.order}. ${one.why}</div>`) : "–"}</td>
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}
