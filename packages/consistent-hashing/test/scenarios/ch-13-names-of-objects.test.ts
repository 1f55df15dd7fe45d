/*
 * What goes wrong elsewhere: ids and keys are properties of an object, so "__proto__" is lost and
 * "constructor" is found without having been put there; and a number is sometimes its digits and
 * sometimes not.
 */
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { allPlacements } from '../support/all-placements.ts';

const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'];

describe.each(allPlacements)('%s', (_, make) => {
  test('takes names of what objects have for ids, like any other', () => {
    const placement = make(names);
    expect(new Set(placement.locateN('key', 9).map(({ id }) => id))).toEqual(new Set(names));
    const drained = placement.with({ weights: { ['__proto__']: 0 } });
    expect(drained.locateN('key', 9).map(({ id }) => id)).not.toContain('__proto__');
    expect(drained.with({ remove: ['__proto__'] }).nodes).toHaveLength(4);
    expect(restorePlacement(drained.snapshot()).nodes).toEqual(drained.nodes);
  });

  test('takes them, and the empty string, for keys', () => {
    const placement = make(['a', 'b', 'c']);
    for (const key of [...names, '']) expect(placement.locate(key).id).toMatch(/^[abc]$/);
  });

  test('knows the same key in each of its forms, and "1" from 1', () => {
    const placement = make(['a', 'b', 'c']);
    const bitsOf = (key: Parameters<typeof placement.bits.hash>[0]) => {
      placement.bits.hash(key);
      return [placement.bits.high, placement.bits.low];
    };
    expect(bitsOf(new Uint8Array([0x31]))).toEqual(bitsOf('1'));
    expect(bitsOf(1)).not.toEqual(bitsOf('1'));
    const bytes = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
    for (const key of [1n, { high: 0, low: 1 }, bytes]) expect(bitsOf(key)).toEqual(bitsOf(1));
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 32, -1n, 2n ** 64n])('refuses %s as a key', (key) => {
    expect(() => make(['a', 'b']).locate(key)).toThrow(RangeError);
  });
});
