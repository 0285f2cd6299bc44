// A world of one's own in a running emulator: its agents, sessions, scripts, faults and clock are nobody else's.
const emulator = process.env.ATTHENE_EMULATOR_URL ?? "http://localhost:8484";

async function send(method, path, body, namespace) {
  const answer = await fetch(`${emulator}/__emulator${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(namespace && { "X-Emulator-Namespace": namespace }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** `seed`: the name of a bundled one, or a seed itself; without it, what the emulator was started with. */
exports.newWorld = async function newWorld({ seed } = {}) {
  const { name, base_url, api_key } = await send("POST", "/namespaces", { seed });
  return {
    name,
    baseUrl: base_url, // what your app is pointed at,
    apiKey: api_key, // and the key that leads it into this world
    control: (method, path, body) => send(method, path, body, name),
    close: () => send("DELETE", `/namespaces/${name}`),
  };
};
