/** What components are made with: `html` for their markup, and hooks. This module is the one place that names the libraries. */

import { createContext, Fragment, h, render } from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export * from "./vendor/hooks.mjs";
export { createContext, Fragment, render };
export const html = htm.bind(h);
