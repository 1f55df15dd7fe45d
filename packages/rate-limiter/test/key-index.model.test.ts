import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { KeyIndex } from '../src/key-index.ts';

test('finds what a map finds, on both sides of the size at which it is split', () => {
  const random = seededRandom('key index');
  const index = new KeyIndex();
  const twin = new Map<string, number>();
  for (let step = 1; step <= 60_000; step += 1) {
    const key = `client ${random.int(30_000)}`;
    const slot = twin.get(key) ?? 0;
    expect(index.slotOf(key)).toBe(slot);
    if (slot > 0) expect(index.keyOf(slot)).toBe(key);
    // Grows to its middle, then shrinks.
    const isGrowing = step < 40_000;
    if (twin.has(key) ? !isGrowing || random.int(8) === 0 : !isGrowing && random.int(3) > 0) {
      index.delete(slot);
      twin.delete(key);
    } else if (!twin.has(key)) {
      index.add(key, step);
      twin.set(key, step);
    }
    if (step % 1_000 === 0) expect(index.size).toBe(twin.size);
  }
  expect(index.size).toBe(twin.size);
  expect(new Map(index.entries())).toEqual(twin);
  index.delete(70_000);
  expect(index.size).toBe(twin.size);
});
