import { expect, test } from 'vitest';

import { BeforeHistoryError, ForkedReplicaError } from '../../src/errors.ts';
import { mark } from '../../src/text/marking.ts';
import { diff, textAt } from '../../src/text/past.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';

function shallowOf(document: TextDocument, replicaId: string): TextDocument {
  return TextDocument.load(saveShallow(document), { replicaId });
}

test('an update from before the snapshot is known, or refused by name', () => {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const updates: Uint8Array[] = [];
  ann.onLocalUpdate((update) => updates.push(update));
  for (const character of 'hello') ann.insert(ann.length, character);
  const shallow = shallowOf(ann, 'shallow');
  for (const update of updates) expect(shallow.apply(update)).toEqual({ kind: 'duplicate' });
  const stranger = new TextDocument({ replicaId: 'bob' });
  stranger.insert(0, 'x');
  const [beside] = stranger.updatesSince(new Uint8Array(0));
  expect(() => shallow.apply(beside!)).toThrow(BeforeHistoryError);
  expect(shallow.toString()).toBe('hello');
});

test('what came before it cannot be sent', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const early = ann.encodeVersion();
  ann.insert(5, ' world');
  const shallow = shallowOf(ann, 'shallow');
  shallow.insert(0, 'x');
  expect(() => shallow.updatesSince(new Uint8Array(0))).toThrow(BeforeHistoryError);
  expect(() => shallow.updatesSince(early)).toThrow(BeforeHistoryError);
  expect(shallow.updatesSince(ann.encodeVersion())).toHaveLength(1);
});

test('what came before it cannot be looked at', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const early = ann.encodeVersion();
  ann.insert(5, ' world');
  const shallow = shallowOf(ann, 'shallow');
  shallow.insert(0, 'x');
  expect(() => textAt(shallow, early)).toThrow(BeforeHistoryError);
  expect(() => diff(shallow, early, ann.encodeVersion())).toThrow(BeforeHistoryError);
  expect(textAt(shallow, ann.encodeVersion())).toBe('hello world');
});

test('a keystroke is told from where the cursor was, which the snapshot remembers', () => {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const bob = new TextDocument({ replicaId: 'BBBBBBBB' });
  ann.onLocalUpdate((update) => bob.apply(update));
  ann.insert(0, 'hello world');
  ann.insert(5, ',');
  bob.insert(bob.length, '!');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  const shallow = shallowOf(bob, 'shallow');
  ann.onLocalUpdate((update) => shallow.apply(update));
  bob.onLocalUpdate((update) => shallow.apply(update));
  ann.insert(6, ' dear');
  bob.insert(bob.length, '!');
  expect(shallow.toString()).toBe('hello, dear world!!');
});

test('concurrent edits on top of it are merged', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello world');
  const shallow = shallowOf(ann, 'shallow');
  ann.insert(5, ',');
  shallow.insert(11, '!');
  shallow.delete(0, 1);
  shallow.applyAll(ann.updatesSince(shallow.encodeVersion()));
  ann.applyAll(shallow.updatesSince(ann.encodeVersion()));
  expect(shallow.toString()).toBe('ello, world!');
  expect(ann.toString()).toBe('ello, world!');
  expect(shallow.encodeVersion()).toEqual(ann.encodeVersion());
});

test('a fork after it is still found by the version', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const shallow = shallowOf(ann, 'shallow');
  const backup = ann.save();
  ann.insert(5, '!');
  shallow.applyAll(ann.updatesSince(shallow.encodeVersion()));
  const twin = TextDocument.load(backup, { replicaId: 'ann', continueReplica: true });
  twin.insert(5, '?');
  expect(() => shallow.updatesSince(twin.encodeVersion())).toThrow(ForkedReplicaError);
  expect(() => twin.updatesSince(shallow.encodeVersion())).toThrow(ForkedReplicaError);
});

test('of open concurrency, what is needed to merge it stays', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const bob = ann.fork({ replicaId: 'bob' });
  const eve = ann.fork({ replicaId: 'eve' });
  bob.insert(0, 'b');
  eve.insert(5, 'e');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  ann.applyAll(eve.updatesSince(ann.encodeVersion()));
  const shallow = shallowOf(ann, 'shallow');
  bob.insert(1, 'b');
  shallow.applyAll(bob.updatesSince(shallow.encodeVersion()));
  expect(shallow.toString()).toBe('bbhelloe');
  expect(shallow.updatesSince(bob.encodeVersion())).toHaveLength(1);
});

test('a replica that stands just where the snapshot begins is no fork', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const eve = ann.fork({ replicaId: 'eve' });
  const shallow = shallowOf(ann, 'shallow');
  ann.insert(5, '!');
  shallow.applyAll(ann.updatesSince(shallow.encodeVersion()));
  const again = TextDocument.load(shallow.save(), { replicaId: 'again' });
  for (const document of [shallow, again]) {
    const updates = document.updatesSince(eve.encodeVersion());
    expect(updates).toHaveLength(1);
    expect(TextDocument.load(eve.save(), { replicaId: 'x' }).applyAll(updates).kind).toBe(
      'applied',
    );
  }
});

// Why this test? Where the rest of a run belongs was told from an event in the middle of what was
// trimmed, of which the cursor is not known.
const backwards = [6, 5, 4, 3, 2];

test.each<[string, ((ann: TextDocument) => void)[]]>([
  ['typing', Array.from('hello', (unit, at) => (ann) => ann.insert(2 + at, unit))],
  ['deleting', backwards.map(() => (ann) => ann.delete(2, 1))],
  ['deleting backwards', backwards.map((position) => (ann) => ann.delete(position, 1))],
  [
    'this and that',
    [
      (ann) => ann.insert(4, 'x'),
      (ann) => ann.insert(5, 'y'),
      (ann) => ann.delete(1, 1),
      (ann) => ann.insert(7, 'z'),
      (ann) => ann.delete(6, 1),
    ],
  ],
  [
    'typing with marks in it',
    [
      (ann) => ann.insert(4, 'x'),
      (ann) => mark(ann, 2, 5, 'bold', true),
      (ann) => ann.insert(6, 'y'),
      (ann) => ann.insert(7, 'z'),
      (ann) => ann.delete(1, 1),
    ],
  ],
])('of a run of %s of which it has a part, the rest goes where it belongs', (_, steps) => {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  ann.insert(0, 'abcdefgh');
  const bob = ann.fork({ replicaId: 'bob' });
  const parts: Uint8Array[] = [];
  ann.onLocalUpdate((update) => parts.push(update));
  for (const step of steps) step(ann);
  const [whole] = ann.updatesSince(bob.encodeVersion());
  expect(ann.updatesSince(bob.encodeVersion())).toHaveLength(1);
  expect(parts).toHaveLength(5);
  for (const [at, part] of parts.entries()) {
    const shallow = shallowOf(bob, 'shallow');
    for (const known of parts.slice(0, at)) expect(shallow.apply(known).kind).toBe('duplicate');
    shallow.apply(whole!);
    expect(shallow.toString()).toBe(ann.toString());
    expect(shallow.encodeVersion()).toEqual(ann.encodeVersion());
    bob.apply(part);
  }
});
