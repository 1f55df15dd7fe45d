import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Identity,
  identityOf,
  identityText,
  overlap,
  splitIdentity,
  sumIdentities,
  TREE_DEPTH_MAX,
} from '../../src/interval-tree/identity.ts';

const { identity } = fc.letrec<{ identity: Identity }>((tie) => ({
  identity: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Identity>(0, 1),
    fc.tuple(tie('identity'), tie('identity')).map(([left, right]) => identityOf(left, right)),
  ),
}));

function text([left, right]: readonly [Identity, Identity]): string {
  return `${identityText(left)} ${identityText(right)}`;
}

describe('a split', () => {
  test('halves what is owned, as in the paper', () => {
    expect(text(splitIdentity(0))).toBe('0 0');
    expect(text(splitIdentity(1))).toBe('(1, 0) (0, 1)');
    expect(text(splitIdentity({ left: 1, right: 0 }))).toBe('((1, 0), 0) ((0, 1), 0)');
    expect(text(splitIdentity({ left: 0, right: 1 }))).toBe('(0, (1, 0)) (0, (0, 1))');
    expect(text(splitIdentity({ left: { left: 1, right: 0 }, right: 1 }))).toBe(
      '((1, 0), 0) (0, 1)',
    );
  });

  test('gives two pieces apart from each other, which make the whole again', () => {
    fc.assert(
      fc.property(identity, (whole) => {
        const [left, right] = splitIdentity(whole);
        expect(overlap(left, right)).toBe(false);
        expect([left === 0, right === 0]).toEqual([whole === 0, whole === 0]);
        expect(sumIdentities(left, right)).toEqual(whole);
        expect(sumIdentities(right, left)).toEqual(whole);
      }),
    );
  });

  test('goes 1 024 deep and no deeper', () => {
    let piece: Identity = 1;
    for (let depth = 0; depth < TREE_DEPTH_MAX; depth += 1) piece = splitIdentity(piece)[1];
    const last = piece;
    expect(() => splitIdentity(last)).toThrow(
      new RangeError(
        'fork: expected a piece halved at most 1024 times, got one more; ' +
          'join stamps that are done, or fork others',
      ),
    );
  });
});

describe('a sum', () => {
  test('refuses what overlaps, wherever it does', () => {
    fc.assert(
      fc.property(identity, identity, (left, right) => {
        const sum = (): Identity => sumIdentities(left, right);
        if (overlap(left, right)) expect(sum).toThrow(RangeError);
        else expect(sum).not.toThrow();
      }),
    );
    expect(() => sumIdentities(1, { left: 0, right: 1 })).toThrow(
      new RangeError('join: expected pieces apart from each other, got some of both stamps'),
    );
  });

  test('is in normal form', () => {
    expect(sumIdentities({ left: 1, right: 0 }, { left: 0, right: 1 })).toBe(1);
    expect(sumIdentities(0, 0)).toBe(0);
  });
});
