import { expect, test } from 'vitest';

import { contextOf } from '../../src/causal/causal-context.ts';
import {
  absorbDots,
  compareDots,
  type DotFun,
  dotFun,
  dotted,
  noDots,
} from '../../src/causal/dot-fun.ts';

const a1 = { replicaId: 'a', counter: 1, value: 'x' };
const a2 = { replicaId: 'a', counter: 2, value: 'y' };
const b1 = { replicaId: 'b', counter: 1, value: 'z' };
const absorb = (
  left: DotFun<string>,
  right: DotFun<string>,
  seen: DotFun<string>,
): DotFun<string> => dotFun.absorb(left, contextOf(left), right, contextOf([...right, ...seen]));

test('what both have stays, and what only one knows of', () => {
  expect(absorb([a1], [b1], [])).toEqual([a1, b1]);
  expect(absorb([b1], [a1, a2], [])).toEqual([a1, a2, b1]);
  expect(absorb([a1, b1], [b1], [])).toEqual([a1, b1]);
});

test('what the other knew and no longer has goes', () => {
  expect(absorb([a1], [a2], [a1])).toEqual([a2]);
  expect(absorb([a1, b1], [], [a1])).toEqual([b1]);
  expect(dotFun.absorb(noDots, contextOf([a1]), [a1], contextOf([a1]))).toBe(dotFun.empty);
});

test('a store that does not change is the same store, an empty one always', () => {
  const left = [a1, b1];

  expect(absorb(left, [b1], [])).toBe(left);
  expect(absorb(left, noDots, [a2])).toBe(left);
  expect(absorb(left, [], [a1, b1])).toBe(noDots);
});

test('a dot that both have gets the value that is chosen', () => {
  const context = contextOf([a1]);
  const longer = (left: string, right: string): string =>
    right.length > left.length ? right : left;
  const long = [{ ...a1, value: 'xxx' }];
  const short = [a1];

  expect(absorbDots(short, context, long, context, longer)).toEqual(long);
  expect(absorbDots(long, context, short, context, longer)).toBe(long);
});

test('dots are listed by replica, then by counter', () => {
  expect([b1, a2, a1].sort(compareDots)).toEqual([a1, a2, b1]);
  expect([...dotFun.parts([a1, b1])]).toEqual([[a1], [b1]]);
  expect([...dotFun.ranges([a1])]).toEqual([{ replicaId: 'a', first: 1, last: 1 }]);
  expect([...dotFun.dots(dotted({ replicaId: 'a', counter: 1 }, 'x'))]).toEqual([a1]);
  expect(dotFun.sizeOf([a1, b1])).toBe(2);
});
