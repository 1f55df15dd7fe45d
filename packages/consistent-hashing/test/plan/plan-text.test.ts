import { expect, test } from 'vitest';

import { diff } from '../../src/plan/diff.ts';
import { planText } from '../../src/plan/plan-text.ts';
import { ring } from '../../src/ring/ring.ts';

const before = ring({ nodes: ['a', 'b', 'c'] });
const after = before.with({ add: ['d'] });

test('a plan in words says what moves, what each has then, and in which steps', () => {
  const lines = planText(before, after, diff(before, after)).split('\n');
  expect(lines[0]).toBe('ring of 3 nodes, epoch 0 -> ring of 4 nodes, epoch 1');
  expect(lines).toContainEqual(
    expect.stringMatching(/^moved {3}2\d\.\d\d % {2}of all keys \(exact\)$/u),
  );
  expect(lines).toContainEqual('ideal   25.00 %  must move, by the weights');
  expect(lines).toContainEqual('excess   0.00 %  moves without need');
  expect(lines).toContainEqual(expect.stringMatching(/^d {5}25\.00 % {3}0\.00 %/u));
  expect(lines).toContainEqual('3 steps, 1 moves of a node at a time:');
});

test('a long plan shows its largest moves and counts the others', () => {
  const text = planText(before, after, diff(before, after), { moveCountMax: 1 });
  expect(text).toContain('and 2 smaller moves');
});

test('nobody has a name', () => {
  const none = ring({ nodes: [] });
  expect(planText(none, before, diff(none, before))).toContain('(nobody) > a');
});
