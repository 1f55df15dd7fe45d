import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { memberId } from '../../src/broadcast/member.ts';

test('two lives of a node have two ids, and no two members have one', () => {
  const [a, b] = [nodeId('n@1'), nodeId('n')];
  const members = [
    { node: a, incarnation: 2 },
    { node: b, incarnation: 12 },
    { node: b, incarnation: 1 },
    { node: nodeId('__proto__'), incarnation: 0 },
  ];
  expect(members.map(memberId)).toEqual(['n@1@2', 'n@12', 'n@1', '__proto__@0']);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('an incarnation of %d is refused', (incarnation) => {
  expect(() => memberId({ node: nodeId('n'), incarnation })).toThrow(
    `incarnation: expected an integer of at least 0, got ${incarnation}`,
  );
});

test('a name too long for both is refused', () => {
  const node = nodeId('n'.repeat(64));
  expect(() => memberId({ node, incarnation: 1 })).toThrow('member: expected 1..64 bytes');
});
