/*
 * One text that many edit at once: the history of its events, and what the text says now.
 *
 * The document is thin. Events, their exchange and their bytes are in src/history and src/wire; how
 * concurrent edits are merged is in text-state.ts. What is decided here is when others hear of a
 * change: an edit is one update, a transaction is one update, an update that arrives is one change.
 *
 * What not everybody needs is not a method but a function over a document, in a file of its own:
 * marking.ts, cursors.ts, past.ts, shallow-file.ts.
 */

import { History, type OperationSink } from '../history/history.ts';
import { MARK } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import type { ApplyOutcome, Replica } from '../replica.ts';

import { NotificationQueue, Notifications } from './notifications.ts';
import { loadText, saveText, type TextCheck } from './text-file.ts';
import type { TextMarks } from './text-marks.ts';
import { TextState } from './text-state.ts';

/** What a document needs to know of its own replica. */
export interface TextDocumentOptions {
  /** A fresh id for each load and each new document, as `randomReplicaId` makes. */
  readonly replicaId: ReplicaId;
}

/** How a document is loaded. */
export interface TextLoadOptions extends TextDocumentOptions, TextCheck {
  /**
   * Says that `replicaId` is not fresh but goes on, on purpose: whoever had it before is gone for
   * ever, and the file has all that it ever sent. Otherwise an id with events is refused.
   */
  readonly continueReplica?: true;
}

/** One edit of a text: at `position`, `deleteCount` units went away and `inserted` came instead. */
export interface TextPatch {
  /** In units of UTF-16, in the text as the patches before this one left it. */
  readonly position: number;
  readonly deleteCount: number;
  readonly inserted: string;
}

/** What happened to a text in one go. */
export interface TextChange {
  /** Whether this replica edited, or an update arrived. */
  readonly origin: 'local' | 'remote';
  /** In the order in which they apply. */
  readonly patches: readonly TextPatch[];
  /** There if something was marked, too: ask `runs` again. */
  readonly isMarked?: true;
}

/**
 * What functions in other files, over a document, see of it. No entry point gives it away, and what
 * nobody imports is in no bundle: marks, cursors, the past, trimming.
 */
export interface TextInsides {
  readonly history: History;
  readonly state: TextState;
  /** The marks on the text after which the history begins. */
  readonly trimmedMarks: readonly Value[];
  /** All marks; `make` is called the first time that somebody asks. */
  marks(make: (insides: TextInsides) => TextMarks): TextMarks;
  /** Marks a range as a local edit; see `markOf`. */
  mark(start: number, end: number, value: Value): void;
}

let open: (document: TextDocument) => TextInsides;

/** The inside of a document. */
export function insidesOf(document: TextDocument): TextInsides {
  return open(document);
}

/**
 * A collaborative text: edit it anywhere, exchange updates in any order, and all replicas agree.
 *
 * @remarks
 * Positions and counts are in units of UTF-16, as in strings; an edit never tears a surrogate pair.
 * Concurrent insertions at one place do not interleave. Updates may be lost, doubled and reordered:
 * what is known is ignored, what comes before its past waits for it. All methods are synchronous,
 * and change nothing when they throw.
 *
 * An edit that a listener makes is part of the text at once; it is told after what is being told.
 *
 * What else can be done with a text are functions that take it: `mark` and `runs`, `cursorAt` and
 * `positionOf`, `textAt`, `diff` and `authorships`, `saveShallow`.
 *
 * @example
 * ```ts
 * import { TextDocument } from '@quorate/crdts/text';
 *
 * const ann = new TextDocument({ replicaId: 'ann' });
 * const bob = new TextDocument({ replicaId: 'bob' });
 * ann.onLocalUpdate((update) => bob.apply(update));
 * ann.insert(0, 'Hello');
 * bob.insert(5, '!');
 * for (const update of bob.updatesSince(ann.encodeVersion())) ann.apply(update);
 * ann.toString(); // => 'Hello!'
 * ```
 */
export class TextDocument implements Replica {
  static {
    open = (document) => document.#insides();
  }

  /** The id under which this document counts its edits. */
  readonly replicaId: ReplicaId;
  readonly #history: History;
  #state: TextState;
  /** The text since it was loaded, until the first edit. */
  #unchangedText: string | undefined;
  readonly #replica: number;
  readonly #updates = new Notifications<Uint8Array>();
  readonly #changes = new Notifications<TextChange>();
  readonly #queue = new NotificationQueue();
  /** Whether anybody ever listened: most texts in a process are heard by nobody. */
  #isHeard = false;
  /** The first event of the transaction that runs, or -1. */
  #transactionStart = -1;
  #localPatches: TextPatch[] = [];
  #remotePatches: TextPatch[] = [];
  #integratedPatchCount = 0;
  #marks: TextMarks | undefined;
  /** Those on the text after which the history begins. */
  #trimmedMarks: readonly Value[] = [];
  /** Whether something was marked that was not told yet. */
  #isMarkedHere = false;
  #isMarkedElsewhere = false;

  /**
   * An empty text.
   *
   * @throws TypeError, RangeError if `replicaId` is none.
   */
  constructor({ replicaId }: TextDocumentOptions);
  constructor({ replicaId, continueReplica }: TextLoadOptions) {
    this.replicaId = checkReplicaId('replicaId', replicaId);
    const ownReplicaId = continueReplica === true ? undefined : replicaId;
    this.#history = new History(this.#sink(), ownReplicaId);
    this.#state = new TextState(this.#history.graph, this.#history.log);
    this.#replica = this.#history.graph.replicaIndex(replicaId);
  }

  /**
   * The document that `save` wrote into `bytes`.
   *
   * @param options - The id should be fresh: a backup that is restored, or a second tab, must not
   *   count on where another one does.
   * @throws CorruptBytesError if they are damaged, or none.
   * @throws RangeError if the id has events in the document; see `continueReplica`.
   *
   * @remarks
   * Nothing is replayed: the text is in the file. Checksums, counts and lengths are checked at
   * once; what else happened stays bytes until somebody asks for it, as an update that arrives,
   * `save` and questions about the past do, but reading and local edits do not. If a file has right
   * checksums but a past that makes no sense, which takes a forger, that is when it is refused, by
   * `CorruptBytesError` and before anything changes. `verify` refuses it at once, and one whose
   * text is not that of its past; it costs as much as replaying everything. `bytes` are copied
   * where they are kept.
   *
   * @example
   * ```ts
   * import { TextDocument } from '@quorate/crdts/text';
   *
   * const ann = new TextDocument({ replicaId: 'ann' });
   * ann.insert(0, 'Hello');
   * const later = TextDocument.load(ann.save(), { replicaId: 'ann-2' });
   * later.insert(5, '!');
   * later.toString(); // => 'Hello!'
   * ```
   */
  static load(bytes: Uint8Array, options: TextLoadOptions): TextDocument {
    const document = new TextDocument(options);
    document.#load(bytes, options);
    const own = document.#history.graph.nextSequence(document.#replica);
    if (own > 0 && options.continueReplica !== true) {
      throw new RangeError(
        `replicaId: expected a fresh id, got ${document.replicaId} which has ${own} events`,
      );
    }
    return document;
  }

  /** Units of UTF-16. */
  get length(): number {
    return this.#state.length;
  }

  /** How many events there are: one for each unit ever inserted or deleted. */
  get eventCount(): number {
    return this.#history.graph.eventCount;
  }

  /** How many updates wait for their past. */
  get waitingCount(): number {
    return this.#history.waitingCount;
  }

  /** All of the text. */
  toString(): string {
    return this.#unchangedText ?? this.#state.toString();
  }

  /** The text from `start` to before `end`; both are cut to the text. */
  slice(start = 0, end: number = this.length): string {
    return this.#state.slice(Math.max(start, 0), Math.min(end, this.length));
  }

  /**
   * Inserts `text` before the unit at `position`.
   *
   * @param position - 0..length, not inside a surrogate pair.
   * @param text - Well-formed. Empty text changes nothing.
   * @throws RangeError if one of them is not so.
   */
  insert(position: number, text: string): void {
    if (text === '') return;
    const from = this.#state.insertLocal(this.#replica, position, text);
    this.#unchangedText = undefined;
    if (this.#isHeard) this.#tellEdit(from, position, 0, text);
  }

  /**
   * Deletes `count` units from `position` on.
   *
   * @param count - 0 or more; nothing is changed by 0.
   * @throws RangeError if the range leaves the text, or begins or ends inside a surrogate pair.
   */
  delete(position: number, count: number): void {
    if (count === 0) return;
    const from = this.#state.deleteLocal(this.#replica, position, count);
    this.#unchangedText = undefined;
    if (this.#isHeard) this.#tellEdit(from, position, count, '');
  }

  /**
   * Puts `text` in place of `count` units from `position` on, as one change.
   *
   * @throws RangeError as `insert` and `delete`; nothing has changed then.
   */
  replace(position: number, count: number, text: string): void {
    if (!text.isWellFormed()) {
      throw new RangeError('text: expected well-formed text, got a lone surrogate');
    }
    this.transact(() => {
      this.delete(position, count);
      this.insert(position, text);
    });
  }

  /**
   * Makes all edits of `edit` one update and one change.
   *
   * @returns What `edit` returns.
   *
   * @remarks
   * If `edit` throws, what it did until then stays done and is told: others may know the positions
   * already. A transaction within another one is part of it.
   */
  transact<Result>(edit: () => Result): Result {
    if (this.#transactionStart >= 0) return edit();
    this.#transactionStart = this.eventCount;
    try {
      return edit();
    } finally {
      const start = this.#transactionStart;
      this.#transactionStart = -1;
      this.#tellLocal(start);
    }
  }

  /** Takes in an update of another replica; see `Replica.apply`. */
  apply(update: Uint8Array): ApplyOutcome {
    if (this.#isHeard || this.#transactionStart >= 0) return this.applyAll([update]);
    return this.#history.apply(update);
  }

  /**
   * Takes in several updates as one change, which is faster: all of them, or none if one is
   * refused.
   *
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError, PendingFullError; nothing
   *   has changed then.
   */
  applyAll(updates: Iterable<Uint8Array>): ApplyOutcome {
    this.#cutTransaction();
    let outcome: ApplyOutcome;
    try {
      outcome = this.#history.applyAll(updates);
    } catch (error) {
      this.#remotePatches = [];
      throw error;
    } finally {
      if (this.#transactionStart >= 0) this.#transactionStart = this.eventCount;
    }
    const patches = this.#remotePatches;
    const isMarked = this.#isMarkedElsewhere;
    this.#isMarkedElsewhere = false;
    if (patches.length === 0 && !isMarked) return outcome;
    this.#remotePatches = [];
    const change = changeOf({ origin: 'remote', patches }, { isMarked });
    this.#queue.run((errors) => this.#changes.tell(change, errors));
    return outcome;
  }

  /** What this document has; see `Replica.encodeVersion`. */
  encodeVersion(): Uint8Array {
    return this.#history.encodeVersion();
  }

  /** What a replica at `version` lacks; see `Replica.updatesSince`. */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    return this.#history.updatesSince(version, maxSizeBytes);
  }

  /** Whether the holder of `version` has all that is here. */
  isCoveredBy(version: Uint8Array): boolean {
    return this.#history.isCoveredBy(version);
  }

  /**
   * All that ever happened as one update that does not depend on the order in which it arrived:
   * replicas with equal events give equal bytes, of which a hash can be taken. Empty at first.
   *
   * @throws BeforeHistoryError if the past was trimmed.
   *
   * @remarks O(history), and slower than `save`.
   */
  canonicalBytes(): Uint8Array {
    return this.#history.canonicalBytes();
  }

  /**
   * The document as bytes, with all that waits for its past.
   *
   * @returns Of the same events in the same local order, the same bytes.
   *
   * @remarks O(history). Made for snapshots from time to time: between them, keep the updates.
   */
  save(): Uint8Array {
    return saveText(this.#history, this.#state, this.#trimmedMarks);
  }

  /** A copy that goes its own way until the two exchange updates; see `load` for the id. */
  fork(options: TextDocumentOptions): TextDocument {
    return TextDocument.load(this.save(), options);
  }

  /**
   * Calls `listener` with the bytes of each local change: one update for an edit or a transaction.
   *
   * @returns Ends the subscription.
   */
  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    this.#isHeard = true;
    return this.#updates.subscribe(listener);
  }

  /**
   * Calls `listener` after each change, local or remote, with the patches that it is made of.
   *
   * @returns Ends the subscription.
   */
  onChange(listener: (change: TextChange) => void): () => void {
    this.#isHeard = true;
    // What the transaction has done so far is in the text that the listener begins with.
    this.#cutTransaction();
    return this.#changes.subscribe(listener);
  }

  #insides(): TextInsides {
    const insides: TextInsides = {
      history: this.#history,
      state: this.#state,
      trimmedMarks: this.#trimmedMarks,
      marks: (make) => (this.#marks ??= make(insides)),
      mark: (start, end, value) => {
        this.#mark(start, end, value);
      },
    };
    return insides;
  }

  #load(bytes: Uint8Array, check: TextCheck): void {
    const { state, text, marks, waiting } = loadText(this.#history, bytes, check);
    this.#state = state;
    this.#trimmedMarks = marks;
    this.#unchangedText = text;
    if (waiting.length > 0) this.#history.applyAll(waiting);
  }

  #sink(): OperationSink {
    return {
      integrate: (from, to) => {
        this.#unchangedText = undefined;
        if (!this.#isHeard) {
          this.#state.integrate(from, to);
          return;
        }
        this.#integratedPatchCount = this.#remotePatches.length;
        const isHeard = this.#changes.isHeard;
        this.#state.integrate(from, to, isHeard ? this.#addRemotePatch : undefined);
        if (isHeard && hasMark(this.#history.log, from, to)) this.#isMarkedElsewhere = true;
      },
      rebuild: () => {
        this.#remotePatches.length = this.#integratedPatchCount;
        this.#state.rebuild();
      },
    };
  }

  readonly #addRemotePatch = (position: number, deleteCount: number, inserted: string): void => {
    this.#remotePatches.push({ position, deleteCount, inserted });
  };

  #tellEdit(from: number, position: number, deleteCount: number, inserted: string): void {
    if (this.#changes.isHeard) this.#localPatches.push({ position, deleteCount, inserted });
    if (this.#transactionStart < 0) this.#tellLocal(from);
  }

  #mark(start: number, end: number, value: Value): void {
    const from = this.eventCount;
    this.#state.markLocal(this.#replica, start, end, value);
    this.#isMarkedHere = this.#changes.isHeard;
    if (this.#transactionStart < 0) this.#tellLocal(from);
  }

  /** Events of others come between: what the transaction did so far is an update of its own. */
  #cutTransaction(): void {
    // Whoever hears of it may edit in turn, and that is part of the transaction, too.
    while (this.#transactionStart >= 0 && this.#transactionStart < this.eventCount) {
      const from = this.#transactionStart;
      this.#transactionStart = this.eventCount;
      this.#tellLocal(from);
    }
  }

  /** Tells of the local events from `from` on. */
  #tellLocal(from: number): void {
    const to = this.eventCount;
    const patches = this.#localPatches;
    const isMarked = this.#isMarkedHere;
    if (patches.length > 0 || isMarked) this.#localPatches = [];
    this.#isMarkedHere = false;
    if (from === to || !(this.#updates.isHeard || this.#changes.isHeard)) return;
    const update = this.#updates.isHeard ? this.#history.takeUpdate(from, to) : undefined;
    if (update !== undefined && patches.length === 0 && !isMarked) {
      this.#queue.tell(this.#updates, update);
      return;
    }
    this.#queue.run((errors) => {
      if (update !== undefined) this.#updates.tell(update, errors);
      if (patches.length > 0 || isMarked) {
        this.#changes.tell(changeOf({ origin: 'local', patches }, { isMarked }), errors);
      }
    });
  }
}

/** A change, which says of marks only that there were some. */
function changeOf(change: TextChange, { isMarked }: { readonly isMarked: boolean }): TextChange {
  return isMarked ? { ...change, isMarked } : change;
}

/** Whether one of the events from `from` to before `to` is a mark. */
function hasMark(log: OperationLog, from: number, to: number): boolean {
  for (let run = log.runAt(from); run < log.runCount && log.start(run) < to; run += 1) {
    if (log.kind(run) === MARK) return true;
  }
  return false;
}
