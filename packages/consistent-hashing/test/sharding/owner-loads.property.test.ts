import { nodeId } from '@quorate/transport';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { OwnerLoads, type WeighedOwner } from '../../src/sharding/owner-loads.ts';

const owners: readonly WeighedOwner[] = ['a', 'b', 'c'].map((id) => ({
  owner: nodeId(id),
  weight: 1,
}));

function askedFirst(loads: OwnerLoads, among = owners): WeighedOwner {
  const [first] = loads.withRoom(among);
  if (first === undefined) throw new Error('expected an owner');
  loads.count(first.owner, 1);
  return first;
}

describe('loads of owners', () => {
  test('leave a key with its first owner up to the floor', () => {
    const loads = new OwnerLoads({ factor: 1.25, floor: 4 });
    const asked = Array.from({ length: 5 }, () => askedFirst(loads).owner);
    expect(asked).toEqual(['a', 'a', 'a', 'a', 'b']);
    loads.count(nodeId('a'), -1);
    expect(askedFirst(loads).owner).toBe('a');
  });

  test('give the heavier owner more', () => {
    const loads = new OwnerLoads({ factor: 1 });
    const unequal = owners.map((one, index) => ({ ...one, weight: index === 0 ? 2 : 1 }));
    for (let count = 0; count < 40; count += 1) askedFirst(loads, unequal);
    expect(unequal.map(({ owner }) => loads.of(owner))).toEqual([20, 10, 10]);
  });

  test('leave out who is full, and never everybody', () => {
    const loads = new OwnerLoads({ factor: 1 });
    const withRoom = (): string =>
      loads
        .withRoom(owners)
        .map(({ owner }) => owner)
        .join('');
    const seen = [withRoom()];
    for (let count = 0; count < 3; count += 1) {
      askedFirst(loads);
      seen.push(withRoom());
    }
    expect(seen).toEqual(['abc', 'bc', 'c', 'abc']);
    expect(loads.withRoom([])).toEqual([]);
  });

  test('no owner gets a request that puts it above its lid', () => {
    const steps = fc.array(fc.record({ isEnd: fc.boolean(), index: fc.nat(1_000) }), {
      maxLength: 200,
    });
    const bounds = fc.record({
      factor: fc.double({ min: 1, max: 3, noNaN: true }),
      floor: fc.integer({ min: 1, max: 5 }),
    });
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(bounds, weights, steps, ({ factor, floor }, given, wanted) => {
        const among = given.map((weight, index) => ({ owner: nodeId(`n${index}`), weight }));
        const total = given.reduce((sum, weight) => sum + weight, 0);
        const loads = new OwnerLoads({ factor, floor });
        const underWay: WeighedOwner[] = [];
        for (const { isEnd, index } of wanted) {
          const [ended] = isEnd ? underWay.splice(index % Math.max(1, underWay.length), 1) : [];
          if (ended !== undefined) {
            loads.count(ended.owner, -1);
            continue;
          }
          const asked = askedFirst(loads, among);
          underWay.push(asked);
          const lid = Math.ceil((factor * asked.weight * underWay.length) / total);
          expect(loads.of(asked.owner)).toBeLessThanOrEqual(Math.max(floor, lid));
        }
      }),
    );
  });

  test.each([
    [{ factor: 0.9 }, 'factor: expected 1..1000, got 0.9'],
    [{ factor: NaN }, 'factor: expected 1..1000, got NaN'],
    [{ factor: Infinity }, 'factor: expected 1..1000, got Infinity'],
    [{ factor: 1, floor: 0 }, 'floor: expected 1..1000000, got 0'],
    [{ factor: 1, floor: 1.5 }, 'floor: expected 1..1000000, got 1.5'],
  ])('refuse %o', (bound, message) => {
    expect(() => new OwnerLoads(bound)).toThrow(new RangeError(message));
  });
});
