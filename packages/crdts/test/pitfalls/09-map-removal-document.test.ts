import { expect, test } from 'vitest';

import { schema } from '../../src/document/index.ts';
import { author, shownInEveryOrder } from '../support/every-order.ts';

const settings = schema.record(schema.any());
const counter = schema.counter();

function setUp() {
  const ann = author('ann');
  const bob = author('bob');
  const cfg = ann.root.open('cfg', settings);
  cfg.set('theme', 'dark');
  cfg.open('uses', counter).add(3);
  cfg.open('notes', schema.text()).insert(0, 'old');
  bob.applyAll(ann.updates);
  return { ann, bob };
}

test('a removal resets what was seen, and what others change meanwhile survives', () => {
  const { ann, bob } = setUp();
  ann.root.delete('cfg');
  const cfg = bob.root.open('cfg', settings);
  cfg.set('size', 12);
  cfg.open('uses', counter).add(1);
  cfg.open('notes', schema.text()).insert(3, '!');
  const [first, ...rest] = [...ann.updates, ...bob.updates];
  expect(ann.toJSON()).toEqual({});
  expect(shownInEveryOrder([first!, ...rest].slice(0, 6))).toBeDefined();
  ann.applyAll(bob.updates);
  bob.applyAll(ann.updates);
  expect(ann.toJSON()).toEqual({ cfg: { size: 12, uses: 1, notes: '!' } });
  expect(bob.toJSON()).toEqual(ann.toJSON());
});

test('what is put there again does not revive what was removed', () => {
  const { ann, bob } = setUp();
  ann.root.delete('cfg');
  ann.root.open('cfg', settings).set('font', 'serif');
  bob.applyAll(ann.updates);
  expect(bob.toJSON()).toEqual({ cfg: { font: 'serif' } });
  bob.root.set('cfg', 'none');
  bob.root.open('cfg', settings).set('font', 'mono');
  ann.applyAll(bob.updates);
  expect(ann.toJSON()).toEqual({ cfg: { font: 'mono' } });
});

test('a key that was removed by one and removed by the other is gone', () => {
  const { ann, bob } = setUp();
  ann.root.delete('cfg');
  bob.root.delete('cfg');
  ann.applyAll(bob.updates);
  expect(ann.toJSON()).toEqual({});
});
