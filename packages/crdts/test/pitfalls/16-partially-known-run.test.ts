import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';

test('of a run of which half is known, from another peer, only the tail is inserted', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const eve = new TextDocument({ replicaId: 'eve' });
  ann.insert(0, '01234');
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  ann.insert(5, '56789');
  eve.applyAll(ann.updatesSince(eve.encodeVersion()));
  bob.insert(0, '<');
  const [fromEve] = eve.updatesSince(new Uint8Array(0));
  expect(bob.apply(fromEve!)).toEqual({ kind: 'applied', eventCount: 5 });
  expect(bob.toString()).toBe('<0123456789');
});

test.each(['delete', 'backspace'] as const)('of a run of deletions by %s, too', (kind) => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.insert(0, '0123456789');
  const press = (count: number) => {
    for (let left = count; left > 0; left -= 1) {
      ann.delete(kind === 'delete' ? 2 : ann.length - 1, 1);
    }
  };
  press(3);
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  press(2);
  const [whole] = ann.updatesSince(new Uint8Array(0));
  expect(bob.apply(whole!)).toEqual({ kind: 'applied', eventCount: 2 });
  expect(bob.toString()).toBe(ann.toString());
  expect(bob.toString()).toBe(kind === 'delete' ? '01789' : '01234');
});
