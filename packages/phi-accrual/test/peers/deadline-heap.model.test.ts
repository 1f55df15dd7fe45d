import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DeadlineHeap } from '../../src/peers/deadline-heap.ts';

type Step =
  | { readonly kind: 'set'; readonly slot: number; readonly atMs: number }
  | { readonly kind: 'remove'; readonly slot: number };

const slots = fc.nat(40);
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        slot: slots,
        atMs: fc.oneof({ weight: 9, arbitrary: fc.nat(300) }, fc.constantFrom(Infinity, -Infinity)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('remove' as const), slot: slots }),
    },
  ),
  { maxLength: 200, size: 'max' },
);

function apply(heap: DeadlineHeap, twin: Map<number, number>, step: Step): void {
  if (step.kind === 'set') {
    heap.set(step.slot, step.atMs);
    twin.set(step.slot, step.atMs);
  } else {
    heap.remove(step.slot);
    twin.delete(step.slot);
  }
}

describe('DeadlineHeap', () => {
  test('agrees with a map that looks at all of its entries', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const heap = new DeadlineHeap();
        const twin = new Map<number, number>();
        for (const step of chosen) {
          apply(heap, twin, step);
          expect(heap.size).toBe(twin.size);
          expect(heap.nextMs).toBe(Math.min(Infinity, ...twin.values()));
          expect(heap.atMs(step.slot)).toBe(twin.get(step.slot) ?? Infinity);
          if (twin.size > 0) expect(twin.get(heap.nextSlot)).toBe(heap.nextMs);
        }
        // What is left comes out in order.
        let beforeMs = -Infinity;
        while (heap.size > 0) {
          expect(heap.nextMs).toBeGreaterThanOrEqual(beforeMs);
          beforeMs = heap.nextMs;
          heap.remove(heap.nextSlot);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives back ten thousand deadlines in order', () => {
    const heap = new DeadlineHeap();
    for (let slot = 0; slot < 10_000; slot += 1) heap.set(slot, (slot * 7_919) % 10_007);
    let beforeMs = -Infinity;
    while (heap.size > 0) {
      expect(heap.nextMs).toBeGreaterThanOrEqual(beforeMs);
      beforeMs = heap.nextMs;
      heap.remove(heap.nextSlot);
    }
    expect(heap.nextSlot).toBe(-1);
  });

  test('takes no deadline that is no number', () => {
    const heap = new DeadlineHeap();
    expect(() => heap.set(0, NaN)).toThrow('a deadline is a number');
    expect(heap.size).toBe(0);
  });
});
