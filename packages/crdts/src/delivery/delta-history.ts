import { chainHash, type WholeState } from '../codec/update-codec.ts';
import { BeforeHistoryError, ForkedReplicaError } from '../errors.ts';
import type { ReplicaId } from '../replica-id.ts';
import { type DeltaEntry, DeltaLog, type Head, type Heads, NO_HEAD } from './delta-log.ts';
import { coversHeads, headCount } from './heads.ts';

/** What a whole state says beside the state itself. */
export type Knowledge = Pick<WholeState, 'heads' | 'floor' | 'members'>;

/**
 * What a replica knows of who changed what: the names of all deltas, and the latest deltas.
 *
 * @remarks
 * Judges what comes from others before it is taken in: whether an id is in two hands, and whether
 * its author knew what was stable when tombstones were dropped.
 */
export class DeltaHistory {
  readonly #replicaId: ReplicaId;
  readonly #heads = new Map<ReplicaId, Head>();
  readonly #log: DeltaLog;
  /** Whose deltas arrived since the last own one. */
  readonly #news = new Set<ReplicaId>();
  /** What was stable when tombstones were last dropped. */
  #floor: Heads = new Map();
  /** Who was a member then, and who has shown since then to have begun with that. */
  #members: readonly ReplicaId[] = [];
  /** Whether deltas under the own id may still come from elsewhere: of an earlier life. */
  #mayContinue: boolean;

  /**
   * @param logSizeBytesMax - How many bytes of deltas are kept for others.
   * @param id - 'new' if nobody has used `replicaId` before.
   */
  constructor(replicaId: ReplicaId, logSizeBytesMax: number, id: 'new' | 'continued') {
    this.#replicaId = replicaId;
    this.#log = new DeltaLog(logSizeBytesMax);
    this.#mayContinue = id === 'continued';
  }

  /** What is known. Alive, not a copy. */
  get heads(): Heads {
    return this.#heads;
  }

  /** What goes with a whole state. */
  get knowledge(): Knowledge {
    return { heads: this.#heads, floor: this.#floor, members: this.#members };
  }

  /** Whether `entry` has been taken in. */
  knows({ id, sequence }: DeltaEntry): boolean {
    return sequence <= this.#head(id).sequence;
  }

  /** Names the next delta of this replica, and takes it in. */
  author(bytes: Uint8Array): DeltaEntry {
    const id = this.#replicaId;
    const { sequence, hash: hashBefore } = this.#head(id);
    const past = new Map<ReplicaId, number>();
    for (const other of this.#news) past.set(other, this.#head(other).sequence);
    const hash = chainHash(hashBefore, bytes);
    const entry = { id, sequence: sequence + 1, hashBefore, hash, past, bytes };
    this.#mayContinue = false;
    this.#record(entry);
    this.#news.clear();
    return entry;
  }

  /** Takes in the next delta of another replica. */
  take(entry: DeltaEntry): void {
    this.#record(entry);
    this.#news.add(entry.id);
  }

  /**
   * Judges a whole state.
   *
   * @returns How many deltas it stands for that are not known.
   * @throws ForkedReplicaError if an id is in two hands; BeforeHistoryError if it lacks something
   *   that is stable here.
   */
  judge({ heads }: Knowledge): number {
    this.checkHeads(heads);
    const count = headCount(heads, this.#heads);
    if (count === 0 || coversHeads(heads, this.#floor)) return count;
    throw new BeforeHistoryError('update: expected all that is stable here, got less');
  }

  /** Takes in what goes with a whole state. */
  adopt({ heads, floor, members }: Knowledge): void {
    // Whoever sent it knew all that is stable, and vouches for those that are new here.
    const fresh = [...heads.keys()].filter((id) => !this.#heads.has(id));
    const isAhead = (id: ReplicaId): boolean =>
      (heads.get(id)?.sequence ?? 0) > this.#head(id).sequence;
    // The deltas between are not there, and a log has no gaps.
    this.#log.drop(({ id }) => isAhead(id));
    for (const [id, head] of heads) {
      if (!isAhead(id)) continue;
      this.#heads.set(id, head);
      this.#news.add(id);
    }
    if (coversHeads(floor, this.#floor)) {
      this.#floor = floor;
      this.#members = members;
    } else {
      this.#members = [...new Set([...this.#members, ...fresh])].sort();
    }
  }

  /** From now on who does not know `stable` is no member of `members`, and is refused. */
  close(stable: Heads, members: readonly ReplicaId[]): void {
    this.#floor = stable;
    this.#members = members.toSorted();
    this.#log.drop(({ id, sequence }) => sequence <= (stable.get(id)?.sequence ?? 0));
  }

  /**
   * What the holder of `known` lacks, by arrival; `undefined` if some of it is not kept.
   *
   * @throws ForkedReplicaError if an id is in two hands.
   */
  lackedBy(known: Heads): DeltaEntry[] | undefined {
    this.checkHeads(known);
    const entries = this.#log.since(known, headCount(this.#heads, known));
    for (const entry of entries ?? []) {
      const head = known.get(entry.id);
      if (head?.sequence === entry.sequence - 1 && head.hash !== entry.hashBefore) {
        throw new ForkedReplicaError(entry.id, head.sequence);
      }
    }
    return entries;
  }

  /** @throws ForkedReplicaError if what somebody knows is of another history of an id. */
  checkHeads(heads: Heads): void {
    for (const [id, head] of heads) this.#checkHead(id, head);
  }

  /** @throws ForkedReplicaError or BeforeHistoryError, as `judge`. */
  checkEntry(entry: DeltaEntry): void {
    const { id, sequence, hashBefore } = entry;
    this.#checkHead(id, entry);
    if (this.knows(entry)) return;
    const head = this.#head(id);
    if (head.sequence === sequence - 1 && head.hash !== hashBefore) {
      throw new ForkedReplicaError(id, sequence - 1);
    }
    if (this.#floor.size > 0) this.#checkPast(entry);
  }

  /** That somebody knows a beginning of what is known of `id` here, or what goes on with it. */
  #checkHead(id: ReplicaId, { sequence, hash }: Head): void {
    const own = this.#head(id);
    const known = sequence === own.sequence ? own : this.#log.find(id, sequence);
    const isOther = known !== undefined && known.hash !== hash;
    const isMine = id === this.#replicaId && sequence > own.sequence && !this.#mayContinue;
    if (isOther || isMine) throw new ForkedReplicaError(id, sequence);
  }

  /**
   * That the author of `entry` knew all that was stable when tombstones were dropped: it was a
   * member, or its first delta shows that it began with that.
   */
  #checkPast({ id, sequence, past }: DeltaEntry): void {
    if (this.#members.includes(id)) return;
    const isNew = !this.#heads.has(id) && !this.#floor.has(id);
    // One that is not the first can only wait for the first, which will show it.
    if (isNew && sequence > 1) return;
    const knows = [...this.#floor].every(
      ([other, head]) => (past.get(other) ?? 0) >= head.sequence,
    );
    if (!isNew || !knows) {
      const author = JSON.stringify(id);
      throw new BeforeHistoryError(`update: ${author} did not know what is stable here`);
    }
    this.#members = [...this.#members, id].sort();
  }

  #record(entry: DeltaEntry): void {
    this.#heads.set(entry.id, { sequence: entry.sequence, hash: entry.hash });
    this.#log.append(entry);
  }

  #head(id: ReplicaId): Head {
    return this.#heads.get(id) ?? NO_HEAD;
  }
}
