// Requests as they are sent, to servers that lose connections.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Transport } from "../dist/transport.js";

/** A server that answers the first request, and then does to others what a test wants; what it was asked. */
async function served(act) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.method);
    if (asked.length === 1) response.end("{}");
    else act(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const transport = new Transport(`http://127.0.0.1:${server.address().port}`);
  await transport.send({ method: "GET", path: "/" }, 1000);
  return { asked, transport, server, end: () => { transport.close(); server.closeAllConnections(); server.close(); } };
}

const lost = ({ socket }) => socket.destroy();

for (const method of ["POST", "PUT", "DELETE"]) {
  test(`${method} is sent once, whatever becomes of it`, async () => {
    const { asked, transport, end } = await served(lost);
    await assert.rejects(transport.send({ method, path: "/" }, 1000), { type: "unreachable", method }).finally(end);
    assert.deepEqual(asked, ["GET", method]);
  });
}

test("GET is sent again where a kept connection was lost", async () => {
  const { asked, transport, end } = await served(lost);
  await assert.rejects(transport.send({ method: "GET", path: "/" }, 1000), { type: "unreachable" }).finally(end);
  assert.deepEqual(asked, ["GET", "GET", "GET"]);
});

for (const method of ["GET", "POST"]) {
  test(`${method} that waits when all is closed fails, and is not sent again`, async () => {
    const { asked, transport, server, end } = await served(() => {});
    const came = once(server, "request");
    const closed = assert.rejects(transport.send({ method, path: "/" }, 1000), { type: "closed", message: /is closed; attach\(\) or start\(\) again/ });
    await came;
    transport.close();
    await closed.finally(end);
    assert.deepEqual(asked, ["GET", method]);
    await assert.rejects(transport.send({ method, path: "/" }, 1000), { type: "closed" });
  });
}
