/*
 * Goal: interval tree stamps compare as the sets of events that they stand for, and are the bytes
 * of the reference in Erlang.
 *
 * Method: random forks, events, joins and messages, beside the set of all events that each stamp
 * has heard of; all pairs are compared at the end. Then the runs of `interval-tree-vectors.json`,
 * which the reference made: every stamp on the way must be its bytes, and its order that of the
 * end.
 */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeStamp, encodeStamp } from '../../src/codec/stamp-codec.ts';
import { IntervalTreeStamp } from '../../src/interval-tree/stamp.ts';
import type { Ordering } from '../../src/ordering.ts';
import { CausalHistories, type StampStep } from '../support/causal-histories.ts';

const place = fc.nat(1_000);
const step: fc.Arbitrary<StampStep> = fc.record({
  kind: fc.constantFrom('fork', 'fork', 'event', 'event', 'event', 'event', 'send', 'send', 'join'),
  at: place,
  to: place,
});

function orderOf(left: ReadonlySet<number>, right: ReadonlySet<number>): Ordering {
  const isLeq = [...left].every((event) => right.has(event));
  const isGeq = [...right].every((event) => left.has(event));
  if (isLeq) return isGeq ? 'equal' : 'before';
  return isGeq ? 'after' : 'concurrent';
}

test('stamps are ordered as their histories are', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const histories = new CausalHistories();
      for (const one of steps) histories.apply(one);

      for (const left of histories.tracked) {
        for (const right of histories.tracked) {
          const order = left.stamp.compare(right.stamp);
          expect(order).toBe(orderOf(left.history, right.history));
          expect(left.stamp.overlaps(right.stamp)).toBe(left === right);
        }
        expect(decodeStamp(encodeStamp(left.stamp)).toString()).toBe(left.stamp.toString());
      }
    }),
    { numRuns: 500 },
  );
});

type VectorStep =
  | ['fork', at: number, into: number, left: string, right: string]
  | ['event', at: number, times: number, after: string]
  | ['join' | 'send', from: number, to: number, after: string];

interface VectorRun {
  readonly steps: readonly VectorStep[];
  readonly live: readonly number[];
  readonly leq: readonly string[];
}

const { runs } = JSON.parse(
  readFileSync(new URL('../data/interval-tree-vectors.json', import.meta.url), 'utf8'),
) as { readonly runs: readonly VectorRun[] };

class VectorReplay {
  readonly #stamps = new Map([[0, IntervalTreeStamp.seed]]);

  at(place: number): IntervalTreeStamp {
    return this.#stamps.get(place)!;
  }

  take(step: VectorStep): void {
    if (step[0] === 'fork') {
      const [, at, into, left, right] = step;
      const halves = this.at(at).fork();
      this.#expect(at, halves[0], left);
      this.#expect(into, halves[1], right);
    } else if (step[0] === 'event') {
      const [, at, times, after] = step;
      let stamp = this.at(at);
      for (let count = 0; count < times; count += 1) stamp = stamp.event();
      this.#expect(at, stamp, after);
    } else if (step[0] === 'send') {
      const [, from, to, after] = step;
      this.#expect(to, this.at(to).join(this.at(from).peek()), after);
    } else {
      const [, at, other, after] = step;
      this.#expect(at, this.at(at).join(this.at(other)), after);
      this.#stamps.delete(other);
    }
  }

  #expect(at: number, stamp: IntervalTreeStamp, hex: string): void {
    expect(Buffer.from(encodeStamp(stamp)).toString('hex')).toBe(hex);
    const decoded = decodeStamp(Buffer.from(hex, 'hex'));
    expect(decoded.toString()).toBe(stamp.toString());
    // The rest of the run is made of what was read.
    this.#stamps.set(at, decoded);
  }
}

test.each(runs.map((run, index) => [index, run] as const))(
  'run %i is the reference, byte for byte',
  (_index, { steps, live, leq }) => {
    const replay = new VectorReplay();
    for (const one of steps) replay.take(one);

    const ours = live.map((left) =>
      live.map((right) => (replay.at(left).leq(replay.at(right)) ? '1' : '0')).join(''),
    );
    expect(ours).toEqual(leq);
  },
);

test('a stamp that was used twice is found when it is joined', () => {
  const [mine, yours] = IntervalTreeStamp.seed.event().fork();
  const sentTwice = decodeStamp(encodeStamp(yours));
  const joined = mine.join(yours);
  expect(() => joined.join(sentTwice)).toThrow(
    new RangeError('join: expected pieces apart from each other, got some of both stamps'),
  );
});
