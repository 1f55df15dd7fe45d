import { expect, test } from 'vitest';

import { author, shownInEveryOrder } from '../support/every-order.ts';

test('writes of one key with another key in between end the same in every order', () => {
  const ann = author('ann');
  ann.root.set('k', 1);
  ann.root.set('other', true);
  ann.root.set('k', 2);
  ann.root.delete('other');
  ann.root.set('k', 3);
  expect(shownInEveryOrder(ann.updates)).toEqual({ k: 3 });
});

test('so they do if two write, and one of them knows of the other', () => {
  const ann = author('ann');
  const bob = author('bob');
  ann.root.set('k', 'ann 1');
  bob.root.set('k', 'bob 1');
  bob.root.set('other', 1);
  ann.applyAll(bob.updates);
  ann.root.set('k', 'ann 2');
  bob.root.set('k', 'bob 2');
  expect(shownInEveryOrder([...ann.updates, ...bob.updates])).toEqual({ k: 'bob 2', other: 1 });
});
