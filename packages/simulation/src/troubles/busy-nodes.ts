interface BusySpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which nodes are faulty when, in a schedule that is drawn: never too many at the same time. */
export class BusyNodes {
  readonly #atOnceMax: number;
  readonly #spans: ReadonlyMap<string, BusySpan[]>;

  constructor(nodeIds: readonly string[], atOnceMax: number) {
    this.#atOnceMax = atOnceMax;
    this.#spans = new Map(nodeIds.map((nodeId) => [nodeId, []]));
  }

  /**
   * The nodes that are well all the time, in the order in which they were given; none if `count` of
   * them would be too many.
   */
  free(fromMs: number, toMs: number, count = 1): readonly string[] {
    const well = [...this.#spans].filter(([, spans]) =>
      spans.every((span) => span.toMs < fromMs || span.fromMs > toMs),
    );
    const busyCount = this.#spans.size - well.length;
    return busyCount + count > this.#atOnceMax ? [] : well.map(([nodeId]) => nodeId);
  }

  /** Makes a node faulty for a while. */
  add(nodeId: string, fromMs: number, toMs: number): void {
    this.#spans.get(nodeId)?.push({ fromMs, toMs });
  }

  /** Forgets what was over before. */
  forget(beforeMs: number): void {
    for (const spans of this.#spans.values()) {
      const isLater = ({ toMs }: BusySpan): boolean => toMs >= beforeMs;
      spans.splice(0, spans.length, ...spans.filter(isLater));
    }
  }
}
