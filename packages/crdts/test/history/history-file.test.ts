import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { authorships } from '../../src/text/past.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';

const GRAPH = 3;
const OPERATIONS = 4;
const SUMMARY = 6;
const HASHES = 64;
const TEXT = 16;

const all: ReadonlySet<number> = new Set(Array.from({ length: 128 }, (_, id) => id));

/** `file` with one chunk changed, under checksums that are right. */
function forge(file: Uint8Array, id: number, change: (bytes: Uint8Array) => void): Uint8Array {
  const chunks = new Map([...decodeChunks(file, all)].map(([key, kept]) => [key, kept.slice()]));
  change(chunks.get(id)!);
  return encodeChunks([...chunks]);
}

/** What two people typed by turns and at the same time, in more runs than are read at once. */
function conversation(): { readonly file: Uint8Array; readonly ann: TextDocument } {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  for (let turn = 0; turn < 80; turn += 1) {
    ann.insert(ann.length, 'hello');
    bob.insert(0, 'world');
    bob.delete(1, 2);
    for (const update of bob.updatesSince(ann.encodeVersion())) ann.apply(update);
    for (const update of ann.updatesSince(bob.encodeVersion())) bob.apply(update);
  }
  ann.insert(0, '.');
  return { file: ann.save(), ann };
}

function load(file: Uint8Array, replicaId = 'late'): TextDocument {
  return TextDocument.load(file, { replicaId });
}

test('a file that is opened and edited is the document with that edit', () => {
  const { file, ann } = conversation();
  expect(decodeChunks(file, all).has(SUMMARY)).toBe(true);
  const late = load(file);
  expect(late.save()).toEqual(file);
  const other = load(file, 'other');
  const updates: Uint8Array[] = [];
  other.onLocalUpdate((update) => updates.push(update));
  other.insert(3, 'first');
  other.delete(1, 3);
  ann.applyAll(updates);
  late.applyAll(updates);
  expect(other.toString()).toBe(ann.toString());
  expect(other.encodeVersion()).toEqual(ann.encodeVersion());
  expect(other.canonicalBytes()).toEqual(ann.canonicalBytes());
  expect(other.save()).toEqual(late.save());
  ann.insert(4, 'again');
  for (const update of ann.updatesSince(other.encodeVersion())) other.apply(update);
  expect(other.toString()).toBe(ann.toString());
  expect(authorships(other)).toEqual(authorships(ann));
});

test('who goes on under the id that a file ends with goes on where it ended', () => {
  const { file, ann } = conversation();
  const again = TextDocument.load(file, { replicaId: 'ann', continueReplica: true });
  again.insert(1, '!');
  ann.insert(1, '!');
  expect(again.encodeVersion()).toEqual(ann.encodeVersion());
  expect(again.canonicalBytes()).toEqual(ann.canonicalBytes());
  expect(load(again.save()).canonicalBytes()).toEqual(ann.canonicalBytes());
});

test('two heads that nobody merged are both known when somebody edits', () => {
  const { file } = conversation();
  const [ann, bob] = [load(file), load(file, 'other')];
  ann.insert(0, 'a');
  bob.insert(0, 'b');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  const [loaded, copy] = [ann.save(), ann.save()].map((bytes) => load(bytes, 'third'));
  loaded!.insert(0, 'c');
  copy!.insert(0, 'c');
  expect(loaded!.save()).toEqual(copy!.save());
  bob.applyAll(loaded!.updatesSince(bob.encodeVersion()));
  expect(bob.toString()).toBe(loaded!.toString());
});

test('a forged past is refused at first need, and nothing has changed then', () => {
  const { file, ann } = conversation();
  ann.insert(0, 'more');
  const updates = ann.updatesSince(load(file).encodeVersion());
  const forgeries: readonly (readonly [number, (bytes: Uint8Array) => void])[] = [
    [GRAPH, (bytes) => bytes.fill(0xff, 5)],
    [GRAPH, (bytes) => bytes.fill(0x10, bytes.length - 20)],
    [OPERATIONS, (bytes) => bytes.fill(0x91, 10, 60)],
    // The number of runs, and the Lamport time of the last one.
    [SUMMARY, (bytes) => bytes.set([bytes[4]! ^ 1], 4)],
    [SUMMARY, (bytes) => bytes.set([bytes.at(-3)! ^ 1], bytes.length - 3)],
  ];
  for (const [id, change] of forgeries) {
    const forged = forge(file, id, change);
    const late = load(forged);
    const text = late.toString();
    late.insert(0, 'x');
    late.delete(2, 1);
    const edited = late.toString();
    expect(edited).toBe(`x${text[0]}${text.slice(2)}`);
    for (const need of [
      () => late.applyAll(updates),
      () => late.apply(updates[0]!),
      () => late.save(),
      () => late.updatesSince(new Uint8Array(0)),
      () => authorships(late),
    ]) {
      expect(need).toThrow(CorruptBytesError);
      expect(late.toString()).toBe(edited);
    }
    late.insert(0, 'y');
    expect(late.toString()).toBe(`y${edited}`);
    expect(() => TextDocument.load(forged, { replicaId: 'x', verify: true })).toThrow(
      CorruptBytesError,
    );
  }
});

test('a file that is verified is refused if its text is not that of its past', () => {
  const { file, ann } = conversation();
  const late = TextDocument.load(file, { replicaId: 'late', verify: true });
  expect(late.toString()).toBe(ann.toString());
  expect(late.save()).toEqual(file);
  for (const id of [TEXT, HASHES]) {
    const forged = forge(file, id, (bytes) => bytes.set([0x65], bytes.length - 2));
    expect(load(forged).length).toBe(ann.length);
    expect(() => TextDocument.load(forged, { replicaId: 'x', verify: true })).toThrow(
      CorruptBytesError,
    );
  }
});

test('an update that a forged text has no place for is refused, and the text stays', () => {
  const { file, ann } = conversation();
  const text = 'another text';
  const chunks = new Map(decodeChunks(file, all));
  const bytes = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
  const kept = ann.length - text.length;
  chunks.set(TEXT, Uint8Array.from([64 + text.length, ...bytes]));
  const deleted = new TextEncoder().encode('z'.repeat(160 + kept));
  chunks.set(
    17,
    Uint8Array.from([4, (deleted.length % 128) | 128, deleted.length >> 7, ...deleted]),
  );
  const late = load(encodeChunks([...chunks]));
  late.insert(3, '!');
  ann.insert(ann.length - 1, 'far away');
  expect(() => late.applyAll(ann.updatesSince(load(file).encodeVersion()))).toThrow(
    CorruptBytesError,
  );
  expect(late.toString()).toBe('ano!ther text');
});
