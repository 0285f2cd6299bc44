// What a conversation looks like, and how it changes with what happens.
import type { Problem } from "./problem";
import type { Message } from "./service";
import type { Pause, SocketEvent } from "./socket";

export interface Item {
  id: string;
  who: "You" | "Assistant" | "Tool" | "Note";
  text: string;
}

export interface Chat {
  settled: readonly Item[]; // what was said before the turn that runs
  turn: readonly Item[]; // what that turn has so far; after it has failed, what came to nothing
  connection: "opening" | "live" | "lost" | "plain";
  isRunning: boolean;
  pause: Pause | null;
  problem: Problem | null;
}

export type Action =
  | { type: "history"; messages: readonly Message[] }
  | { type: "connection"; connection: Chat["connection"] }
  | { type: "said"; text: string; again: boolean }
  | { type: "event"; event: SocketEvent }
  | { type: "answered"; messages: readonly Message[] }
  | { type: "ended" }
  | { type: "failed"; problem: Problem };

export const BEGINNING: Chat = { settled: [], turn: [], connection: "opening", isRunning: false, pause: null, problem: null };

export function next(chat: Chat, action: Action): Chat {
  switch (action.type) {
    case "history":
      return { ...chat, settled: action.messages.flatMap(itemsOf), turn: [], isRunning: false, problem: null };
    case "connection":
      return { ...chat, connection: action.connection };
    case "said": {
      const turn: Item[] = [{ id: crypto.randomUUID(), who: "You", text: action.text }];
      return { ...(action.again ? chat : settle(chat)), turn, isRunning: true, problem: null };
    }
    case "event":
      return happened(chat, action.event);
    case "answered":
      return settle({ ...chat, turn: [...chat.turn, ...action.messages.flatMap(itemsOf)] });
    case "ended":
      return settle(chat);
    case "failed":
      return { ...chat, isRunning: chat.pause !== null, problem: action.problem };
  }
}

function settle(chat: Chat): Chat {
  return { ...chat, settled: [...chat.settled, ...chat.turn], turn: [], isRunning: false, pause: null };
}

function happened(chat: Chat, event: SocketEvent): Chat {
  switch (event.type) {
    case "ExecutionStarted":
      return { ...chat, turn: chat.turn.filter((item) => item.who === "You"), isRunning: true };
    case "ExecutionCancelled":
      return added(chat, { id: crypto.randomUUID(), who: "Note", text: "Stopped." });
    case "TextMessageStart":
      return added(chat, { id: event.messageId, who: "Assistant", text: "" });
    case "TextMessageContent":
      return continued(chat, event.messageId, event.delta);
    case "ToolCallStart":
      return added(chat, { id: event.tool_call_id, who: "Tool", text: event.tool_name });
    case "ToolCallArgs":
      return continued(chat, event.tool_call_id, ` ${event.delta}`);
    case "ToolCallResult":
      return continued(chat, event.tool_call_id, ` → ${event.content}`);
    case "HitlRequired":
      return { ...chat, pause: event.payload };
    case "HitlResolved":
      return added({ ...chat, pause: null, problem: null }, { id: crypto.randomUUID(), who: "Note", text: `Your answer: ${event.outcome}.` });
    default:
      return chat;
  }
}

const added = (chat: Chat, item: Item): Chat => ({ ...chat, turn: [...chat.turn, item] });

const continued = (chat: Chat, id: string, more: string): Chat => ({
  ...chat, turn: chat.turn.map((item) => (item.id === id ? { ...item, text: item.text + more } : item)),
});

function itemsOf(message: Message): Item[] {
  const calls = ("tool_calls" in message && message.tool_calls) || [];
  const tools = calls.map(({ id, name, arguments: given, result }): Item => (
    { id, who: "Tool", text: `${name} ${JSON.stringify(given)} → ${JSON.stringify(result)}` }
  ));
  return [...tools, { id: message.id, who: message.role === "user" ? "You" : "Assistant", text: textOf(message.content) }];
}

export const textOf = (content: Message["content"]): string =>
  typeof content === "string" ? content : content.map((block) => (block.type === "text" ? block.text : "[image]")).join(" ");
