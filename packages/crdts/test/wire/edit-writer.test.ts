import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { schema } from '../../src/document/schema.ts';
import { CorruptBytesError } from '../../src/errors.ts';
import { seal } from '../../src/wire/seal.ts';

const root = schema.map({
  title: schema.text(),
  list: schema.list(schema.register<number | string>()),
  map: schema.record(schema.register<number>()),
});

function newDocument(replicaId: string) {
  const document = new JsonDocument({ replicaId, schema: root });
  const updates: Uint8Array[] = [];
  document.onLocalUpdate((update) => updates.push(update));
  const sizeOf = (edit: () => void): number => {
    updates.length = 0;
    edit();
    expect(updates).toHaveLength(1);
    return updates[0]!.length;
  };
  return { document, updates, sizeOf };
}

test('a change that is no keystroke takes some 20 bytes, of which 8 are id and checksum', () => {
  const { document, sizeOf } = newDocument('AAAAAAAA');
  const { title, list, map } = document.root;
  expect(sizeOf(() => title.insert(0, 'H'))).toBeLessThanOrEqual(20);
  expect(sizeOf(() => list.push(1_234_567_890))).toBeLessThanOrEqual(27);
  expect(sizeOf(() => list.push(1_234_567_890))).toBeLessThanOrEqual(20);
  expect(sizeOf(() => list.insert(0, 'abcd'))).toBeLessThanOrEqual(20);
  expect(sizeOf(() => map.set('votes', 1))).toBeLessThanOrEqual(26);
  expect(sizeOf(() => map.set('v', 1_234))).toBeLessThanOrEqual(18);
  expect(sizeOf(() => title.insert(1, 'i'))).toBeLessThanOrEqual(16);
  expect(sizeOf(() => title.insert(2, '!'))).toBeLessThanOrEqual(14);
});

test('what others made is named, and what is too early waits', () => {
  const ann = newDocument('ann');
  const bob = newDocument('BBBBBBBB');
  ann.document.root.list.push(1, 2, 3);
  ann.document.root.title.insert(0, 'a😀b');
  bob.document.applyAll(ann.document.updatesSince(bob.document.encodeVersion()));
  bob.document.root.list.insert(1, 'between');
  bob.document.transact(() => {
    bob.document.root.list.delete(0, 1);
    bob.document.root.title.insert(1, 'x');
    bob.document.root.title.insert(2, 'ß');
  });
  const late = newDocument('late').document;
  for (const update of bob.updates.toReversed()) expect(late.apply(update).kind).toBe('waiting');
  late.applyAll(ann.updates);
  expect(late.waitingCount).toBe(0);
  expect(late.toJSON()).toEqual(bob.document.toJSON());
  for (const update of bob.updates) expect(late.apply(update).kind).toBe('duplicate');
});

test('an edit in a longer form is refused', () => {
  const { document, updates } = newDocument('AAAAAAAA');
  document.root.map.set('k', 5);
  const [update] = updates;
  const content = [...update!.subarray(0, update!.length - 2)];
  // Flags, six bytes of an id, sequence, then the two rows.
  expect(content.slice(0, 10)).toEqual([0xf4, 0, 0, 0, 0, 0, 0, 0, 0x17, 0x43]);
  const forge = (edit: (bytes: number[]) => void): Uint8Array => {
    const bytes = [...content];
    edit(bytes);
    return seal(Uint8Array.from(bytes));
  };
  const other = new JsonDocument({ replicaId: 'other', schema: root });
  const forgeries: [string, (bytes: number[]) => void][] = [
    ['the container that was guessed', (bytes) => bytes.splice(8, 0, 0, 0)],
    ['no previous event as parents', (bytes) => ((bytes[0] = 0xf6), bytes.splice(8, 0, 0))],
    ['a count that fits the flags', (bytes) => ((bytes[0] = 0xf0), bytes.splice(8, 0, 2))],
    ['a repetition', (bytes) => bytes.splice(13, 0, 225)],
    ['more events', (bytes) => (bytes[0] = 0xf5)],
    ['text without an insertion', (bytes) => bytes.push(97)],
    ['a type in more bytes', (bytes) => ((bytes[8] = 7), bytes.splice(13, 0, 0x81))],
    ['a key that is there already', (bytes) => bytes.splice(9, 4, ...bytes.slice(14, 16))],
  ];
  for (const [name, edit] of forgeries) {
    expect(() => other.apply(forge(edit)), name).toThrow(CorruptBytesError);
    expect(other.eventCount).toBe(0);
  }
  expect(other.apply(forge(() => undefined)).kind).toBe('applied');
});
