/** The frame of the page: what it is about, where one can go, and the view that is shown. */

import { follow } from "./live.js";
import { useNamespaces } from "./namespaces.js";
import { Banners } from "./parts/banners.js";
import { Boundary } from "./parts/boundary.js";
import { NamespaceSwitch } from "./parts/namespace-switch.js";
import { Places } from "./parts/places.js";
import { Said } from "./parts/said.js";
import { TokenDialog } from "./parts/token-dialog.js";
import { Unusual } from "./parts/unusual.js";
import { html, useEffect, useRef } from "./preact.js";
import { ALL, DEFAULT, go, HOME, href, useRoute } from "./route.js";
import { change, useStore } from "./store.js";
import { Configurations } from "./views/configurations.js";
import { Playground } from "./views/playground.js";
import { Reference } from "./views/reference.js";
import { Requests } from "./views/requests.js";
import { Sessions } from "./views/sessions.js";
import { World } from "./views/world.js";

/** In the order of use. `all` says that a view can show all namespaces together. */
const VIEWS = [
  { name: "requests", title: "Requests", component: Requests, all: true },
  { name: "sessions", title: "Sessions", component: Sessions },
  { name: "configurations", title: "Agents", component: Configurations },
  { name: "playground", title: "Playground", component: Playground },
  { name: "world", title: "Control", component: World },
  { name: "reference", title: "Reference", component: Reference },
].map((one) => ({ ...one, parts: [one.name] }));

export function App() {
  const { view: name, parts, namespace, query } = useRoute();
  const view = VIEWS.find((one) => one.name === name);
  const main = useRef(null);
  const shown = useRef(null);
  const { living, deleted, deletedAt } = useNamespaces(namespace);
  const isDeleted = deletedAt !== null; // nothing more happens there
  const isTooMuch = namespace === ALL && !view?.all; // the one that is meant where none is named is shown instead

  useEffect(() => {
    if (isTooMuch) go([name, ...parts], { ...query, namespace: DEFAULT }, { instead: true });
    else if (isDeleted) change({ connection: "deleted" });
    else return follow(namespace);
    return undefined;
  }, [namespace, isTooMuch, isDeleted]);
  useEffect(() => {
    document.title = `${view?.title ?? "Not found"} – Atthene emulator`;
    const isElsewhere = shown.current !== null && (shown.current !== name || document.activeElement === document.body);
    if (isElsewhere) { // whoever presses what stays there, such as a row of a list, stays there, too
      main.current.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = name;
  }, [name, parts.join("/")]);

  return html`
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>Skip to the content</a>
    <header class="bar">
      <a class="brand" href=${href([HOME])}><img src="inspector/icon.svg" alt="" width="24" height="24" />Atthene emulator</a>
      <${NamespaceSwitch} living=${living} deleted=${deleted} canBeAll=${view?.all ?? false} />
      <${Unusual} isAsked=${namespace !== ALL && !isDeleted} />
      <${Connection} />
    </header>
    <${Banners} deletedAt=${deletedAt} />
    <${Places} class="views" label="Views" places=${VIEWS} current=${view} />
    <main id="main" tabindex="-1" ref=${main} aria-label=${view?.title ?? "Not found"}>
      ${isTooMuch ? null : view
        ? html`<${Boundary} at=${location.hash}><${view.component} key=${`${name} ${namespace}`} parts=${parts} query=${query} namespace=${namespace} /><//>`
        : html`<h1>There is no view “${name}”</h1><p>There are ${VIEWS.map((one, n) => html`${n ? ", " : ""}<a href=${href([one.name])}>${one.title}</a>`)}.</p>`}
    </main>
    <${TokenDialog} />
    <${Said} />
  `;
}

function Connection() {
  const connection = useStore((state) => state.connection);
  const words = { waiting: "connecting …", open: "live", refused: "not followed", lost: "no connection", deleted: "deleted" };
  return html`<span class="connection ${connection}" role="status">${words[connection]}</span>`;
}
