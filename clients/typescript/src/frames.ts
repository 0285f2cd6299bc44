// Frames of a WebSocket (RFC 6455), as a client writes and reads them.
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";

export const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;
const CONTINUATION = 0;
const LARGEST = 64 * 1024 * 1024; // bytes of a message that is read
const HEAD = 2; // bytes of the shortest head
const SHORT = 125, TWO_BYTES = 126, EIGHT_BYTES = 127;

/** The other side breaks the protocol; `code` is what the connection is closed with. */
export class FrameError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** A message, or a control frame. */
export interface Message {
  opcode: number;
  data: Buffer;
}

/** A frame as a client sends it: whole, and masked. */
export function frameOf(opcode: number, data: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(data);
  for (let index = 0; index < masked.length; index++) masked[index]! ^= mask[index % 4]!;
  return Buffer.concat([headOf(0x80 | opcode, data.length), mask, masked]);
}

function headOf(first: number, size: number): Buffer {
  if (size <= SHORT) return Buffer.from([first, 0x80 | size]);
  const head = Buffer.alloc(size < 0x10000 ? 4 : 10);
  head.writeUInt8(first, 0);
  head.writeUInt8(0x80 | (head.length === 4 ? TWO_BYTES : EIGHT_BYTES), 1);
  if (head.length === 4) head.writeUInt16BE(size, 2);
  else head.writeBigUInt64BE(BigInt(size), 2);
  return head;
}

/** What a server sends, read as it comes. */
export class Reader {
  #chunks: Buffer[] = []; // that were not read yet
  #unread = 0; // bytes of them
  #wanted = HEAD; // bytes without which there is nothing to read; until then the chunks need not be joined
  #parts: Buffer[] = []; // of a message in several frames
  #size = 0; // bytes of them
  #opcode = CONTINUATION;

  /** The messages that are whole now; raises FrameError. */
  *read(part: Buffer): Generator<Message> {
    this.#chunks.push(part);
    this.#unread += part.length;
    for (let frame = this.#frame(); frame; frame = this.#frame()) {
      const message = frame.opcode >= CLOSE ? this.#control(frame) : this.#joined(frame);
      if (message) yield message;
    }
  }

  /** The next frame, if it is whole. */
  #frame(): (Message & { isLast: boolean }) | undefined {
    if (this.#unread < this.#wanted) return undefined;
    const bytes = this.#joinedChunks();
    const [first, second] = [bytes[0]!, bytes[1]!];
    if (first & 0x70) throw new FrameError(1002, "a frame has reserved bits");
    if (second & 0x80) throw new FrameError(1002, "a server's frame is masked");
    const start = HEAD + ({ [TWO_BYTES]: 2, [EIGHT_BYTES]: 8 }[second] ?? 0);
    if (!this.#has(start)) return undefined;
    const size = start === HEAD ? second : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (size > LARGEST) throw new FrameError(1009, `a frame has more than ${LARGEST} bytes`);
    if (!this.#has(start + size)) return undefined;
    this.#leave(bytes.subarray(start + size));
    return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, data: bytes.subarray(start, start + size) };
  }

  #joinedChunks(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }

  /** Whether so many bytes have come; if not, they are waited for. */
  #has(size: number): boolean {
    this.#wanted = size;
    return this.#unread >= size;
  }

  #leave(rest: Buffer): void {
    [this.#chunks, this.#unread, this.#wanted] = [[rest], rest.length, HEAD];
  }

  #control({ opcode, data, isLast }: Message & { isLast: boolean }): Message {
    if (!isLast || data.length > SHORT || opcode > PONG) throw new FrameError(1002, "a control frame is none");
    return { opcode, data };
  }

  #joined({ opcode, data, isLast }: Message & { isLast: boolean }): Message | undefined {
    const goesOn = this.#opcode !== CONTINUATION;
    if (opcode > BINARY || (opcode === CONTINUATION) !== goesOn) throw new FrameError(1002, "a frame continues nothing");
    if (!goesOn) this.#opcode = opcode;
    this.#parts.push(data);
    this.#size += data.length;
    if (this.#size > LARGEST) throw new FrameError(1009, `a message has more than ${LARGEST} bytes`);
    if (!isLast) return undefined;
    const message = { opcode: this.#opcode, data: Buffer.concat(this.#parts) };
    [this.#opcode, this.#parts, this.#size] = [CONTINUATION, [], 0];
    return message;
  }
}
