import { expect, test } from 'vitest';

import { schema } from '../../src/document/index.ts';
import { author, shownInEveryOrder } from '../support/every-order.ts';

const settings = schema.record(schema.any());

test('what two put into a map that both have made is in one map', () => {
  const ann = author('ann');
  const bob = author('bob');
  ann.root.open('cfg', settings).set('x', 1);
  bob.root.open('cfg', settings).set('y', 2);
  expect(shownInEveryOrder([...ann.updates, ...bob.updates])).toEqual({ cfg: { x: 1, y: 2 } });
});

test('texts, lists, counters and trees that two have made are one, at any depth', () => {
  const replicas = ['ann', 'bob', 'cat'].map((id) => {
    const document = author(id);
    const deep = document.root.open('a', settings).open('b', settings);
    document.transact(() => {
      deep.open('text', schema.text()).insert(0, id);
      deep.open('list', schema.list(schema.register())).push(id);
      deep.open('count', schema.counter()).add(1);
      deep.open('tree', schema.tree(settings)).insert({ id });
    });
    return document;
  });
  const updates = replicas.flatMap((document) => document.updates);
  expect(shownInEveryOrder(updates)).toMatchObject({
    a: { b: { count: 3, text: 'annbobcat', list: ['ann', 'bob', 'cat'] } },
  });
});

test('what is written later under the name that the other gave the container arrives', () => {
  const ann = author('ann');
  const bob = author('bob');
  ann.root.open('text', schema.text()).insert(0, 'a');
  bob.root.open('text', schema.text()).insert(0, 'b');
  ann.applyAll(bob.updates);
  bob.applyAll(ann.updates);
  ann.root.open('text', schema.text()).insert(2, 'c');
  bob.root.open('text', schema.text()).delete(0, 1);
  ann.applyAll(bob.updates);
  bob.applyAll(ann.updates);
  expect(ann.toJSON()).toEqual({ text: 'bc' });
  expect(bob.toJSON()).toEqual(ann.toJSON());
});

test('two kinds of container under one key do not mix; the later one is shown', () => {
  const ann = author('ann');
  const bob = author('bob');
  ann.root.open('x', schema.counter()).add(1);
  bob.root.open('x', schema.text()).insert(0, 'text');
  expect(shownInEveryOrder([...ann.updates, ...bob.updates])).toEqual({ x: 'text' });
  ann.applyAll(bob.updates);
  expect(ann.root.conflicts('x')).toHaveLength(2);
});
