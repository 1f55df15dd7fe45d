import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';

const isBold = (document: TextDocument): string[] =>
  document
    .runs()
    .filter(({ marks }) => marks.has('bold'))
    .map(({ start, end }) => document.slice(start, end));

test('marks are in a file, in a shallow one, too', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'dull, then bold, then more');
  ann.delete(0, 6);
  ann.mark(5, 9, 'bold', true);
  ann.insert(9, 'er');
  const bold = isBold(ann);
  expect(bold).toEqual(['bolder']);
  for (const history of ['full', 'shallow'] as const) {
    const bytes = ann.save({ history });
    const loaded = TextDocument.load(bytes, { replicaId: history });
    expect(loaded.toString()).toBe(ann.toString());
    expect(isBold(loaded)).toEqual(bold);
    expect(loaded.save()).toEqual(bytes);
    loaded.insert(0, 'x');
    ann.applyAll(loaded.updatesSince(ann.encodeVersion()));
    expect(isBold(ann)).toEqual(bold);
  }
});

test('a shallow file is as large as the text, but for some bytes', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  for (let round = 0; round < 100; round += 1) {
    ann.insert(0, 'typed and deleted again');
    ann.delete(0, 23);
  }
  ann.insert(0, 'kept');
  expect(ann.save().length).toBeGreaterThan(2_000);
  expect(ann.save({ history: 'shallow' }).length).toBeLessThan(100);
});

test('where nothing is known to all, a shallow file is a full one', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.insert(0, 'a');
  bob.insert(0, 'b');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  expect(ann.save({ history: 'shallow' })).toEqual(ann.save());
});
