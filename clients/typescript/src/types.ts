// What is said to an emulator, and what it shows, as JSON has it: the words are those of seed files and of the control plane.

export type Contract = "current" | "reference" | "connecting";

/** A name of a bundled seed, or a seed itself. */
export type Seed = string | Readonly<Record<string, unknown>>;

export interface When {
  agent?: string;
  agent_key?: string;
  session?: string;
  turn?: number | { from?: number; to?: number };
  content?: string | { equals?: string; contains?: string; matches?: string };
  variables?: Readonly<Record<string, unknown>>;
  has_image?: boolean;
}

export interface Step {
  reply?: string;
  thinking?: string;
  knowledge?: readonly { text: string; source?: string; score?: number }[];
  tool_calls?: readonly Readonly<Record<string, unknown>>[];
  artifacts?: readonly Readonly<Record<string, unknown>>[];
  on_decline?: Step;
  output?: unknown;
  route?: string | boolean;
  assign?: Readonly<Record<string, unknown>>;
  usage?: { input_tokens: number; output_tokens: number };
  delay_ms?: number;
  gate?: string;
  error?: Readonly<Record<string, unknown>>;
  timeout?: boolean;
  finish_reason?: string;
  stream?: Readonly<Record<string, unknown>>;
  events?: readonly Readonly<Record<string, unknown>>[];
}

/** A script as a seed file has it. */
export interface Script {
  name?: string;
  when?: When;
  then: Step | readonly Step[];
  times?: number;
}

/** Everything that a script may have but its reply. */
export type ScriptParts = When & Omit<Step, "reply"> & { name?: string; times?: number };

export interface ScriptShown {
  name: string;
  from: string;
  hits: number;
  times: number | null;
  when: When | null;
  then: Step | readonly Step[] | null;
}

/** A fault as a seed file has it. */
export interface Fault {
  id?: string;
  operation?: string;
  session?: string;
  after?: number;
  times?: number;
  every?: number;
  probability?: number;
  kind?: string;
  status?: number;
  type?: string;
  message?: string;
  retry_after?: number | string | { from: number; to: number };
  delay_ms?: number | { from: number; to: number };
  body?: unknown;
  content_type?: string;
  headers?: Readonly<Record<string, string>>;
  cors?: boolean;
  error_code?: string;
  close?: number;
  after_events?: number;
}

export type FaultShown = Fault & { id: string; kind: string; operation: string; matched: number; fired: number };

export interface ClockState {
  mode: "running" | "frozen";
  now: string;
}

export interface GateState {
  name: string;
  open: boolean;
  waiting: number;
  sessions: string[];
}

export interface Scenario {
  name: string;
  description: string;
  active: boolean;
}

export interface Snapshot {
  name: string;
  taken_at: string;
  agents: number;
  sessions: number;
}

/** Which entries of the journal are meant; all that is given must be equal. `path` has /api/v1. */
export interface Match {
  operation?: string;
  status?: number;
  outcome?: string;
  session_id?: string;
  method?: string;
  path?: string;
}

export interface JournalEntry {
  id: string;
  namespace: string;
  at: string;
  operation: string | null;
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: any;
  status: number;
  response: any;
  duration_ms: number;
  outcome: string;
  fault: string | null;
  session_id: string | null;
  script: string[];
  evidence: string;
  findings: string[];
  unread: string[];
  delivered: boolean;
}

export interface SessionInfo {
  session_id: string;
  owner: string;
  user: string | null;
  agent_id: string | null;
  agent_key: string | null;
  configuration: Record<string, unknown>;
  status: string;
  waits_for: Record<string, unknown> | null;
  turns: number;
  message_count: number;
  created_at: string;
  last_activity: string;
}

export interface HistoryMessage {
  id: string;
  role: string;
  content: string;
  timestamp: string;
  [key: string]: unknown;
}

export interface Execution {
  id: string;
  turn: number;
  status: string;
  error: { type: string; message: string } | null;
  started_at: string;
  completed_at: string;
  path: { from: string; to: string; arm: string | null; why: string }[];
  turns: Record<string, any>[];
  variables: Record<string, unknown>;
  usage: Record<string, number>;
  scripts: string[];
  notes: string[];
}
