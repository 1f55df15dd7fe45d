import { CorruptBytesError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';
import type { PatchListener } from '../text/text-state.ts';
import type { StateReader, StateWriter } from './state-file.ts';

/** A type of container, as the log and the bytes hold it: keys that hold something. */
export const MAP = 1;
/** Elements in an order. */
export const LIST = 2;
/** Characters in an order. */
export const TEXT = 3;
/** A sum. */
export const COUNTER = 4;
/** Nodes below one another. */
export const TREE = 5;

/** What a key or an element holds: a value, or a container in which others can edit, too. */
export type Content = Value | Container;

/** Events of one kind in one container, read from the log; what the fields mean is said there. */
export interface Operation {
  readonly kind: number;
  /** The container that it names, which for a move in a tree is the new parent. */
  readonly target: Container;
  readonly lv: number;
  readonly count: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Index of the first value in the log's values. */
  readonly value: number;
}

/** What an event added to a counter. */
export interface Add {
  readonly lv: number;
  readonly amount: number;
}

/** How a local event is made: as an operation, with the values it brings. */
export type Emit = (
  container: Container,
  kind: number,
  count: number,
  a: number,
  b: number,
  c: number,
  values: readonly Value[],
) => number;

/** The document, as its containers see it. */
export interface Host {
  readonly graph: CausalGraph;
  readonly log: OperationLog;
  /** How many events are in the state with which this began. */
  readonly baseCount: number;
  /** How many events were taken in. */
  readonly eventCount: number;
  /** Whose the local events are, by its number in the graph. */
  readonly replica: number;
  /** Carries out `change` as one transaction, or as part of the one that runs. */
  edit<Result>(change: () => Result): Result;
  /** Whether an event was undone. */
  isRevoked(lv: number): boolean;
  /** Makes sure that the past is known as far as it is kept, and not only what is shown. */
  recall(): void;
  /** Says what the event `lv` of the base added to a counter. */
  noteAdd(lv: number, counter: Container, amount: number): void;
  /** What events of the base added to `counter`, if that counts. */
  addsTo(counter: Container): readonly Add[];
  /** Makes sure, by local events, that `container` is where it belongs. */
  attach(container: Container): void;
  /** Who is told of edits of a text, if anybody is. */
  onTextEdit(container: Container): PatchListener | undefined;
  /** Says that marks on a text changed. */
  touchMarks(container: Container): void;
  /** A fresh container in `parent`, named by event `lv`, or by none so far: -2. */
  create(type: number, parent: Container, place: unknown, lv: number): Container;
  /** Says that event `lv` names `container`, for operations to come. */
  name(lv: number, container: Container): void;
  /** Says that what `part` of `container` looks like is about to change. */
  touch(container: Container, part: unknown): void;
  /** Says that `container` wants to `settle` once all events that come together were taken in. */
  unsettled(container: Container): void;
  /** Adds a local event and carries it out; its LV. */
  append: Emit;
  /** As `append`, but the container is made to be there first. */
  emit: Emit;
}

/** A map, list, text, counter or tree of a document: a state machine that is fed by the log. */
export abstract class Container {
  abstract readonly type: number;
  readonly host: Host;
  readonly parent: Container | undefined;
  /** Where it is in its parent: the key, the element or the node. */
  place: unknown;
  /** The first event that named it; -1 the root, -2 if none did so far. */
  lv = -2;
  /** How many containers it lies in. */
  readonly depth: number;
  /** What the application holds of it. */
  live: { readonly schema: unknown; readonly shown: unknown } | undefined = undefined;

  constructor(host: Host, parent: Container | undefined, place: unknown) {
    this.host = host;
    this.parent = parent;
    this.place = place;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** Forgets everything, to be fed again from the start of the log. */
  abstract reset(): void;
  /** Takes in events in any causal order; the state depends on the set of events only. */
  abstract apply(operation: Operation): void;
  /** Whether the one event, which was taken in, is revoked from now on: called if that changed. */
  abstract revoke(operation: Operation, isRevoked: boolean): void;
  /** Does what is better done once for many events; nothing is asked of it before. */
  settle(): void {
    // Most have done all.
  }
  /** Whether it shows nothing. */
  abstract isEmpty(): boolean;
  /** Takes everything out that is shown, by local events. */
  abstract clear(): void;
  /** What `part` shows, to be compared before and after a change. */
  abstract look(part: unknown): unknown;
  /** Writes what it shows, and what events to come may name. */
  abstract write(into: StateWriter): void;
  /** Reads, into an empty container, what `write` wrote. */
  abstract read(from: StateReader): void;
  /** A plain copy. */
  abstract toJSON(): unknown;
}

/** An operation that no replica could have made. */
export function impossible(kind: number, what: string): CorruptBytesError {
  return new CorruptBytesError(`operation ${kind}: expected ${what}`);
}

/** A copy that its holder may change, without prototypes. */
export function plain(content: Content): unknown {
  if (content instanceof Container) return content.toJSON();
  if (typeof content !== 'object' || content === null) return content;
  if (content instanceof Uint8Array) return content.slice();
  if (isArray(content)) return content.map(plain);
  const copy = emptyObject();
  for (const key of Object.keys(content)) copy[key] = plain(content[key] ?? null);
  return copy;
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** An object in which `__proto__` is a key like any other. */
export function emptyObject(): Record<string, unknown> {
  const fresh: Record<string, unknown> = {};
  Object.setPrototypeOf(fresh, null);
  return fresh;
}
