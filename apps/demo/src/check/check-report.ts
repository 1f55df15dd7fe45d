/** What a check found, as the page draws it. Plain data: it comes from a worker or over HTTP. */

/** What is held to what: keys to one copy of them, or boards to what they promise. */
export type CheckModel = 'config' | 'boards';

/** What a check found. */
export type CheckReport = ConfigReport | BoardsReport;

/** Whether what clients saw of the configuration could be one copy of it. */
export interface ConfigReport {
  readonly model: 'config';
  readonly verdict: 'linearizable' | 'not-linearizable' | 'unknown';
  readonly operationCount: number;
  /** How many events the search looked at. */
  readonly steps: number;
  readonly keys: readonly KeyResult[];
  /** One key: of a violation what it was found in, else an order that proves the verdict. */
  readonly picture: Picture | null;
  /** Bars of `picture` that still show the violation, by index, ever fewer; else nothing. */
  readonly shrinking: readonly (readonly number[])[];
  /** The last of them alone. */
  readonly counterexample: Picture | null;
  /** Whether nothing of it can be left out. */
  readonly isMinimal: boolean;
}

/** What became of one key. */
export interface KeyResult {
  readonly key: string;
  readonly verdict: ConfigReport['verdict'];
  readonly operationCount: number;
}

/** Operations on one key over time. Only order counts: an event is as wide as its text needs. */
export interface Picture {
  readonly key: string;
  readonly startState: string;
  /** The clients, from top to bottom. */
  readonly lanes: readonly string[];
  readonly widthPx: number;
  /** In the order of their calls. */
  readonly bars: readonly Bar[];
}

/** One operation. */
export interface Bar {
  readonly lane: number;
  readonly text: string;
  readonly answer: 'known' | 'unknown' | 'refused';
  readonly callMs: number;
  readonly returnMs: number | null;
  readonly fromPx: number;
  readonly toPx: number;
  /** Where it takes effect, if it does in the order that is shown. */
  readonly point: Point | null;
  /** Whether its answer is impossible. */
  readonly isCulprit: boolean;
}

/** The moment at which an operation takes effect. */
export interface Point {
  readonly xPx: number;
  /** Its place in the order, from 1. */
  readonly number: number;
  /** What is true from then on. */
  readonly state: string;
}

/** Whether boards keep what they promise. */
export interface BoardsReport {
  readonly model: 'boards';
  /** 'pending': not yet, and not broken either, while nodes are away or on their way. */
  readonly verdict: Standing;
  readonly boardCount: number;
  readonly confirmedCount: number;
  readonly promises: readonly PromiseResult[];
  /** Boards of which something is to be said. */
  readonly boards: readonly BoardResult[];
}

/** How a promise stands. */
export type Standing = 'kept' | 'pending' | 'broken';

/** One promise of boards. */
export interface PromiseResult {
  readonly name: 'converged' | 'nothingLost' | 'causal';
  readonly standing: Standing;
  /** What was seen, in a sentence. */
  readonly detail: string;
}

/** Copies of one board. */
export interface BoardResult {
  readonly boardId: string;
  /** Nodes whose copies are equal, the largest group first. */
  readonly groups: readonly (readonly string[])[];
  /** Items that were confirmed, and the nodes whose copies lack them. */
  readonly missing: readonly { readonly itemId: string; readonly nodes: readonly string[] }[];
}

/** How the check stands, for all screens. */
export interface CheckState {
  readonly isRecording: boolean;
  /** Whether recording can be turned off. */
  readonly isSwitchable: boolean;
  /** Operations on the configuration that are recorded now. */
  readonly operationCount: number;
  /** The last verdict about them; null before the first. */
  readonly verdict: ConfigReport['verdict'] | null;
  /** How long ago that was, in ms. */
  readonly verdictAgeMs: number;
  /** Whether a rule is broken for show; null where none can be. */
  readonly isBroken: boolean | null;
}

/** Checks of a cluster. */
export interface Checks {
  readonly state: CheckState;
  /** What clients saw of the configuration, as JSON lines, from its middle on. */
  historyText?(): string;
  /** Turns the recording on or off. @throws ActionError if it cannot be. */
  record(mode: 'on' | 'off'): void;
  /** @param key - The key to draw, by name; default one that says most. */
  run(model: CheckModel, key?: string): Promise<CheckReport>;
  /** Breaks a rule for show, or keeps it again. Rejects with an ActionError if it cannot. */
  breakRule(mode: 'broken' | 'kept'): Promise<void>;
}
