import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { KeyIndex } from '../src/key-index.ts';

test('finds what a map finds, on both sides of the size at which it is split', () => {
  const random = seededRandom('key index');
  const index = new KeyIndex();
  const twin = new Map<string, number>();
  for (let step = 0; step < 300_000; step += 1) {
    const key = `client ${random.int(150_000)}`;
    expect(index.get(key)).toBe(twin.get(key));
    // Grows to its middle, then shrinks.
    const isGrowing = step < 200_000;
    if (twin.has(key) ? !isGrowing || random.int(8) === 0 : !isGrowing && random.int(3) > 0) {
      index.delete(key);
      twin.delete(key);
    } else if (!twin.has(key)) {
      index.add(key, step);
      twin.set(key, step);
    }
    if (step % 1_000 === 0) expect(index.size).toBe(twin.size);
  }
  expect(index.size).toBe(twin.size);
  expect(new Map(index.entries())).toEqual(twin);
  index.delete('never there');
  expect(index.size).toBe(twin.size);
});
