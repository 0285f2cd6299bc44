/** The pages of the reference, as far as the OpenAPI document tells; the inspector and the stand-alone page show the same. */

import { Decisions } from "../../parts/prose.js";
import { html, useEffect, useMemo } from "../../preact.js";
import { href } from "../../route.js";
import { Operation } from "./operation.js";
import { DecisionList, Operations, operationsOf } from "./operations.js";

/** `parts` are those of the route, `[]` of the list; `children` stands beside the filter, and `told` is what `Attempt` is told. */
export function Pages({ document, parts, query, children, told = {} }) {
  const all = useMemo(() => operationsOf(document), [document]);
  const [name, id] = parts;
  const place = all.findIndex((one) => one.name === name);
  return html`
    <${Decisions.Provider} value=${document["x-decisions"] ?? {}}>
      ${name === undefined && html`<h1>Reference</h1><${Operations} document=${document} query=${query}>${children}<//>`}
      ${name === "decisions" && html`<${Crumbs} key="decisions" query=${query} /><h1>Decisions</h1><${DecisionList} decisions=${document["x-decisions"]} id=${id} />`}
      ${place >= 0 && html`
        <${Crumbs} key=${name} query=${query} before=${all[place - 1]} after=${all[place + 1]} />
        <h1>${name}</h1>
        <p class="quiet">As the contract <strong>${document["x-contract"]}</strong> has it.</p>
        <${Operation} document=${document} one=${all[place]} query=${query} ...${told} />`}
      ${name !== undefined && name !== "decisions" && place < 0 && html`
        <h1>There is no operation “${name}”</h1>
        <p>The contract ${document["x-contract"]} has none of that name. <a href=${href(["reference"])}>All operations</a></p>`}
    <//>
  `;
}

/** Where one is, and what comes before and after; with a key of its own for each page, which begins at its top. */
export function Crumbs({ query = {}, parents = [], before, after }) {
  useEffect(() => scrollTo(0, 0), []);
  const { filter, contract } = query;
  const kept = { filter, contract };
  return html`
    <nav class="crumbs steps" aria-label="Where this is">
      <a href=${href(["reference"], kept)}>Reference</a>
      ${parents.map(({ title, parts }) => html`<span aria-hidden="true">/</span><a href=${href(parts, kept)}>${title}</a>`)}
      ${before && html`<a class="before" href=${href(["reference", before.name], kept)}>← ${before.name}</a>`}
      ${after && html`<a class="after" href=${href(["reference", after.name], kept)}>${after.name} →</a>`}
    </nav>
  `;
}
