// Tests in Node.js against a local emulator of the Atthene Sessions API.
export { attach, type AttachOptions } from "./attach.js";
export { Clock, type Time } from "./clock.js";
export { Emulator, type WorldOptions } from "./emulator.js";
export { EmulatorError, type Problem } from "./errors.js";
export { Gate } from "./gate.js";
export { start, type StartOptions } from "./start.js";
export type { Reply } from "./script.js";
export { Socket, type Decision, type MessageParts, type SocketEvent, type SocketOptions, type SocketResult } from "./socket.js";
export { World } from "./world.js";
export type * from "./types.js";
