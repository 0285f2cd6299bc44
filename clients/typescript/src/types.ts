// What is said to an emulator, and what it shows, as JSON has it: the words are those of seed files and of the control plane.
import type { JournalWaitMatch, NewScriptWhen, Seed as WholeSeed, Step } from "./control.js";

export type {
  Clock as ClockState,
  Contract,
  Execution,
  Fault as FaultShown,
  Gate as GateState,
  HistoryMessage,
  JournalEntry,
  NewFault as Fault,
  NewScript as Script,
  NewScriptWhen as When,
  ResetScope,
  Scenario,
  Script as ScriptShown,
  SessionSummary as SessionInfo,
  Snapshot,
  Step,
} from "./control.js";

/** A name of a bundled seed, or a seed itself. */
export type Seed = string | WholeSeed;

/** Everything that a script may have but its reply. */
export type ScriptParts = NewScriptWhen & Omit<Step, "reply"> & { name?: string; times?: number };

/** Which entries of the journal are meant; all that is given must be equal. `path` has /api/v1. */
export type Match = JournalWaitMatch;

