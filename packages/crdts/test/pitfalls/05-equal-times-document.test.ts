import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/index.ts';
import { author, shownInEveryOrder } from '../support/every-order.ts';

test('of two writes at one Lamport time, that of the greater id wins, everywhere', () => {
  const ids = ['b', 'a', 'B', 'é', 'aa'];
  const updates = ids.map((id) => {
    const document = author(id);
    document.root.set('color', id);
    return document.updates[0]!;
  });
  expect(shownInEveryOrder(updates)).toEqual({ color: 'é' });
});

test('ids compare by code units, not by the alphabet', () => {
  const upper = author('B');
  const lower = author('a');
  upper.root.set('color', 'upper');
  lower.root.set('color', 'lower');
  expect(shownInEveryOrder([...upper.updates, ...lower.updates])).toEqual({ color: 'lower' });
});

test('one event that comes twice is one event', () => {
  const ann = author('ann');
  ann.root.set('color', 'red');
  const bob = new JsonDocument({ replicaId: 'bob' });
  expect(bob.apply(ann.updates[0]!).kind).toBe('applied');
  expect(bob.apply(ann.updates[0]!).kind).toBe('duplicate');
  expect(bob.root.conflicts('color')).toEqual(['red']);
});
