/** The beginning of the page. */

import { App } from "./app.js";
import { html, render } from "./preact.js";

const page = document.getElementById("page");
page.replaceChildren();
render(html`<${App} />`, page);
