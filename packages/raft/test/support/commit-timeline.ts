/** When how much was known to be committed, anywhere: what a read may miss, and what it may not. */
export class CommitTimeline {
  readonly #samples: { readonly timeMs: number; readonly logIndex: number }[] = [];

  /** At `timeMs`, not before the sample before, everything up to `logIndex` is committed. */
  sample(timeMs: number, logIndex: number): void {
    if (this.#samples.at(-1)?.logIndex === logIndex) return;
    this.#samples.push({ timeMs, logIndex });
  }

  /** What was committed at `timeMs`, as far as samples tell. */
  committedAt(timeMs: number): number {
    return this.#samples.findLast((sample) => sample.timeMs <= timeMs)?.logIndex ?? 0;
  }
}
