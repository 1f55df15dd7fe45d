import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CausalBuffer } from '../src/causal-buffer.ts';
import { histories, type Published } from './support/histories.ts';
import { RescanningBuffer } from './support/rescanning-buffer.ts';

const arrivals = histories(40).chain(({ memberCount, history }) =>
  fc.record({
    memberCount: fc.constant(memberCount),
    history: fc.constant(history),
    /** Any order, with repetitions, and some that are left out. */
    order: fc.array(fc.nat(Math.max(0, history.length - 1)), { maxLength: 120 }),
  }),
);

function takeAll(buffer: CausalBuffer<Published>): Published[] {
  const all: Published[] = [];
  for (let next = buffer.take(); next !== undefined; next = buffer.take()) all.push(next.message);
  return all;
}

test('the same messages are delivered as by looking at all that waits each time', () => {
  fc.assert(
    fc.property(arrivals, ({ memberCount, history, order }) => {
      const buffer = new CausalBuffer<Published>({ memberCount });
      const slow = new RescanningBuffer<Published>(memberCount);
      for (const place of order) {
        const message = history[place];
        if (message === undefined) continue;
        buffer.offer(message.origin, message.vector, message);
        const names = takeAll(buffer).map(({ name }) => name);
        const expected = slow.offer(message.origin, message.vector, message);
        expect(names.sort()).toEqual(expected.map(({ name }) => name).sort());
        expect([...buffer.delivered()]).toEqual(slow.delivered);
        expect(buffer.waitingCount).toBe(slow.waitingCount);
      }
    }),
    { numRuns: 500 },
  );
});

test('each message comes after all of its past, and is woken once for each thing it lacked', () => {
  fc.assert(
    fc.property(arrivals, ({ memberCount, history, order }) => {
      const buffer = new CausalBuffer<Published>({ memberCount });
      const seen = new Float64Array(memberCount);
      // Whatever the order was, all come in the end.
      for (const place of [...order, ...history.keys()]) {
        const message = history[place];
        if (message === undefined) continue;
        buffer.offer(message.origin, message.vector, message);
        for (const { origin, vector } of takeAll(buffer)) {
          vector.forEach((counter, index) => {
            const known = (seen[index] ?? 0) + (index === origin ? 1 : 0);
            expect(counter).toBeLessThanOrEqual(known);
          });
          seen[origin] = (seen[origin] ?? 0) + 1;
        }
      }
      expect(buffer.waitingCount).toBe(0);
      expect(seen.reduce((sum, count) => sum + count, 0)).toBe(history.length);
      expect(buffer.wakeCount).toBeLessThanOrEqual(history.length * memberCount);
    }),
    { numRuns: 500 },
  );
});

test('a small buffer delivers all the same, if what it refuses is offered again', () => {
  fc.assert(
    fc.property(
      arrivals,
      fc.integer({ min: 1, max: 6 }),
      ({ memberCount, history, order }, max) => {
        const buffer = new CausalBuffer<Published>({ memberCount, waitingCountMax: max });
        const delivered: Published[] = [];
        // Each turn offers all, as they were drawn and then backwards.
        for (let turn = 0; delivered.length < history.length; turn += 1) {
          const before = delivered.length;
          for (const place of turn === 0 ? order : [...history.keys()].reverse()) {
            const message = history[place];
            if (message === undefined) continue;
            buffer.offer(message.origin, message.vector, message);
            expect(buffer.waitingCount).toBeLessThanOrEqual(max);
            delivered.push(...takeAll(buffer));
          }
          if (turn > 0) expect(delivered.length).toBeGreaterThan(before);
        }
        expect(new Set(delivered).size).toBe(history.length);
        expect(buffer.waitingCount).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
