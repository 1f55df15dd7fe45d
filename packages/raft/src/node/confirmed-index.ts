import type { ClockReading } from '../effects.ts';

/**
 * The newest read index that this node knows to be confirmed, and when it was asked for: whatever
 * was committed before that moment, anywhere, is at or below it.
 */
export class ConfirmedIndex {
  #newest: { readonly readIndex: number; readonly asked: ClockReading } | undefined = undefined;

  /** `readIndex` is confirmed by a quorum that was asked at `asked`. */
  remember(readIndex: number, asked: ClockReading): void {
    // Answers may overtake each other.
    if (this.#newest !== undefined && this.#newest.asked.nowMs > asked.nowMs) return;
    this.#newest = { readIndex, asked };
  }

  /** What suffices at `now` for a read that may miss the last `maxStalenessMs`, if anything. */
  within(maxStalenessMs: number, now: ClockReading): number | undefined {
    if (this.#newest === undefined) return undefined;
    const { readIndex, asked } = this.#newest;
    // The monotonic clock may have stood still with the machine; the wall clock may have been set.
    const ageMs = Math.max(now.nowMs - asked.nowMs, now.wallTimeMs - asked.wallTimeMs);
    return ageMs <= maxStalenessMs ? readIndex : undefined;
  }
}
