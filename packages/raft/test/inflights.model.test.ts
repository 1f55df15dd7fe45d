import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Inflights } from '../src/inflights.ts';

type Command =
  | { readonly kind: 'add'; readonly bytes: number }
  | { readonly kind: 'confirm'; readonly behind: number }
  | { readonly kind: 'clear' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add'), bytes: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm'), behind: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear') }) },
);

describe('Inflights', () => {
  test('agrees with a plain list, however it wraps around and grows', () => {
    const limits = { countMax: fc.integer({ min: 1, max: 20 }), bytesMax: fc.integer({ min: 1 }) };
    fc.assert(
      fc.property(
        fc.record(limits),
        fc.array(command, { maxLength: 60 }),
        ({ countMax, bytesMax }, commands) => {
          const inflights = new Inflights(countMax, bytesMax % 40 || 1);
          let items: { readonly lastIndex: number; readonly bytes: number }[] = [];
          let lastIndex = 0;
          for (const next of commands) {
            if (next.kind === 'add' && !inflights.isFull) {
              lastIndex += 1 + next.bytes;
              inflights.add(lastIndex, next.bytes);
              items.push({ lastIndex, bytes: next.bytes });
            } else if (next.kind === 'confirm') {
              const confirmed = lastIndex - next.behind;
              inflights.confirm(confirmed);
              items = items.filter((item) => item.lastIndex > confirmed);
            } else if (next.kind === 'clear') {
              inflights.clear();
              items = [];
            }
            const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
            expect(inflights.count).toBe(items.length);
            expect(inflights.isFull).toBe(
              items.length >= countMax || bytes >= (bytesMax % 40 || 1),
            );
          }
        },
      ),
    );
  });

  test('takes one item larger than its limit, and nothing after it', () => {
    const inflights = new Inflights(10, 100);
    inflights.add(1, 1_000);
    expect(inflights.isFull).toBe(true);
    expect(() => inflights.add(2, 1)).toThrow('nothing is sent into a full window');
    inflights.confirm(1);
    expect(inflights.isFull).toBe(false);
  });
});
