/*
 * A replica of any type of the catalogue, ready for the network and the disk.
 *
 * A lattice alone converges when states are joined, but sending a whole state for every change is a
 * waste, and a delta alone says nothing of what its sender has. So each delta gets a name, its
 * replica and a number, and a version is how many deltas of each replica are known:
 *
 *      version  { a: 4, b: 2 }        lacks (a, 5), (b, 3), (b, 4)
 *
 * Who tells its version gets exactly the deltas that it lacks, or the whole state where these would
 * be more bytes or are not kept any more. A delta is taken in after all that its author knew when
 * it was made, never before: each carries what its author learnt since the one before.
 *
 * Names are only as good as the ids in them. A copy of a disk that is started twice, or a backup
 * that is restored, would name two different deltas alike: the others would ignore the second, and
 * counts would be lost. Therefore
 *
 *   - an id of which a state has deltas already cannot be taken up again by `load`;
 *   - a version carries a hash over all deltas of each replica, each delta the hash before it: two
 *     histories of one id are told apart whenever they meet, and refused with `ForkedReplicaError`.
 *
 * Tombstones can go when nobody will ever need them. `compact` remembers a state; once all members
 * have told versions that cover it, and this replica has all that they had then, every delta yet to
 * come was made by somebody who knew that state: it is stable. Whoever has less is no member and is
 * refused from then on with `BeforeHistoryError`.
 *
 * Source: Almeida, Shoker and Baquero, "Delta State Replicated Data Types", Journal of Parallel and
 * Distributed Computing, 2018; Baquero, Almeida and Shoker, "Making operation-based CRDTs
 * operation-based", DAIS 2014, for stability.
 */
import type { Codec } from '@quorate/transport/codec';

import {
  type Deltas,
  decodeUpdate,
  decodeVersion,
  encodeDeltas,
  encodePruning,
  encodeState,
  encodeVersion,
  type WholeState,
} from '../codec/update-codec.ts';
import { CorruptBytesError, RefusedUpdateError } from '../errors.ts';
import type { Lattice } from '../lattice.ts';
import type { ApplyOutcome, Replica } from '../replica.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { DeltaHistory, without } from './delta-history.ts';
import type { DeltaEntry, Heads } from './delta-log.ts';
import { coversHeads } from './heads.ts';
import { type Arrival, WaitingDeltas } from './waiting-deltas.ts';

/** A lattice whose states can drop what is dead in a stable state. */
export interface CompactableLattice<State> extends Lattice<State> {
  /** `state` without what is dead in `stable`, a state that all members have. */
  compact?(state: State, stable: State): State;
  /**
   * The delta that drops what is dead in `stable`, a state that all members have, where it must not
   * be dropped in silence.
   */
  settle?(state: State, stable: State): State;
}

/** What a replicated value is made of. */
export interface ReplicatedValueOptions<State> {
  /** Of this replica: a new one for each start of a process, each tab, each load. */
  readonly replicaId: ReplicaId;
  /** The type, such as `gCounter`. */
  readonly lattice: CompactableLattice<NoInfer<State>>;
  /** Of its states, such as `gCounterCodec`. */
  readonly codec: Codec<State>;
  /**
   * Go on under an id that has been used. Only who is sure to have all that was ever done under it,
   * such as a process with a log that is synced before anything is sent, may set this.
   */
  readonly continueReplica?: boolean;
  /**
   * Whether to take in a delta, or a whole state, of another replica; all are without it. What is
   * not admitted is refused whole, and comes again when its sender tries again. Replicas that admit
   * differently differ until they agree.
   */
  readonly admits?: (news: State, state: State) => boolean;
  /** How many bytes of deltas are kept for others; 1 MiB without it. More spares whole states. */
  readonly logSizeBytesMax?: number;
  /** How many bytes of deltas may wait for others; 1 MiB without it. */
  readonly waitingSizeBytesMax?: number;
}

/** Whose change it was. */
export type ChangeOrigin = 'local' | 'remote';

/** Up to this size the deltas are sent without asking whether the whole state is smaller. */
const SMALL_SIZE_BYTES = 512;

/**
 * A value of the catalogue that replicates.
 *
 * @remarks
 * `mutate` costs what the mutator and the join cost; a version O(replicas that ever wrote).
 *
 * @example
 * ```ts
 * import { gCounter, ReplicatedValue } from '@quorate/crdts';
 * import { gCounterCodec } from '@quorate/crdts/codec';
 *
 * const type = { lattice: gCounter, codec: gCounterCodec };
 * const left = new ReplicatedValue({ ...type, replicaId: 'left' });
 * const right = new ReplicatedValue({ ...type, replicaId: 'right' });
 * left.mutate((count, id) => gCounter.increment(count, id, 2));
 * for (const update of left.updatesSince(right.encodeVersion())) right.apply(update);
 * gCounter.value(right.state); // => 2
 * ```
 */
export class ReplicatedValue<State> implements Replica {
  /** Of this replica. */
  readonly replicaId: ReplicaId;
  readonly #lattice: CompactableLattice<State>;
  readonly #codec: Codec<State>;
  readonly #admits: ((news: State, state: State) => boolean) | undefined;
  readonly #history: DeltaHistory;
  readonly #waiting: WaitingDeltas<State>;
  readonly #changeListeners = new Set<(state: State, origin: ChangeOrigin) => void>();
  readonly #updateListeners = new Set<(update: Uint8Array) => void>();
  /** What is to be told to listeners, which may change the value again while they are told. */
  readonly #notices: (() => void)[] = [];
  #isTelling = false;
  #state: State;
  /** The bytes of a state, while it is the present one. */
  #encoded: { readonly state: State; readonly bytes: Uint8Array } | undefined;
  /** The state that `compact` remembered, and its version. */
  #mark: { readonly heads: Heads; readonly state: State } | undefined;

  /** @throws RangeError or TypeError if an option is out of its range. */
  constructor(options: ReplicatedValueOptions<State>) {
    const { logSizeBytesMax = 2 ** 20, waitingSizeBytesMax = 2 ** 20 } = options;
    this.replicaId = checkReplicaId('replicaId', options.replicaId);
    this.#lattice = options.lattice;
    this.#codec = options.codec;
    this.#admits = options.admits;
    this.#state = options.lattice.bottom;
    this.#history = new DeltaHistory(
      this.replicaId,
      checkSize('logSizeBytesMax', logSizeBytesMax),
      options.continueReplica === true ? 'continued' : 'new',
    );
    this.#waiting = new WaitingDeltas(checkSize('waitingSizeBytesMax', waitingSizeBytesMax));
  }

  /**
   * What was saved, under a new id.
   *
   * @param bytes - From `save`, or the whole state as `updatesSince` of nothing gives it.
   * @throws CorruptBytesError if they are something else, or damaged.
   * @throws ForkedReplicaError if the state has deltas of `replicaId` already: whatever was done
   *   under it since the save would collide with what is done next. `continueReplica` allows it.
   */
  static load<State>(
    bytes: Uint8Array,
    options: ReplicatedValueOptions<State>,
  ): ReplicatedValue<State> {
    const value = new ReplicatedValue(options);
    const whole = refusingDamage(() => decodeUpdate(bytes));
    if (whole.kind !== 'state') {
      throw new CorruptBytesError('load: expected a whole state, got deltas');
    }
    const state = refusingDamage(() => options.codec.decode(whole.state));
    value.#takeState(whole, state);
    return value;
  }

  /** What this replica has, joined. Never changes; a change makes another one. */
  get state(): State {
    return this.#state;
  }

  /** How many deltas wait for what they build on. */
  get waitingCount(): number {
    return this.#waiting.count;
  }

  /**
   * Joins the delta that `mutator` makes, and tells it to the listeners.
   *
   * @returns Whether the delta had anything new.
   * @throws What `mutator` or the codec throws; nothing has changed then.
   */
  mutate(mutator: (state: State, replicaId: ReplicaId) => State): boolean {
    const delta = mutator(this.#state, this.replicaId);
    if (this.#lattice.leq(delta, this.#state)) return false;
    const bytes = this.#codec.encode(delta);
    const state = this.#lattice.join(this.#state, delta);
    const entry = this.#history.author(bytes);
    this.#state = state;
    this.#notify('local', encodeDeltas([entry], this.#history.version.epoch));
    return true;
  }

  /**
   * Calls `listener` after each change. It may change the value; others hear of that afterwards.
   *
   * @returns Ends the subscription.
   */
  onChange(listener: (state: State, origin: ChangeOrigin) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    this.#updateListeners.add(listener);
    return () => void this.#updateListeners.delete(listener);
  }

  encodeVersion(): Uint8Array {
    return encodeVersion(this.#history.version);
  }

  /** What was done here and learnt of others, for `load`. */
  save(): Uint8Array {
    return encodeState({ ...this.#history.knowledge, state: this.#encodedState() });
  }

  isCoveredBy(version: Uint8Array): boolean {
    return this.#history.isCoveredBy(refusingDamage(() => decodeVersion(version)));
  }

  /**
   * What a replica at `version` lacks; see `Replica.updatesSince`.
   *
   * @param maxSizeBytes - Kept, as far as one delta allows it, while the deltas in question are. If
   *   they are not, the whole state is one update, however large: parts of it would show effects
   *   without causes, and no version could tell how many have arrived. A `Replicator` cuts its
   * bytes.
   */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    const known = refusingDamage(() => decodeVersion(version));
    const entries = this.#history.lackedBy(known);
    if (entries === undefined) return [this.save()];
    const { pruning } = this.#history.knowledge;
    const isTold = known.epoch >= pruning.epoch;
    return [
      ...(entries.length === 0 ? [] : this.#updatesOf(entries, maxSizeBytes ?? Infinity)),
      ...(isTold ? [] : [encodePruning(pruning)]),
    ];
  }

  #updatesOf(entries: readonly DeltaEntry[], sizeBytesMax: number): Uint8Array[] {
    const { epoch } = this.#history.version;
    if (!this.#isWholeSmaller(entries)) return batches(entries, sizeBytesMax, epoch);
    const whole = this.save();
    return whole.length <= sizeBytesMax ? [whole] : batches(entries, sizeBytesMax, epoch);
  }

  /**
   * @returns 'waiting' also if parts of it were known already.
   * @throws BeforeHistoryError if its author did not know what was stable here when tombstones were
   *   dropped: it was no member.
   * @throws RefusedUpdateError if it is not admitted.
   */
  apply(update: Uint8Array): ApplyOutcome {
    const read = refusingDamage(() => decodeUpdate(update));
    if (read.kind === 'pruning') {
      const kind = this.#history.takePruning(read.pruning);
      if (kind !== 'applied') return { kind };
      this.#stripMark();
      return { kind, eventCount: 1 };
    }
    const before = this.#state;
    const eventCount =
      read.kind === 'state' ? this.#takeState(read, this.#admitted(read.state)) : this.#offer(read);
    if (this.#state !== before) this.#notify('remote');
    if (eventCount > 0) return { kind: 'applied', eventCount };
    const isKnown = read.kind === 'state' || read.entries.every((one) => this.#history.knows(one));
    return { kind: isKnown ? 'duplicate' : 'waiting' };
  }

  /**
   * Drops tombstones and names that nobody can need any more, if it is time for that. Call it now
   * and then, such as after each round of versions.
   *
   * @param members - The version that each other member told last. All who ever write must be
   *   members or become one by taking over the state of a member; who they are is for the
   *   application to agree on.
   * @returns 'compacted' if something became stable since the last call that said so. 'waiting' if
   *   a version lacks something, or has something that has not arrived here.
   * @throws CorruptBytesError if a version is none; ForkedReplicaError as in `apply`.
   */
  compact(members: ReadonlyMap<ReplicaId, Uint8Array>): 'compacted' | 'waiting' {
    const history = this.#history;
    const mark = this.#mark ?? { heads: new Map(history.heads), state: this.#state };
    this.#mark = mark;
    for (const version of members.values()) {
      const decoded = refusingDamage(() => decodeVersion(version));
      const heads = without(decoded.heads, history.knowledge.pruning.pruned);
      history.checkHeads(heads);
      // What a member had before it learnt of the mark must have arrived: all else knows the mark.
      const isStable = coversHeads(heads, mark.heads) && coversHeads(history.heads, heads);
      if (!isStable) return 'waiting';
    }
    history.close(mark.heads, [...members.keys(), this.replicaId]);
    const compacted = this.#lattice.compact?.(this.#state, mark.state) ?? this.#state;
    const isChanged = compacted !== this.#state;
    this.#state = compacted;
    this.#mark = { heads: new Map(history.heads), state: compacted };
    if (isChanged) this.#notify('local');
    this.mutate((state) => this.#lattice.settle?.(state, mark.state) ?? this.#lattice.bottom);
    return 'compacted';
  }

  /**
   * Names replicas that are gone for ever no more in versions, so that these do not grow with each
   * life there ever was. Whatever comes of them later is refused by name.
   *
   * @param epoch - The number of an agreement of all members that these ids are gone, from 1 on.
   * One
   *   member that acts on it is enough: the others learn of it.
   * @param ids - No members any more: `compact` was told of others.
   * @returns 'waiting' if not all that they did is stable; `compact` says when it is. 'outdated' if
   *   the epoch is not above that of the last agreement.
   * @throws RangeError if the epoch is none, or one of them is a member.
   *
   * @remarks
   * Their names stay in what `save` writes, where they say what was pruned.
   */
  prune(epoch: number, ids: Iterable<ReplicaId>): 'pruned' | 'waiting' | 'outdated' {
    if (!Number.isSafeInteger(epoch) || epoch < 1) {
      throw new RangeError(`epoch: expected an integer of at least 1, got ${epoch}`);
    }
    const outcome = this.#history.prune(epoch, ids);
    if (outcome !== 'pruned') return outcome;
    this.#stripMark();
    this.#notify('local', encodePruning(this.#history.knowledge.pruning));
    return outcome;
  }

  #stripMark(): void {
    const { pruned } = this.#history.knowledge.pruning;
    const mark = this.#mark;
    if (mark !== undefined) this.#mark = { ...mark, heads: without(mark.heads, pruned) };
  }

  /** Takes in what is new of a whole state; how many deltas that stands for. */
  #takeState(whole: WholeState, news: State): number {
    const eventCount = this.#history.judge(whole);
    if (eventCount === 0) return 0;
    this.#state = this.#lattice.join(this.#state, news);
    this.#history.adopt(whole);
    this.#stripMark();
    return eventCount + this.#join(this.#waiting.retry(this.#history.allHeads));
  }

  /** Takes in what can be of `entries` and of what waits, and keeps the rest; how many. */
  #offer({ epoch, entries }: Deltas): number {
    const arrivals: Arrival<State>[] = [];
    for (const entry of entries) {
      this.#history.checkEntry(entry, epoch);
      if (this.#history.knows(entry)) continue;
      arrivals.push({ entry, delta: this.#admitted(entry.bytes) });
    }
    return this.#join(this.#waiting.offer(arrivals, this.#history.allHeads));
  }

  #join(ready: readonly Arrival<State>[]): number {
    for (const { entry, delta } of ready) {
      this.#state = this.#lattice.join(this.#state, delta);
      this.#history.take(entry);
    }
    return ready.length;
  }

  /** What is in `bytes`, if it may come in. */
  #admitted(bytes: Uint8Array): State {
    const news = refusingDamage(() => this.#codec.decode(bytes));
    if (this.#admits?.(news, this.#state) !== false) return news;
    throw new RefusedUpdateError('update: expected one that is admitted here, got another one');
  }

  #encodedState(): Uint8Array {
    if (this.#encoded?.state !== this.#state) {
      this.#encoded = { state: this.#state, bytes: this.#codec.encode(this.#state) };
    }
    return this.#encoded.bytes;
  }

  /** Whether the whole state is fewer bytes than `entries`, by what is known of its size. */
  #isWholeSmaller(entries: readonly DeltaEntry[]): boolean {
    let sizeBytes = 0;
    for (const { bytes } of entries) sizeBytes += bytes.length;
    if (sizeBytes <= SMALL_SIZE_BYTES) return false;
    // A state that was larger when it was last encoded is not encoded again for the comparison.
    if ((this.#encoded?.bytes.length ?? 0) > sizeBytes) return false;
    return this.#encodedState().length < sizeBytes;
  }

  #notify(origin: ChangeOrigin, update?: Uint8Array): void {
    const state = this.#state;
    this.#notices.push(() => {
      for (const listener of this.#changeListeners) listener(state, origin);
      if (update === undefined) return;
      for (const listener of this.#updateListeners) listener(update);
    });
    // A change made by a listener waits here until all have heard of the one before.
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let tell = this.#notices.shift(); tell; tell = this.#notices.shift()) tell();
    } finally {
      this.#isTelling = false;
    }
  }
}

/** What `read` gives; what it says of damage is ours to say. */
function refusingDamage<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new CorruptBytesError(reason, { cause: error });
  }
}

/** Updates of at most `maxSizeBytes`, as far as one entry allows it. */
function batches(
  entries: readonly DeltaEntry[],
  maxSizeBytes: number,
  epoch: number,
): Uint8Array[] {
  const whole = encodeDeltas(entries, epoch);
  const middle = entries.length >> 1;
  if (whole.length <= maxSizeBytes || middle === 0) return [whole];
  const early = batches(entries.slice(0, middle), maxSizeBytes, epoch);
  return [...early, ...batches(entries.slice(middle), maxSizeBytes, epoch)];
}

function checkSize(name: string, sizeBytes: number): number {
  if (sizeBytes >= 0) return sizeBytes;
  throw new RangeError(`${name}: expected at least 0, got ${sizeBytes}`);
}
