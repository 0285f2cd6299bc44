// Tests in Node.js against a local emulator of the Atthene Sessions API.
export { attach, type AttachOptions } from "./attach.js";
export type { Clock, Time } from "./clock.js";
export type { Emulator, WorldOptions } from "./emulator.js";
export { EmulatorError, type ErrorType, type Problem } from "./errors.js";
export type { Gate } from "./gate.js";
export { start, type StartOptions } from "./start.js";
export type { Reply } from "./script.js";
export type { Decision, MessageParts, Socket, SocketEvent, SocketOptions, SocketResult } from "./socket.js";
export type { World } from "./world.js";
export type * from "./types.js";
