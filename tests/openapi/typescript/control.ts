// A world of one's own by the control plane alone: with the types that its document generates, and nothing of ours besides.
// test_typescript_clients.py compiles this and runs it.
import createClient from "openapi-fetch";
import type { components, paths } from "./control-plane.js";

declare const process: { argv: string[] };
const control = createClient<paths>({ baseUrl: process.argv[2] });

const seed: components["schemas"]["Seed"] = {
  accounts: [{ id: "ada", api_keys: ["ada-key"] }],
  scripts: [{ when: { content: { contains: "rain" } }, then: [{ reply: "No." }, { reply: "Still not." }] }],
};
const made = await control.POST("/namespaces", { body: { name: "typescript", seed } });
if (made.error) throw new Error(made.error.error.message);
const header = { "X-Emulator-Namespace": made.data.name };

const added = await control.POST("/scripts", {
  params: { header },
  body: { name: "weather", then: { reply: "Sunny.", delay_ms: 5 } },
});
const scripts = await control.GET("/scripts", { params: { header } });
console.log(added.data?.map((one) => one.name).join(), scripts.data?.map((one) => one.from).join());

const clock = await control.POST("/clock/advance", { params: { header }, body: { seconds: 60 } });
console.log(clock.data?.mode);

const waited = await control.POST("/journal/wait", { params: { header }, body: { count: 1, timeout_seconds: 0.01 } });
console.log(waited.response.status, waited.error?.error.type);

const state = await control.GET("/state", { params: { header } });
console.log(state.data?.counts.scripts, state.data?.accounts[0].id);

const gone = await control.DELETE("/namespaces/{name}", { params: { path: { name: made.data.name } } });
console.log(gone.response.status);
