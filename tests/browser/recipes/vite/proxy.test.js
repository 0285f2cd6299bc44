// What a page asks of the development server comes to the emulator by its proxy, over REST and on the live socket.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createServer } from "vite";
import WebSocket from "ws";

const SESSION = "session_abc123";
let vite, place;

before(async () => {
  vite = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
  await vite.listen();
  place = `127.0.0.1:${vite.httpServer.address().port}`;
});
after(() => vite.close());

for (const host of ["127.0.0.1", "192.168.0.20"]) { // and as a phone asks a server that was started with --host
  test(`a page of ${host} needs no key and no CORS`, async () => {
    const answer = await fetch(`http://${place}/api/v1/runtime/${SESSION}/execute/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: `http://${host}:5173` },
      body: JSON.stringify({ content: "Hello" }),
    });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).messages[0].content, "Hello! How can I help you today?");
  });

  test(`the live socket is there for a page of ${host}, too`, async () => {
    const headers = { Host: `${host}:5173` };
    const socket = new WebSocket(`ws://${place}/ws/amas/`, { origin: `http://${host}:5173`, headers });
    assert.equal(await talk(socket), "Hello! How can I help you today?");
  });
}

async function talk(socket) {
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  const send = (type, fields) => socket.send(JSON.stringify({ type, client_type: "web_frontend", session_id: SESSION, ...fields }));
  const text = await new Promise((resolve, reject) => {
    let said = "";
    socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`));
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      if (type === "error") reject(new Error(data));
      if (payload?.type === "TextMessageContent") said += payload.delta;
      if (payload?.type === "ExecutionFinished") resolve(said);
    };
    send("connect");
    send("user_message", { content: "Hello" });
  });
  socket.onclose = null;
  socket.close();
  return text;
}

test("a page is shown the variables with the prefix, and no others", async () => {
  const shown = await (await fetch(`http://${place}/src/service.js`)).text();
  assert.match(shown, /"VITE_ATTHENE_BASE_URL": "http:\/\/127\.0\.0\.1:\d+\/api\/v1"/);
  assert.ok(!shown.includes('"ATTHENE_API_KEY"'), shown);
});
