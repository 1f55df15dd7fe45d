import type { SnapshotStream } from '@quorate/storage';
import type { Clock, Timer } from '@quorate/transport';

import { invariant } from '../invariant.ts';
import type { Entry, LogPosition, Snapshot } from '../messages.ts';
import { ownLastApplied, type ReplicatedStateMachine } from './streaming-machine.ts';
import { restoreMachine } from './restore-machine.ts';

/** Past this the rest waits for the next turn, or a long catch-up would silence the heartbeats. */
const SLICE_MS = 4;
const SLICE_ENTRIES_MAX = 4_096;
/** Asking the clock costs as much as a small command. */
const ENTRIES_PER_CLOCK_READING = 32;

const noResult = new Uint8Array(0);

/** Whom the applier tells, and asks. */
interface ApplierListener {
  /** The stored snapshot that stands for this position; `undefined` if a newer took its place. */
  openSnapshot(position: LogPosition): Promise<SnapshotStream | undefined>;
  /** `entry` was applied. Empty `result` for all but a 'command'. */
  onApplied(entry: Entry, result: Uint8Array): void;
  /** The state machine was replaced through `last`. */
  onRestored(last: LogPosition): void;
  /** End of a slice: everything up to `last` is applied, and something was since the last call. */
  onProgress(last: LogPosition): void;
  /** The state machine threw. Applying on would make this replica differ: nothing more is. */
  onFailed(error: unknown): void;
}

/**
 * Feeds committed entries to the state machine, in order and in slices of a few milliseconds, so
 * that a node which catches up still hears and answers its peers.
 */
export class Applier {
  readonly #clock: Clock;
  readonly #stateMachine: ReplicatedStateMachine;
  readonly #listener: ApplierListener;
  readonly #queue: (readonly Entry[] | Snapshot)[] = [];
  // The next entry of the first item of the queue.
  #cursor = 0;
  #lastIndex: number;
  #lastTerm: number;
  #nextSlice: Timer | undefined = undefined;
  // The state is being replaced: what comes after waits.
  #isRestoring = false;
  // A snapshot was passed over because a newer one is stored: that comes next.
  #isPassedOver = false;
  #isStopped = false;

  /** @param last - What the state machine holds already. */
  constructor(
    clock: Clock,
    stateMachine: ReplicatedStateMachine,
    last: LogPosition,
    listener: ApplierListener,
  ) {
    this.#clock = clock;
    this.#stateMachine = stateMachine;
    this.#lastIndex = last.logIndex;
    this.#lastTerm = last.term;
    this.#listener = listener;
  }

  /** The last entry that the state machine holds. */
  get last(): LogPosition {
    return { logIndex: this.#lastIndex, term: this.#lastTerm };
  }

  /** Applies `entries`, now as far as the slice allows and the rest in later turns. */
  apply(entries: readonly Entry[]): void {
    this.#enqueue(entries);
  }

  /** Replaces the state, after what is queued before it. */
  restore(snapshot: Snapshot): void {
    this.#enqueue(snapshot);
  }

  /** Drops what is queued. */
  stop(): void {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#nextSlice?.cancel();
  }

  #enqueue(work: readonly Entry[] | Snapshot): void {
    if (this.#isStopped) return;
    this.#queue.push(work);
    if (this.#nextSlice === undefined && !this.#isRestoring) this.#runSlice();
  }

  #runSlice(): void {
    this.#nextSlice = undefined;
    const before = this.#lastIndex;
    try {
      this.#applyUntil(this.#clock.nowMs() + SLICE_MS);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#queue.length > 0 && !this.#isRestoring) {
      this.#nextSlice = this.#clock.setTimer(0, () => this.#runSlice());
    }
    if (this.#lastIndex !== before) this.#listener.onProgress(this.last);
  }

  #applyUntil(deadlineMs: number): void {
    let count = 0;
    for (let work = this.#queue[0]; work !== undefined; work = this.#queue[0]) {
      if (!isBatch(work)) {
        this.#queue.shift();
        this.#beginRestore(work);
        if (this.#isRestoring) return;
        continue;
      }
      const entry = work[this.#cursor];
      if (entry === undefined) {
        this.#queue.shift();
        this.#cursor = 0;
        continue;
      }
      this.#cursor += 1;
      this.#applyNow(entry);
      count += 1;
      if (count >= SLICE_ENTRIES_MAX) return;
      if (count % ENTRIES_PER_CLOCK_READING === 0 && this.#clock.nowMs() >= deadlineMs) return;
    }
  }

  #applyNow(entry: Entry): void {
    const { logIndex, term, kind, payload } = entry;
    invariant(!this.#isPassedOver, 'a snapshot that is passed over has a successor');
    const isNews = logIndex > ownLastApplied(this.#stateMachine);
    const result =
      kind === 'command' && isNews ? this.#stateMachine.apply(payload, logIndex) : noResult;
    this.#lastIndex = logIndex;
    this.#lastTerm = term;
    this.#listener.onApplied(entry, result);
  }

  #beginRestore(snapshot: Snapshot): void {
    const position = { logIndex: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm };
    const { data } = snapshot;
    const machine = this.#stateMachine;
    if (ownLastApplied(machine) >= position.logIndex) {
      this.#onRestored(position);
    } else if (data !== undefined && 'restore' in machine) {
      machine.restore(data);
      this.#onRestored(position);
    } else {
      this.#isRestoring = true;
      this.#restore(position, data).then(
        () => this.#resume(),
        (error: unknown) => this.#fail(error),
      );
    }
  }

  async #restore(position: LogPosition, data: Uint8Array | undefined): Promise<void> {
    if (data !== undefined) {
      await restoreMachine(this.#stateMachine, {
        sizeBytes: data.length,
        chunks: () => once(data),
      });
    } else {
      const stream = await this.#listener.openSnapshot(position);
      this.#isPassedOver = stream === undefined;
      if (stream === undefined) return;
      try {
        if (!this.#isStopped) await restoreMachine(this.#stateMachine, stream);
      } finally {
        await stream.close();
      }
    }
    if (!this.#isStopped) this.#onRestored(position);
  }

  #onRestored(position: LogPosition): void {
    this.#isPassedOver = false;
    this.#lastIndex = position.logIndex;
    this.#lastTerm = position.term;
    this.#listener.onRestored(position);
  }

  #resume(): void {
    this.#isRestoring = false;
    if (this.#isStopped) return;
    if (!this.#isPassedOver) this.#listener.onProgress(this.last);
    if (this.#queue.length > 0 && this.#nextSlice === undefined) this.#runSlice();
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#listener.onFailed(error);
  }
}

function isBatch(work: readonly Entry[] | Snapshot): work is readonly Entry[] {
  return Array.isArray(work);
}

/** `data` in one piece. */
async function* once(data: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(data);
}
