import { IntervalTreeStamp } from '../../src/interval-tree/stamp.ts';

/** A stamp, and the set of all events that it knows of: what causality is, with nothing saved. */
export interface Tracked {
  readonly stamp: IntervalTreeStamp;
  readonly history: ReadonlySet<number>;
}

/** What may be done with the stamps at large; numbers choose them, modulo how many there are. */
export interface StampStep {
  readonly kind: 'fork' | 'event' | 'join' | 'send';
  readonly at: number;
  /** Whom a join or a message goes to. */
  readonly to: number;
}

/** Stamps at large, each beside its history. */
export class CausalHistories {
  /** Never empty: the last stamp is not joined with itself. */
  readonly tracked: Tracked[] = [{ stamp: IntervalTreeStamp.seed, history: new Set() }];
  #eventCount = 0;

  apply(step: StampStep): void {
    const at = step.at % this.tracked.length;
    const one = this.tracked[at]!;
    if (step.kind === 'fork') this.#fork(at, one);
    else if (step.kind === 'event') this.tracked[at] = this.#event(one);
    else this.#meet(step.kind, at, step.to % this.tracked.length);
  }

  #fork(at: number, { stamp, history }: Tracked): void {
    const [left, right] = stamp.fork();
    this.tracked[at] = { stamp: left, history };
    this.tracked.push({ stamp: right, history });
  }

  #event({ stamp, history }: Tracked): Tracked {
    this.#eventCount += 1;
    return { stamp: stamp.event(), history: new Set([...history, this.#eventCount]) };
  }

  #meet(kind: 'join' | 'send', at: number, to: number): void {
    if (at === to) return;
    const [one, other] = [this.tracked[at]!, this.tracked[to]!];
    const given = kind === 'join' ? one.stamp : one.stamp.peek();
    const history = new Set([...one.history, ...other.history]);
    this.tracked[to] = { stamp: other.stamp.join(given), history };
    if (kind === 'join') this.tracked.splice(at, 1);
  }
}
