/** The obvious buffer: looks at everything after each delivery. Obviously right, and slow. */
export class RescanningBuffer<Message> {
  readonly delivered: number[];
  #waiting: {
    readonly origin: number;
    readonly vector: Float64Array;
    readonly message: Message;
  }[] = [];

  constructor(memberCount: number) {
    this.delivered = Array.from({ length: memberCount }, () => 0);
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Takes a message in. @returns All that may be delivered now, in an order that is causal. */
  offer(origin: number, vector: Float64Array, message: Message): Message[] {
    const isKept = this.#waiting.some(
      (other) => other.origin === origin && other.vector[origin] === vector[origin],
    );
    const isOld = (vector[origin] ?? 0) <= (this.delivered[origin] ?? 0);
    if (!isKept && !isOld) this.#waiting.push({ origin, vector, message });
    const delivered: Message[] = [];
    for (let isDone = false; !isDone;) {
      const next = this.#waiting.find((each) => this.#isNext(each.origin, each.vector));
      isDone = next === undefined;
      if (next === undefined) continue;
      this.delivered[next.origin] = next.vector[next.origin] ?? 0;
      delivered.push(next.message);
      this.#waiting = this.#waiting.filter(
        (each) => (each.vector[each.origin] ?? 0) > (this.delivered[each.origin] ?? 0),
      );
    }
    return delivered;
  }

  #isNext(origin: number, vector: Float64Array): boolean {
    return vector.every((needed, index) => {
      const known = this.delivered[index] ?? 0;
      return index === origin ? needed === known + 1 : needed <= known;
    });
  }
}
