/** Which namespaces there are, and which there were. */

import { useAsked } from "./asked.js";
import { useEvery } from "./every.js";
import { DEFAULT } from "./route.js";

const LOOK = 3000; // milliseconds: who looks at one that was deleted hears of nothing

const concerned = ({ kind, data }) => kind === "namespace" || (kind === "control" && (data?.path ?? "").includes("/namespaces"));

/** `{living, deleted, deletedAt}`: names, `deleted` without those that were made again, and when `namespace` was deleted, null if it was not. */
export function useNamespaces(namespace) {
  const { value: all = [], again } = useAsked("/namespaces", { query: { deleted: "true" }, namespace: null, on: concerned });
  const living = [...new Set([DEFAULT, ...all.filter((one) => !one.deleted_at).map((one) => one.name)])];
  const gone = all.filter((one) => one.deleted_at && !living.includes(one.name));
  const deletedAt = gone.find((one) => one.name === namespace)?.deleted_at ?? null;
  useEvery(deletedAt === null ? null : LOOK, again);
  return { living, deleted: [...new Set(gone.map((one) => one.name))], deletedAt };
}
