/** Where in the page somebody is: the address after `#`, which names everything that is shown, the namespace too.
 *
 * `#/sessions/ID/turns/2?namespace=checkout` is the view `sessions` with the parts ID, turns and 2. */

import { useEffect, useState } from "./preact.js";

export const HOME = "requests";
export const DEFAULT = "default"; // the namespace that is meant where none is named
export const ALL = "*"; // namespaces together, for views that can show them; none can have this name

const CALLED = { control: "world", agents: "configurations" }; // views by what they are called in the page, where that is another name

/** The route that an address after `#` stands for. */
export function read(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [view, ...parts] = path.split("/").filter(Boolean).map(decoded);
  const { namespace = DEFAULT, ...rest } = Object.fromEntries(new URLSearchParams(query));
  return { view: Object.hasOwn(CALLED, view ?? "") ? CALLED[view] : (view ?? HOME), parts, namespace, query: rest };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = () => read(location.hash);

/** The address of a view: its parts, and what its query says; the namespace stays unless the query names another. */
export function href(parts, query = {}) {
  const { namespace = route().namespace, ...rest } = query;
  const said = Object.entries({ ...rest, ...(namespace === DEFAULT ? {} : { namespace }) });
  const search = new URLSearchParams(said.filter(([, value]) => value !== undefined && value !== null && value !== ""));
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  return `#/${path}${search.size ? `?${search}` : ""}`;
}

/** Go there; `instead` leaves no entry in the browser's history. */
export function go(parts, query, { instead = false } = {}) {
  const there = href(parts, query);
  if (instead) history.replaceState(null, "", there);
  else history.pushState(null, "", there);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** The route, in a component that is drawn again when it changes. */
export function useRoute() {
  const [there, set] = useState(route);
  useEffect(() => {
    const listener = () => set(route());
    addEventListener("hashchange", listener);
    addEventListener("popstate", listener);
    return () => {
      removeEventListener("hashchange", listener);
      removeEventListener("popstate", listener);
    };
  }, []);
  return there;
}
