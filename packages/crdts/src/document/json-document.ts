/*
 * A JSON document that many edit at once: the history of its events, and what they make.
 *
 * The document is thin, as that of a text is. Events, their exchange and their bytes are in
 * src/history and src/wire; what they mean is in document-state.ts. What is decided here is what is
 * one change: a transaction is one update, one undo step and one call of listeners, and it is done
 * as a whole or not at all.
 */
import { BeforeHistoryError } from '../errors.ts';
import type { EventRange } from '../graph/causal-graph.ts';
import { History } from '../history/history.ts';
import { frontierOfVersion } from '../history/frontier-of-version.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import type { ApplyOutcome, Replica } from '../replica.ts';
import { NotificationQueue, Notifications } from '../text/notifications.ts';
import { type Change, ChangeRecorder } from './changes.ts';
import { loadDocument, saveDocument } from './document-file.ts';
import { DocumentState } from './document-state.ts';
import { type Live, live } from './live.ts';
import type { MapState } from './map-state.ts';
import type { AnySchema, MapLikeSchema, RecordSchema } from './schema.ts';

/** What a document needs to know. */
export interface JsonDocumentOptions<Root extends MapLikeSchema> {
  /** A fresh id for each load and each new document, as `randomReplicaId` makes. */
  readonly replicaId: ReplicaId;
  /** What the document is meant to hold. Default: a record of anything. */
  readonly schema?: Root;
}

/** How a document is loaded. */
export interface JsonLoadOptions<Root extends MapLikeSchema> extends JsonDocumentOptions<Root> {
  /**
   * Says that `replicaId` is not fresh but goes on, on purpose: whoever had it before is gone for
   * ever, and the file has all that it ever sent. Otherwise an id with events is refused.
   */
  readonly continueReplica?: true;
  /**
   * Says that the whole past is played through, and compared with what the file shows. Otherwise
   * checksums vouch for it.
   */
  readonly verify?: true;
}

/** What a copy of a document needs to know. */
export interface BranchOptions {
  /** A fresh id. */
  readonly replicaId: ReplicaId;
}

/** What a transaction is called. */
export interface TransactionOptions {
  /** Who or what made it, as it is told to listeners and to an undo manager. Default: 'local'. */
  readonly origin?: string;
}

/** What happened to a document in one go. */
export interface DocumentChange {
  /** What the transaction was called; 'remote' for what arrived. */
  readonly origin: string;
  /** What looks different now, to be applied in this order to what was; see `Change`. */
  readonly changes: readonly Change[];
}

/** A transaction of this replica, as an undo manager needs it. */
export interface Commit extends EventRange {
  /** What the transaction was called. */
  readonly origin: string;
}

/** What is in a document, for functions beside it. */
export interface DocumentInsides {
  readonly history: History;
  readonly state: DocumentState;
  /** Takes back events of any replica in one transaction. @returns The events that do. */
  readonly takeBack: (events: readonly EventRange[], options: TransactionOptions) => EventRange;
}

let open: (document: JsonDocument<MapLikeSchema>) => DocumentInsides;

/** What is in a document, between two transactions. */
export function insidesOf(document: JsonDocument<MapLikeSchema>): DocumentInsides {
  return open(document);
}

/**
 * A collaborative JSON document: maps, lists, texts, counters and trees in one another.
 *
 * @remarks
 * Edit it anywhere, offline too, exchange updates in any order, and all replicas agree. What people
 * do to different things is kept; of two who write one value, the later one wins, by Lamport time
 * and replica id, never by a clock. All methods are synchronous and change nothing when they throw.
 *
 * An edit that a listener makes is part of the document at once; it is told after what is being
 * told.
 *
 * @example
 * ```ts
 * import { JsonDocument, schema } from '@quorate/crdts/document';
 *
 * const cards = schema.list(schema.register<string>());
 * const board = schema.map({ title: schema.text(), cards });
 * const ann = new JsonDocument({ replicaId: 'ann', schema: board });
 * const bob = new JsonDocument({ replicaId: 'bob', schema: board });
 * ann.root.title.insert(0, 'Plan');
 * bob.root.cards.push('rest');
 * bob.applyAll(ann.updatesSince(bob.encodeVersion()));
 * ann.applyAll(bob.updatesSince(ann.encodeVersion()));
 * JSON.stringify(ann); // => '{"cards":["rest"],"title":"Plan"}'
 * JSON.stringify(bob) === JSON.stringify(ann); // => true
 * ```
 */
export class JsonDocument<Root extends MapLikeSchema = RecordSchema<AnySchema>> implements Replica {
  static {
    open = (document) => document.#insides();
  }

  /** The id under which this document counts its edits. */
  readonly replicaId: ReplicaId;
  /** The root, as the schema says. */
  readonly root: Live<Root>;
  readonly #schema: Root | undefined;
  readonly #history: History;
  readonly #state: DocumentState;
  readonly #updates = new Notifications<Uint8Array>();
  readonly #changes = new Notifications<DocumentChange>();
  readonly #commits = new Notifications<Commit>();
  readonly #queue = new NotificationQueue();
  /** The first event of the transaction that runs, or -1. */
  #start = -1;
  #origin = 'local';
  #recorder: ChangeRecorder | undefined = undefined;

  /**
   * An empty document.
   *
   * @throws TypeError, RangeError if `replicaId` is none.
   */
  constructor(options: JsonDocumentOptions<Root>);
  constructor({ replicaId, schema, continueReplica }: JsonLoadOptions<Root>) {
    this.replicaId = checkReplicaId('replicaId', replicaId);
    this.#schema = schema;
    this.#history = new History(
      {
        integrate: (from, to) => this.#state.integrate(from, to),
        rebuild: () => this.#rebuild(),
      },
      continueReplica === true ? undefined : replicaId,
    );
    const { graph, log } = this.#history;
    this.#state = new DocumentState(graph, log, graph.replicaIndex(replicaId), (change) =>
      this.transact(change),
    );
    this.root = rootOf(this.#state.root, schema);
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
   * O(history), but for a history that is long compared with what it made: then that is in the file
   * as well, and what happened is worked out when it is first asked for.
   *
   * @example
   * ```ts
   * import { JsonDocument } from '@quorate/crdts/document';
   *
   * const ann = new JsonDocument({ replicaId: 'ann' });
   * ann.root.set('color', 'red');
   * const later = JsonDocument.load(ann.save(), { replicaId: 'ann-2' });
   * later.root.get('color'); // => 'red'
   * ```
   */
  static load<Root extends MapLikeSchema = RecordSchema<AnySchema>>(
    bytes: Uint8Array,
    options: JsonLoadOptions<Root>,
  ): JsonDocument<Root> {
    const document = new JsonDocument<Root>(options);
    document.#load(bytes, options.verify);
    const own = document.#history.graph.nextSequence(document.#state.replica);
    if (own > 0 && options.continueReplica !== true) {
      throw new RangeError(
        `replicaId: expected a fresh id, got ${document.replicaId} which has ${own} events`,
      );
    }
    return document;
  }

  /** How many events there are: one for each character, and for each operation on all else. */
  get eventCount(): number {
    return this.#history.graph.eventCount;
  }

  /** How many updates wait for their past. */
  get waitingCount(): number {
    return this.#history.waitingCount;
  }

  /**
   * Makes all edits of `edit` one update, one undo step and one change.
   *
   * @returns What `edit` returns.
   *
   * @remarks
   * If `edit` throws, nothing has happened. A transaction within another one is part of it. Asking
   * for a version or for updates, or applying one, ends what there is of the transaction, since
   * others know it then; the rest is another one.
   */
  transact<Result>(edit: () => Result, options: TransactionOptions = {}): Result {
    if (this.#start >= 0) return edit();
    this.#begin(options.origin ?? 'local');
    let isDone = false;
    try {
      const result = edit();
      isDone = true;
      return result;
    } finally {
      if (isDone) this.#commit();
      else this.#rollBack();
    }
  }

  /** Takes in an update of another replica; see `Replica.apply`. */
  apply(update: Uint8Array): ApplyOutcome {
    return this.applyAll([update]);
  }

  /**
   * Takes in several updates as one change, which is faster: all of them, or none if one is
   * refused.
   *
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError, PendingFullError; nothing
   *   has changed then.
   */
  applyAll(updates: Iterable<Uint8Array>): ApplyOutcome {
    const origin = this.#cut();
    this.#observe();
    try {
      const outcome = this.#history.applyAll(updates);
      const changes = this.#takeChanges();
      if (changes.length > 0) {
        this.#queue.run((errors) => this.#changes.tell({ origin: 'remote', changes }, errors));
      }
      return outcome;
    } finally {
      this.#state.observer = undefined;
      if (origin !== undefined) this.#begin(origin);
    }
  }

  /** What this document has; see `Replica.encodeVersion`. */
  encodeVersion(): Uint8Array {
    return this.#apart(() => this.#history.encodeVersion());
  }

  /** What a replica at `version` lacks; see `Replica.updatesSince`. */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    return this.#apart(() => this.#history.updatesSince(version, maxSizeBytes));
  }

  /** Whether the holder of `version` has all that is here. */
  isCoveredBy(version: Uint8Array): boolean {
    return this.#apart(() => this.#history.isCoveredBy(version));
  }

  /**
   * The document as bytes, with all that ever happened and all that waits for its past.
   *
   * @returns Of the same events in the same local order, the same bytes.
   *
   * @remarks O(history). Made for snapshots from time to time: between them, keep the updates.
   */
  save(): Uint8Array {
    return this.#apart(() => saveDocument(this.#history, this.#state));
  }

  /**
   * Calls `listener` with the bytes of each local transaction.
   *
   * @returns Ends the subscription.
   */
  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    return this.#updates.subscribe(listener);
  }

  /**
   * Calls `listener` after each change, local or remote, with what looks different now. Within a
   * transaction, this ends what there is of it, as `encodeVersion` does.
   *
   * @returns Ends the subscription.
   */
  onChange(listener: (change: DocumentChange) => void): () => void {
    // What the transaction has done so far is in the document that the listener begins with.
    return this.#apart(() => this.#changes.subscribe(listener));
  }

  /**
   * Calls `listener` with each local transaction, for `undo`.
   *
   * @returns Ends the subscription.
   */
  onCommit(listener: (commit: Commit) => void): () => void {
    return this.#commits.subscribe(listener);
  }

  /**
   * Takes back what transactions of this replica did, the latest first, as one transaction: what
   * others did meanwhile stays.
   *
   * @returns What to give to `undo` in order to redo.
   * @throws RangeError if there are events of others in `commits`.
   *
   * @remarks
   * An event counts unless one that counts takes it back, so all is as if it had never been there.
   * Text that was deleted comes back as it was, with its marks, cursors and authors. Within a
   * transaction, this ends what there is of it, as `encodeVersion` does.
   */
  undo(commits: readonly EventRange[], options: TransactionOptions = {}): EventRange {
    return this.#revoke('undo', commits, options);
  }

  /**
   * The document as it was at `version`, as a document of its own: a branch, if it is edited.
   *
   * @param version - From `encodeVersion` of this document or another one.
   * @param options - A fresh id. Exchange updates to bring what was done on a branch back here.
   * @throws RangeError if not all of that version is here; BeforeHistoryError if its past is gone.
   */
  checkout(version: Uint8Array, options: BranchOptions): JsonDocument<Root> {
    const { graph, trimmedCount } = this.#history;
    const frontier = frontierOfVersion(graph, version);
    if (Math.max(-1, ...frontier) < trimmedCount - 1) {
      throw new BeforeHistoryError('version: expected one after the trimmed history');
    }
    const start = trimmedCount > 0 ? [trimmedCount - 1] : [];
    const { onlyA } = graph.diff(frontier, start);
    const branch = new JsonDocument<Root>(this.#options(options.replicaId));
    if (trimmedCount > 0) branch.#startFrom(this.save());
    branch.applyAll(onlyA.map(({ start, end }) => this.#history.takeUpdate(start, end)));
    return branch;
  }

  /** A copy that goes its own way until the two exchange updates. */
  fork(options: BranchOptions): JsonDocument<Root> {
    return JsonDocument.load(this.save(), this.#options(options.replicaId));
  }

  /**
   * What looks different at version `to` from version `from`.
   *
   * @param from - Part of `to`.
   * @param to - Default: the present.
   * @throws RangeError if not all of the versions is here, or if `from` is not part of `to`.
   *
   * @remarks O(events of `to`).
   */
  diff(from: Uint8Array, to: Uint8Array = this.encodeVersion()): readonly Change[] {
    const { graph } = this.#history;
    const { onlyA, onlyB } = graph.diff(
      frontierOfVersion(graph, to),
      frontierOfVersion(graph, from),
    );
    if (onlyB.length > 0) throw new RangeError('from: expected a version that is part of to');
    let replicaId = 'diff';
    while (graph.indexOfReplica(replicaId) >= 0) replicaId += '-';
    const past = this.checkout(from, { replicaId });
    let changes: readonly Change[] = [];
    past.onChange((change) => {
      changes = change.changes;
    });
    past.applyAll(onlyA.map(({ start, end }) => this.#history.takeUpdate(start, end)));
    return changes;
  }

  /** A plain copy, without prototypes; keys are sorted by code units. */
  toJSON(): unknown {
    return this.#state.root.toJSON();
  }

  #revoke(
    how: 'undo' | 'takeBack',
    events: readonly EventRange[],
    { origin = 'undo' }: TransactionOptions,
  ): EventRange {
    const undo = (): EventRange => {
      const from = this.eventCount;
      for (const { start, end } of events) this.#state[how](start, end);
      return { start: from, end: this.eventCount };
    };
    // Not part of a transaction that may be rolled back: its events are redone by their numbers.
    return this.#apart(() => this.transact(undo, { origin }));
  }

  #load(bytes: Uint8Array, verify: true | undefined): void {
    const waiting = loadDocument(this.#history, this.#state, bytes, verify);
    if (waiting.length > 0) this.#history.applyAll(waiting);
  }

  /** Takes the state with which a trimmed history begins, out of a file. */
  #startFrom(bytes: Uint8Array): void {
    const history = this.#history;
    loadDocument(history, this.#state, bytes, undefined);
    history.graph.truncate(history.trimmedCount);
    history.log.truncate(history.trimmedCount);
    this.#state.rebuild();
  }

  #insides(): DocumentInsides {
    return this.#apart(() => ({
      history: this.#history,
      state: this.#state,
      takeBack: (events, options) => this.#revoke('takeBack', events, options),
    }));
  }

  #options(replicaId: ReplicaId): JsonDocumentOptions<Root> {
    const schema = this.#schema;
    return schema === undefined ? { replicaId } : { replicaId, schema };
  }

  #begin(origin: string): void {
    this.#start = this.eventCount;
    this.#origin = origin;
    this.#observe();
  }

  #observe(): void {
    this.#recorder = this.#changes.isHeard ? new ChangeRecorder() : undefined;
    this.#state.observer = this.#recorder;
  }

  #takeChanges(): readonly Change[] {
    const changes = this.#recorder?.finish() ?? [];
    this.#recorder = undefined;
    this.#state.observer = undefined;
    return changes;
  }

  /** Ends the transaction that runs, if one does; its origin. */
  #cut(): string | undefined {
    if (this.#start < 0) return undefined;
    const origin = this.#origin;
    try {
      this.#commit();
    } catch (error) {
      // A listener threw: what is told is done, and the transaction goes on.
      this.#begin(origin);
      throw error;
    }
    return origin;
  }

  /** Asks something between two transactions. */
  #apart<Answer>(ask: () => Answer): Answer {
    const origin = this.#cut();
    try {
      return ask();
    } finally {
      if (origin !== undefined) this.#begin(origin);
    }
  }

  #commit(): void {
    const start = this.#start;
    const end = this.eventCount;
    const origin = this.#origin;
    this.#start = -1;
    const changes = this.#takeChanges();
    if (start === end) return;
    const update = this.#updates.isHeard ? this.#history.takeUpdate(start, end) : undefined;
    this.#queue.run((errors) => {
      if (update !== undefined) this.#updates.tell(update, errors);
      this.#commits.tell({ start, end, origin }, errors);
      if (changes.length > 0) this.#changes.tell({ origin, changes }, errors);
    });
  }

  #rollBack(): void {
    const start = this.#start;
    this.#start = -1;
    this.#recorder = undefined;
    this.#state.observer = undefined;
    if (start === this.eventCount) return;
    this.#history.graph.truncate(start);
    this.#history.log.truncate(start);
    this.#state.rebuild();
  }

  /** What was recorded names parts that are not there any more: listeners start over, too. */
  #rebuild(): void {
    const recorder = this.#recorder;
    this.#state.observer = undefined;
    this.#state.rebuild();
    if (recorder !== undefined) {
      recorder.reset();
      this.#state.observer = recorder;
    }
  }
}

/** The root as a schema says. */
function rootOf<Root extends MapLikeSchema>(map: MapState, schema: Root | undefined): Live<Root>;
function rootOf(map: MapState, schema: MapLikeSchema = ANY_RECORD): unknown {
  return live(map, schema);
}

const ANY_RECORD: RecordSchema<AnySchema> = { kind: 'record', item: { kind: 'any' } };
