import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BusyNodes } from '../../src/troubles/busy-nodes.ts';

const nodeIds = ['a', 'b', 'c', 'd', 'e'];

test('a node is free before, between and after its troubles, ends excluded', () => {
  const busy = new BusyNodes(nodeIds, 5);
  busy.add('b', 10, 20);
  busy.add('b', 30, 40);
  const isFree = (fromMs: number, toMs: number): boolean => busy.free(fromMs, toMs).includes('b');
  expect([isFree(0, 9), isFree(21, 29), isFree(41, 50)]).toEqual([true, true, true]);
  expect([isFree(0, 10), isFree(20, 21), isFree(15, 16), isFree(0, 50)]).toEqual(
    new Array(4).fill(false),
  );
});

test('nobody is free where that would make too many', () => {
  const busy = new BusyNodes(nodeIds, 2);
  expect(busy.free(0, 5, 2)).toEqual(nodeIds);
  expect(busy.free(0, 5, 3)).toEqual([]);
  busy.add('a', 0, 5);
  expect(busy.free(0, 5)).toEqual(['b', 'c', 'd', 'e']);
  expect(busy.free(0, 5, 2)).toEqual([]);
  busy.add('b', 5, 9);
  expect(busy.free(5, 5)).toEqual([]);
  expect(busy.free(6, 9)).toEqual(['a', 'c', 'd', 'e']);
});

test('never more are busy than may be, and what is over can be forgotten', () => {
  const span = fc.record({ fromMs: fc.nat(200), lastsMs: fc.nat(50), pick: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(span), fc.integer({ min: 0, max: 5 }), (spans, max) => {
      const [busy, forgetful] = [new BusyNodes(nodeIds, max), new BusyNodes(nodeIds, max)];
      const taken: { readonly fromMs: number; readonly toMs: number }[] = [];
      for (const { fromMs, lastsMs, pick } of spans.toSorted((x, y) => x.fromMs - y.fromMs)) {
        const toMs = fromMs + lastsMs;
        forgetful.forget(fromMs);
        const free = busy.free(fromMs, toMs);
        expect(forgetful.free(fromMs, toMs)).toEqual(free);
        const node = free[pick % Math.max(1, free.length)];
        if (node === undefined) continue;
        busy.add(node, fromMs, toMs);
        forgetful.add(node, fromMs, toMs);
        taken.push({ fromMs, toMs });
      }
      for (const { fromMs } of taken) {
        const atOnce = taken.filter((other) => other.fromMs <= fromMs && other.toMs >= fromMs);
        expect(atOnce.length).toBeLessThanOrEqual(max);
      }
    }),
  );
});
