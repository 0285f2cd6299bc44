// Frames as servers may send them, by ours and by none.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { BINARY, Reader, TEXT, frameOf } from "../dist/frames.js";
import { Transport } from "../dist/transport.js";
import { WebSocket } from "../dist/websocket.js";

/** A frame as a server sends it: not masked. */
function sent(first, text, size = Buffer.from([text.length])) {
  return Buffer.concat([Buffer.from([first]), size, Buffer.from(text)]);
}

const read = (...parts) => {
  const reader = new Reader();
  return parts.flatMap((part) => [...reader.read(part)].map(({ opcode, data }) => [opcode, data.toString()]));
};

test("a message comes whole, in pieces, byte by byte, and with a ping between its fragments", () => {
  assert.deepEqual(read(sent(0x81, "Hello")), [[TEXT, "Hello"]]);
  assert.deepEqual(read(sent(0x01, "Hel"), sent(0x89, "?"), sent(0x80, "lo")), [[9, "?"], [TEXT, "Hello"]]);
  assert.deepEqual(read(...[...sent(0x82, "Hello")].map((byte) => Buffer.from([byte]))), [[BINARY, "Hello"]]);
});

for (const size of [0, 125, 126, 65_535, 65_536, 200_000]) {
  test(`a frame of ${size} bytes is masked, and read again`, () => {
    const frame = frameOf(TEXT, Buffer.alloc(size, "x"));
    assert.ok(frame[1] & 0x80);
    const start = frame.length - size - 4;
    const mask = frame.subarray(start, start + 4);
    const data = frame.subarray(start + 4).map((byte, index) => byte ^ mask[index % 4]);
    const head = Buffer.from(frame.subarray(0, start));
    head[1] &= 0x7f;
    assert.deepEqual(read(Buffer.concat([head, data])), [[TEXT, "x".repeat(size)]]);
  });
}

test("a long message in small pieces costs no more than its bytes", () => {
  const [size, pieces] = [8 * 1024 * 1024, 16_384];
  const head = Buffer.alloc(10);
  head.writeUInt16BE(0x827f);
  head.writeBigUInt64BE(BigInt(size), 2);
  const { concat } = Buffer;
  let copied = 0;
  Buffer.concat = (...given) => { const made = concat(...given); copied += made.length; return made; };
  try {
    const reader = new Reader();
    const found = [head, ...Array(pieces).fill(Buffer.alloc(size / pieces))].flatMap((part) => [...reader.read(part)]);
    assert.deepEqual(found.map(({ data }) => data.length), [size]);
    assert.ok(copied < 3 * size, `${copied} bytes were copied`);
  } finally {
    Buffer.concat = concat;
  }
});

const WRONG = {
  "reserved bits": [1002, sent(0xc1, "x")],
  "a mask": [1002, Buffer.from([0x81, 0x80, 0, 0, 0, 0])],
  "nothing to continue": [1002, sent(0x80, "x")],
  "a beginning amid a message": [1002, sent(0x01, "x"), sent(0x81, "x")],
  "an opcode that there is not": [1002, sent(0x83, "x")],
  "a ping in fragments": [1002, sent(0x09, "x")],
  "more bytes than anybody reads": [1009, sent(0x81, "", Buffer.from([127, 0, 0, 1, 0, 0, 0, 0, 0]))],
};
for (const [what, [code, ...parts]] of Object.entries(WRONG)) {
  test(`${what} breaks the protocol`, () => assert.throws(() => read(...parts), { code }));
}

/** A socket that is open to a server, which acts on it. */
async function opened(act) {
  const server = createServer().on("upgrade", ({ headers }, socket) => {
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    act(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = new Transport(`http://127.0.0.1:${server.address().port}`);
  const web = await WebSocket.open(transport, "/", {}, 1000);
  return { web, close: () => { transport.close(); server.close(); } };
}

/** What a client makes of a server that answers an upgrade with these bytes. */
async function ended(...parts) {
  const { web, close } = await opened((socket) => { for (const part of parts) socket.write(part); });
  await new Promise((resolve) => { web.onEnd = resolve; if (web.end) resolve(); });
  close();
  return web.end;
}

test("a socket is closed with what the server says, or with what was wrong", async () => {
  assert.deepEqual(await ended(sent(0x88, "\u000f\u00a3", Buffer.from([3]))), { code: 0x0fc2, reason: "\ufffd" });
  assert.deepEqual(await ended(Buffer.from([0x88, 4, 0x03, 0xe9, 0x67, 0x6f])), { code: 1001, reason: "go" });
  assert.equal((await ended(Buffer.from([0x88, 0]))).code, 1005);
  assert.equal((await ended(Buffer.from([0x81, 1, 0xff]))).code, 1007);
  assert.equal((await ended(sent(0xc1, "x"))).code, 1002);
  assert.equal((await ended(Buffer.from([0x88, 0]), sent(0xc1, "x"))).code, 1005);
});

test("a message that has come leaves no timer behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
  const { web, close } = await opened((socket) => {
    socket.once("data", () => socket.write(Buffer.from([0x8a, 1, 0x31])));
  });
  const before = timers();
  await web.send("Hello");
  const left = timers() - before;
  close();
  assert.equal(left, 0);
});

test("what speaks no WebSocket opens none", async () => {
  const server = createServer((_, response) => response.end("Hello"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = new Transport(`http://127.0.0.1:${server.address().port}`);
  await assert.rejects(WebSocket.open(transport, "/", {}, 1000), { status: 200, message: "No socket was opened: the answer was 200 Hello" });
  server.closeAllConnections();
  server.close();
});
