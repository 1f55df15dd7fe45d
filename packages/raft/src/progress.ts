import type { CatchUp } from './catch-up.ts';
import type { Inflights } from './inflights.ts';

/**
 * What a leader knows of one follower, and what it dares to send because of it.
 *
 * ```text
 *            accepted                          accepted: matchIndex rises, window moves on
 *   probe ─────────────► replicate ◄──┐
 *     ▲  ◄─────────────      │        └─ sends without waiting, nextIndex runs ahead
 *     │   rejected, peer     │
 *     │   unreachable        │ entry before nextIndex is compacted (also from probe)
 *     │                      ▼
 *     └──────────────── snapshot
 *        failed, or no word for too long; a reply to the snapshot leads on like 'accepted'
 * ```
 *
 * In 'probe' the leader does not know where the logs part: one message at a time, a new one only
 * after an answer or, if that was lost, after the next heartbeat's reply. In 'replicate' it is
 * optimistic and pipelines (§10.2.2 of the thesis), up to a window of messages and bytes. In
 * 'snapshot' it waits.
 *
 * Source: etcd/raft's `tracker` package. Departs from it where a rejection denies what was
 * acknowledged before; see `rejected`.
 */
export class Progress {
  #state: ProgressState = 'probe';
  /** Highest index known to be durable there and equal to ours. Falls only if the peer lost it. */
  matchIndex = 0;
  /** The next entry to send. Always above `matchIndex`. */
  nextIndex: number;
  /** In 'probe': a message is under way, wait. */
  isWaiting = false;
  /** An empty AppendEntries is due: it finds out whether the pipeline lost something. */
  isCheckDue = false;
  /** Heard from since the last check of the quorum. */
  isRecentlyActive = false;
  /** The highest commit index that what was sent can have told the follower. */
  sentCommit = 0;
  /** The highest heartbeat round it answered. */
  ackedRound = 0;
  /** In 'snapshot': what the snapshot under way reaches at least, and for how long it is. */
  pendingSnapshotIndex = 0;
  snapshotTicks = 0;
  /** What the snapshot it was sent reaches at least, until it has caught up; 0 if none. */
  snapshotIndex = 0;
  /** AppendEntries with entries, sent and not answered. */
  readonly inflights: Inflights;
  /** Whether it could use a vote. */
  readonly catchUp: CatchUp;

  /** @param nextIndex - Where to start probing: one past the leader's last entry (Figure 2). */
  constructor(nextIndex: number, inflights: Inflights, catchUp: CatchUp) {
    this.nextIndex = nextIndex;
    this.inflights = inflights;
    this.catchUp = catchUp;
  }

  /** How boldly to send. */
  get state(): ProgressState {
    return this.#state;
  }

  /** One message at a time from `nextIndex` on, the first at once. */
  becomeProbe(nextIndex: number): void {
    this.#enter('probe');
    this.nextIndex = nextIndex;
    this.sentCommit = Math.min(this.sentCommit, nextIndex - 1);
  }

  /** Waits for a snapshot that reaches at least `pendingSnapshotIndex`. */
  becomeSnapshot(pendingSnapshotIndex: number): void {
    this.snapshotIndex = pendingSnapshotIndex;
    this.#enter('snapshot');
    this.pendingSnapshotIndex = pendingSnapshotIndex;
    // A snapshot is of committed entries, and says so.
    this.sentCommit = Math.max(this.sentCommit, pendingSnapshotIndex);
  }

  /** Forgets what the peer was known to have: it may have come back with less. */
  forget(nextIndex: number): void {
    this.matchIndex = 0;
    this.sentCommit = 0;
    this.catchUp.restart(nextIndex - 1);
    this.becomeProbe(nextIndex);
  }

  /**
   * The follower has everything up to `matchIndex`, durably.
   *
   * @param firstIndex - Of the leader's log: what comes before can only be sent as a snapshot.
   * @returns Whether that was news.
   */
  accepted(matchIndex: number, firstIndex: number): boolean {
    const isNews = matchIndex > this.matchIndex;
    if (isNews) {
      this.matchIndex = matchIndex;
      this.nextIndex = Math.max(this.nextIndex, matchIndex + 1);
      this.isWaiting = false;
    }
    if (this.#state === 'replicate') {
      this.inflights.confirm(matchIndex);
      return isNews;
    }
    const isSettled =
      this.#state === 'probe'
        ? matchIndex >= this.nextIndex - 1
        : isNews && this.matchIndex + 1 >= firstIndex;
    if (isSettled) {
      this.#enter('replicate');
      this.nextIndex = this.matchIndex + 1;
    }
    return isNews || isSettled;
  }

  /**
   * The follower does not have the entry at `prevLogIndex`.
   *
   * @param couldMatchIndex - The largest index at which the logs can still agree.
   * @returns Whether to send again from the new `nextIndex`; `false` for a rejection of old.
   *
   * @remarks
   * Messages are delayed, duplicated and reordered, so a rejection may be older than what was
   * accepted since. Below `matchIndex` it certainly is. *At* `matchIndex` it may be, or the peer's
   * disk lost what it had acknowledged; to believe it for ever old would leave such a peer behind
   * for ever. The two are told apart by asking once more: 'probe' sends from `matchIndex` again,
   * and only a rejection of that takes the acknowledgement back. Believing a lie is harmless
   * either way. The commit index never falls, and a follower cuts its log only at a real conflict.
   */
  rejected(prevLogIndex: number, couldMatchIndex: number): boolean {
    if (this.#state === 'snapshot' || prevLogIndex < this.matchIndex) return false;
    const earlierIndex = Math.min(prevLogIndex, couldMatchIndex + 1);
    if (this.#state === 'replicate') {
      if (prevLogIndex >= this.nextIndex) return false;
      this.becomeProbe(Math.max(earlierIndex, this.matchIndex + 1));
      return true;
    }
    if (prevLogIndex !== this.nextIndex - 1) return false;
    if (prevLogIndex === this.matchIndex) this.matchIndex = 0;
    this.becomeProbe(Math.max(earlierIndex, this.matchIndex + 1));
    return true;
  }

  #enter(state: ProgressState): void {
    this.#state = state;
    this.isWaiting = false;
    this.isCheckDue = false;
    this.snapshotTicks = 0;
    this.pendingSnapshotIndex = 0;
    this.inflights.clear();
  }
}

/** How boldly a leader sends to a follower. */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';
