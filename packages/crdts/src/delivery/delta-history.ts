import {
  chainHash,
  NO_PRUNING,
  type Pruning,
  type Version,
  type WholeState,
} from '../codec/update-codec.ts';
import { BeforeHistoryError, ForkedReplicaError, RefusedUpdateError } from '../errors.ts';
import type { ReplicaId } from '../replica-id.ts';
import { type DeltaEntry, DeltaLog, type Head, type Heads, NO_HEAD } from './delta-log.ts';
import { coversHeads, headCount } from './heads.ts';

/** What a whole state says beside the state itself. */
export type Knowledge = Pick<WholeState, 'heads' | 'floor' | 'members' | 'pruning'>;

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
  /** Who was retired and is named no more. */
  #pruning: Pruning = NO_PRUNING;
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
    const members = this.#members;
    return { heads: this.#heads, floor: this.#floor, members, pruning: this.#pruning };
  }

  /** What is known, and the agreement that says who is named in it. */
  get version(): Version {
    return { epoch: this.#pruning.epoch, heads: this.#heads };
  }

  /** What is known, those that were pruned included. */
  get allHeads(): Heads {
    const { pruned } = this.#pruning;
    return pruned.size === 0 ? this.#heads : new Map([...pruned, ...this.#heads]);
  }

  /** Whether `entry` has been taken in. */
  knows({ id, sequence }: DeltaEntry): boolean {
    return sequence <= (this.#pruning.pruned.get(id) ?? this.#head(id)).sequence;
  }

  /** Whether who is at `version` has all that is known here. */
  isCoveredBy({ epoch, heads }: Version): boolean {
    return epoch >= this.#pruning.epoch && coversHeads(heads, this.#headsFor(epoch));
  }

  /**
   * Names some replicas no more, by an agreement of which `epoch` is the number.
   *
   * @returns 'waiting' if something of them is not stable; 'outdated' if the epoch is not above the
   *   present one.
   * @throws RangeError if one of them is a member.
   */
  prune(epoch: number, ids: Iterable<ReplicaId>): 'pruned' | 'waiting' | 'outdated' {
    if (epoch <= this.#pruning.epoch) return 'outdated';
    const retired = new Map<ReplicaId, Head>();
    for (const id of ids) {
      if (id === this.#replicaId || this.#members.includes(id)) {
        throw new RangeError(`prune: expected ids that are no members, got ${JSON.stringify(id)}`);
      }
      const head = this.#heads.get(id);
      if (head === undefined) continue;
      if (this.#floor.get(id)?.sequence !== head.sequence) return 'waiting';
      retired.set(id, head);
    }
    this.#retire({ epoch, pruned: new Map([...this.#pruning.pruned, ...retired]) });
    return 'pruned';
  }

  /**
   * Takes in who was pruned elsewhere.
   *
   * @returns 'waiting' if something that they did is not known yet.
   * @throws As `checkPruning`.
   */
  takePruning(pruning: Pruning): 'applied' | 'duplicate' | 'waiting' {
    if (!this.checkPruning(pruning)) return 'duplicate';
    for (const [id, { sequence }] of pruning.pruned) {
      if (!this.#pruning.pruned.has(id) && this.#head(id).sequence < sequence) return 'waiting';
    }
    this.#retire(pruning);
    return 'applied';
  }

  /**
   * Whether there is something new in `pruning`.
   *
   * @throws RefusedUpdateError if it contradicts one that is known; BeforeHistoryError if somebody
   *   was pruned who did more, or is this very replica.
   */
  checkPruning({ epoch, pruned }: Pruning): boolean {
    const own = this.#pruning;
    const [less, more] = epoch < own.epoch ? [pruned, own.pruned] : [own.pruned, pruned];
    const isContradiction =
      [...less.keys()].some((id) => !more.has(id)) ||
      (epoch === own.epoch && less.size !== more.size);
    if (isContradiction) {
      throw new RefusedUpdateError(`pruning ${epoch}: expected what was agreed on, got another`);
    }
    if (epoch <= own.epoch) return false;
    for (const [id, { sequence }] of pruned) {
      if (id === this.#replicaId) throw wasPruned(id);
      if (this.#head(id).sequence > sequence) throw wasPruned(id);
    }
    return true;
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
  judge({ heads, pruning }: Knowledge): number {
    this.checkHeads(heads);
    const isPruned = this.checkPruning(pruning);
    const count = headCount(heads, this.allHeads) + (isPruned ? 1 : 0);
    const floor = without(this.#floor, pruning.pruned);
    if (count === 0 || coversHeads(heads, floor)) return count;
    throw new BeforeHistoryError('update: expected all that is stable here, got less');
  }

  /** Takes in what goes with a whole state. */
  adopt(whole: Knowledge): void {
    if (whole.pruning.epoch > this.#pruning.epoch) this.#retire(whole.pruning);
    const { members } = whole;
    const heads = without(whole.heads, this.#pruning.pruned);
    const floor = without(whole.floor, this.#pruning.pruned);
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
    this.#floor = without(stable, this.#pruning.pruned);
    this.#members = members.toSorted();
    this.#log.drop(({ id, sequence }) => sequence <= (stable.get(id)?.sequence ?? 0));
  }

  /**
   * What the holder of `known` lacks, by arrival; `undefined` if some of it is not kept.
   *
   * @throws ForkedReplicaError if an id is in two hands.
   */
  lackedBy({ epoch, heads: known }: Version): DeltaEntry[] | undefined {
    this.checkHeads(known);
    // What was pruned is only in the state.
    const { pruned } = this.#pruning;
    if (epoch < this.#pruning.epoch && !coversHeads(known, pruned)) return undefined;
    const heads = this.#headsFor(epoch);
    const count = headCount(heads, known);
    const all = new Map([...without(this.#heads, heads), ...known]);
    const entries = this.#log.since(all, count);
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

  /**
   * @param epoch - Of who sent it, and has judged it.
   * @throws ForkedReplicaError or BeforeHistoryError, as `judge`.
   */
  checkEntry(entry: DeltaEntry, epoch: number): void {
    const { id, sequence, hashBefore } = entry;
    this.#checkHead(id, entry);
    if (this.knows(entry)) return;
    if (this.#pruning.pruned.has(id)) throw wasPruned(id);
    const head = this.#head(id);
    if (head.sequence === sequence - 1 && head.hash !== hashBefore) {
      throw new ForkedReplicaError(id, sequence - 1);
    }
    if (this.#floor.size > 0) this.#checkPast(entry, epoch);
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
  #checkPast({ id, sequence, past }: DeltaEntry, epoch: number): void {
    if (this.#members.includes(id)) return;
    const isNew = !this.#heads.has(id) && !this.#floor.has(id);
    // One that is not the first can only wait for the first, which will show it.
    if (isNew && sequence > 1) return;
    // Whoever is ahead may name some no more that are still named here.
    const floor = epoch > this.#pruning.epoch ? this.#withoutRetired(this.#floor) : this.#floor;
    const knows = [...floor].every(([other, head]) => (past.get(other) ?? 0) >= head.sequence);
    if (!isNew || !knows) {
      const author = JSON.stringify(id);
      throw new BeforeHistoryError(`update: ${author} did not know what is stable here`);
    }
    this.#members = [...this.#members, id].sort();
  }

  /** What who is at `epoch` should name: not what it has pruned, as is to be learnt from it. */
  #headsFor(epoch: number): Heads {
    return epoch > this.#pruning.epoch ? this.#withoutRetired(this.#heads) : this.#heads;
  }

  /** `heads` without those that could have been pruned: no members, of whom all is stable. */
  #withoutRetired(heads: Heads): Heads {
    const isRetired = (id: ReplicaId): boolean =>
      this.#floor.get(id)?.sequence === this.#head(id).sequence && !this.#members.includes(id);
    return new Map([...heads].filter(([id]) => !isRetired(id)));
  }

  #retire(pruning: Pruning): void {
    const { pruned } = pruning;
    this.#pruning = pruning;
    for (const id of pruned.keys()) {
      this.#heads.delete(id);
      this.#news.delete(id);
    }
    this.#floor = without(this.#floor, pruned);
    this.#members = this.#members.filter((id) => !pruned.has(id));
    this.#log.drop(({ id }) => pruned.has(id));
  }

  #record(entry: DeltaEntry): void {
    this.#heads.set(entry.id, { sequence: entry.sequence, hash: entry.hash });
    this.#log.append(entry);
  }

  #head(id: ReplicaId): Head {
    return this.#heads.get(id) ?? NO_HEAD;
  }
}

/** `heads` without those of `others`. */
export function without(heads: Heads, others: Heads): Heads {
  if (others.size === 0) return heads;
  return new Map([...heads].filter(([id]) => !others.has(id)));
}

function wasPruned(id: ReplicaId): BeforeHistoryError {
  return new BeforeHistoryError(`update: expected no more of ${JSON.stringify(id)}, it was pruned`);
}
