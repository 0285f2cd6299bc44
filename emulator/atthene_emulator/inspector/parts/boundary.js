/** Keeps a defect of one view from taking the page with it. */

import { html, useEffect, useErrorBoundary } from "../preact.js";

/** Shows its children, or that they cannot be shown until somebody goes elsewhere: `at` names the place. */
export function Boundary({ at, children }) {
  const [error, reset] = useErrorBoundary();
  useEffect(() => reset(), [at]);
  if (!error) return children;
  return html`
    <div class="problem" role="alert">
      <p>The page cannot show this, which is a defect of the page: ${String(error)}</p>
      <p><button type="button" class="small" onClick=${reset}>Try again</button></p>
    </div>
  `;
}
