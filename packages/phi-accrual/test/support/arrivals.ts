import { noArrival, type Arrival } from '../../src/arrival.ts';

/** Heartbeats as a judge gets them, one after the other, in one record. */
export class Arrivals {
  readonly last: Arrival = noArrival();

  /** The next heartbeat: so many numbers on, and so long after the last. */
  next(silenceMs: number, rest: Partial<Arrival> = {}): Arrival {
    const isFirst = this.last.sequence < 0;
    const gap = isFirst ? 0 : (rest.gap ?? 1);
    return Object.assign(this.last, {
      teaches: true,
      isLate: false,
      ...rest,
      gap,
      silenceMs: isFirst ? 0 : silenceMs,
      sequence: this.last.sequence + Math.max(1, gap),
      atMs: isFirst ? silenceMs : this.last.atMs + silenceMs,
    });
  }
}
