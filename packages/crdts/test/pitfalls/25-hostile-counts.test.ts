import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { CorruptBytesError, CrdtsError } from '../../src/errors.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { seal } from '../../src/wire/seal.ts';
import { flipped, forged, forgedFile } from '../support/sealed.ts';

/** Columns of a batch with a table of one replica; a test replaces what it likes. */
interface Forgery {
  readonly replicaCount?: number;
  readonly graph?: readonly number[];
  readonly codes?: readonly number[];
  readonly counts?: readonly number[];
  readonly positions?: readonly number[];
  readonly names?: readonly number[];
  readonly text?: string;
}

/** A batch of one event, the insertion of `a` at 0 by replica `b`, but for what is forged. */
function batch(forgery: Forgery): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(1);
  writer.varint(forgery.replicaCount ?? 1);
  writer.bytes(Uint8Array.of(0, 1, 98));
  writer.prefixed(Uint8Array.from(forgery.graph ?? [24]));
  writer.prefixed(Uint8Array.from(forgery.codes ?? [129]));
  writer.prefixed(Uint8Array.from(forgery.counts ?? []));
  writer.prefixed(Uint8Array.from(forgery.positions ?? []));
  writer.prefixed(Uint8Array.from(forgery.names ?? []));
  writer.prefixed(new Uint8Array(0));
  writer.prefixed(new Uint8Array(0));
  writer.text(forgery.text ?? 'a');
  return seal(writer.view());
}

/** 2^31 - 1 and 2^29 as bytes. */
const huge = [0xff, 0xff, 0xff, 0xff, 7];
const many = [0x80, 0x80, 0x80, 0x80, 2];
/** A piece of 2^29 events. */
const manyEvents = [8, 0x80, 0x80, 0x80, 0x80, 4];

test('what the forgeries depart from is right', () => {
  const document = new TextDocument({ replicaId: 'x' });
  expect(document.apply(batch({}))).toEqual({ kind: 'applied', eventCount: 1 });
  expect(document.toString()).toBe('a');
});

test.each<[string, Forgery]>([
  ['two billion replicas', { replicaCount: 2 ** 31 }],
  ['a replica that is not in the table', { graph: [28, 1] }],
  ['one more replica than the table has', { graph: [24, 24], codes: [129, 129], text: 'aa' }],
  ['a new replica in more bytes', { graph: [28, 0] }],
  ['no parents in more bytes', { graph: [27, 0] }],
  ['an author before the first one', { graph: [16] }],
  ['another author where there is one', { graph: [24, 20], codes: [129, 129], text: 'aa' }],
  ['two billion events', { graph: [8, 0xfe, ...huge.slice(1)] }],
  ['half a billion insertions', { graph: manyEvents, codes: [128], counts: many }],
  ['half a billion deletions', { graph: manyEvents, codes: [160], counts: many, text: '' }],
  ['as many backwards', { graph: manyEvents, codes: [192], counts: many, text: '' }],
  [
    'as many insertions, one by one',
    { graph: manyEvents, codes: [145, 224], counts: many, positions: [2] },
  ],
  [
    'as many deletions, one by one',
    { graph: manyEvents, codes: [177, 224], counts: many, positions: [2], text: '' },
  ],
  ['a repetition of nothing', { codes: [225] }],
  ['a repetition that goes on', { codes: [129, 225] }],
  ['a repetition in more bytes', { graph: [40], codes: [129, 224], counts: [1], text: 'aa' }],
  ['no events', { graph: [], codes: [], text: '' }],
  ['a piece of no events', { graph: [8, 0] }],
  ['a count in more bytes', { graph: [8, 2] }],
  ['a count of a row in more bytes', { codes: [128], counts: [1] }],
  ['a sequence of 2^31', { graph: [8, 3, ...huge] }],
  ['the guessed sequence', { graph: [8, 3, 0] }],
  ['a number that does not end', { graph: new Array<number>(20).fill(0xff) }],
  ['a parent that follows', { graph: [26, 1, 3] }],
  ['an event that is its own parent', { graph: [26, 1, 1] }],
  ['a parent of nobody', { graph: [26, 0] }],
  ['two billion parents', { graph: [27, ...huge] }],
  ['fewer operations than events', { graph: [40] }],
  ['more operations than events', { codes: [129, 129], text: 'aa' }],
  ['an operation over two pieces', { graph: [24, 16], codes: [130], text: 'aa' }],
  ['an unknown operation', { codes: [16] }],
  ['an insertion in another form', { codes: [17] }],
  ['a position beyond the text', { codes: [145], positions: [2] }],
  ['a position before the text', { codes: [145], positions: [1] }],
  ['a position of a billion', { codes: [145], positions: huge }],
  ['the guessed position', { codes: [145], positions: [0] }],
  ['a deletion of nothing that is there', { codes: [161], text: '' }],
  ['less text than insertions', { text: '' }],
  ['more text than insertions', { text: 'ab' }],
  ['half of a pair', { graph: [40], codes: [129, 129], text: '😀' }],
  ['a container that nobody made', { codes: [0, 129], names: [3, 9] }],
  ['the guessed container', { codes: [0, 129], names: [0] }],
  ['a container of nothing', { codes: [129, 0], names: [3, 9] }],
  ['a column that goes on', { counts: [2] }],
])('%s: refused, and nothing changes', (_, forgery) => {
  const document = new TextDocument({ replicaId: 'x' });
  expect(() => document.apply(batch(forgery))).toThrow(CorruptBytesError);
  expect(document.eventCount).toBe(0);
  expect(document.encodeVersion()).toEqual(new Uint8Array(0));
  expect(document.apply(batch({})).kind).toBe('applied');
});

test('an event beside its own predecessor is refused', () => {
  const document = new TextDocument({ replicaId: 'x' });
  document.apply(batch({}));
  // Sequence 1 without parents, though every event knows those of its replica.
  expect(() => document.apply(batch({ graph: [11, 3, 1, 0] }))).toThrow(CorruptBytesError);
  expect(document.toString()).toBe('a');
});

test('an event whose predecessors are missing waits, whatever parents it claims', () => {
  const document = new TextDocument({ replicaId: 'x' });
  // Sequence 5 without parents.
  expect(document.apply(batch({ graph: [11, 3, 5, 0] }))).toEqual({ kind: 'waiting' });
  expect(document.eventCount).toBe(0);
  document.apply(batch({}));
  expect(document.toString()).toBe('a');
});

test('what waited and half makes sense is dropped whole, and told to nobody', () => {
  const document = new TextDocument({ replicaId: 'x' });
  const inserted: string[] = [];
  document.onChange(({ patches }) => inserted.push(...patches.map((patch) => patch.inserted)));
  // After event 0: `x` at 1, which can be, and `y` far away, which cannot.
  const half = { graph: [8, 5, 1], codes: [145, 145], positions: [2, 126], text: 'xy' };
  expect(document.apply(batch(half))).toEqual({ kind: 'waiting' });
  expect(document.apply(batch({}))).toEqual({ kind: 'applied', eventCount: 1 });
  expect(inserted).toEqual(['a']);
  expect(document.toString()).toBe('a');
  expect(document.waitingCount).toBe(0);
});

test('forged bytes under right checksums become a value or are refused', () => {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const updates: Uint8Array[] = [];
  for (const document of [ann, bob]) document.onLocalUpdate((update) => updates.push(update));
  ann.insert(0, 'hello world');
  bob.insert(0, 'été 😀');
  ann.delete(3, 4);
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  for (const character of 'and more') bob.insert(bob.length, character);
  updates.push(...bob.updatesSince(new Uint8Array(0)), ...bob.updatesSince(ann.encodeVersion()));
  const random = seededRandom(25);
  const file = ann.save();
  const outcomes = new Set<string>();
  for (let round = 0; round < 5_000; round += 1) {
    const target = TextDocument.load(file, { replicaId: 'x' });
    const update = updates[round % updates.length]!;
    const damaged = forged(update, (content) => {
      const once = flipped(content, random.int(8 * content.length));
      return random.int(2) === 0 ? once : flipped(once, random.int(8 * content.length));
    });
    outcomes.add(attempt(() => target.apply(damaged).kind));
    expect(target.toString()).toHaveLength(target.length);
    target.insert(target.length, '.');
  }
  expect([...outcomes].sort()).toEqual([
    'CRDTS_CORRUPT',
    'CRDTS_FORKED_REPLICA',
    'applied',
    'duplicate',
    'waiting',
  ]);
});

test('forged files under right checksums become a document or are refused', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.insert(0, 'hello world');
  bob.insert(0, 'été 😀');
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  ann.delete(3, 4);
  bob.insert(0, 'x');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  const random = seededRandom(52);
  const outcomes = new Set<string>();
  for (const file of [ann.save(), saveShallow(ann)]) {
    for (let round = 0; round < 3_000; round += 1) {
      const damaged = forgedFile(file, random);
      outcomes.add(
        attempt(() => {
          const document = TextDocument.load(damaged, { replicaId: 'x' });
          document.insert(document.length, '.');
          // Asks for all that was deferred.
          return String(document.updatesSince(new Uint8Array(0)).length > 0);
        }),
      );
    }
  }
  expect([...outcomes].sort()).toEqual(expect.arrayContaining(['CRDTS_CORRUPT', 'true']));
});

/** What `act` says, or the code of the error that it throws on purpose. */
function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (error instanceof CrdtsError) return error.code;
    throw error;
  }
}
