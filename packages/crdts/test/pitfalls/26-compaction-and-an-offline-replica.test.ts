import { expect, test } from 'vitest';

import { BeforeHistoryError } from '../../src/errors.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';

/** Ann and eve wrote and deleted; eve went offline, edited there, and ann compacted meanwhile. */
function scene() {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'one two three');
  const eve = ann.fork({ replicaId: 'eve' });
  ann.delete(4, 4);
  eve.insert(6, 'TWO');
  const compacted = TextDocument.load(saveShallow(ann), { replicaId: 'ann-2' });
  return { ann, eve, compacted };
}

test('edits in what was compacted away are refused by name, both ways, and nobody is hurt', () => {
  const { eve, compacted } = scene();
  const fromEve = eve.updatesSince(compacted.encodeVersion());
  expect(fromEve).toHaveLength(1);
  expect(() => compacted.applyAll(fromEve)).toThrow(BeforeHistoryError);
  expect(() => compacted.updatesSince(eve.encodeVersion())).toThrow(BeforeHistoryError);
  expect(compacted.toString()).toBe('one three');
  expect(eve.toString()).toBe('one twTWOo three');
});

test('whoever still has the history merges them, and then all can go on', () => {
  const { ann, eve, compacted } = scene();
  ann.applyAll(eve.updatesSince(ann.encodeVersion()));
  eve.applyAll(ann.updatesSince(eve.encodeVersion()));
  expect(ann.toString()).toBe(eve.toString());
  expect(ann.toString()).toBe('one TWOthree');
  const again = TextDocument.load(saveShallow(ann), { replicaId: 'ann-3' });
  again.insert(0, '> ');
  eve.applyAll(again.updatesSince(eve.encodeVersion()));
  expect(eve.toString()).toBe('> one TWOthree');
  expect(compacted.toString()).toBe('one three');
});

test('a replica that knows the compacted version goes on without its past', () => {
  const { ann, compacted } = scene();
  ann.insert(0, 'a');
  compacted.insert(compacted.length, 'z');
  compacted.applyAll(ann.updatesSince(compacted.encodeVersion()));
  ann.applyAll(compacted.updatesSince(ann.encodeVersion()));
  expect(compacted.toString()).toBe('aone threez');
  expect(ann.toString()).toBe('aone threez');
});
