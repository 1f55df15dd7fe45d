import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { CorruptBytesError, CrdtsError } from '../../src/errors.ts';
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
  readonly extras?: readonly number[];
  readonly text?: string;
}

/** A batch of one event, the insertion of `a` at 0 by replica `b`, but for what is forged. */
function batch(forgery: Forgery): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(1);
  writer.varint(forgery.replicaCount ?? 1);
  writer.bytes(Uint8Array.of(1, 98));
  writer.prefixed(Uint8Array.from(forgery.graph ?? [0, 1]));
  writer.prefixed(Uint8Array.from(forgery.codes ?? [1]));
  writer.prefixed(Uint8Array.from(forgery.counts ?? []));
  writer.prefixed(Uint8Array.from(forgery.positions ?? []));
  writer.prefixed(Uint8Array.from(forgery.extras ?? []));
  writer.text(forgery.text ?? 'a');
  return seal(writer.view());
}

/** 2^31 - 1 and 2^29 as bytes. */
const huge = [0xff, 0xff, 0xff, 0xff, 7];
const many = [0x80, 0x80, 0x80, 0x80, 2];

test('what the forgeries depart from is right', () => {
  const document = new TextDocument({ replicaId: 'x' });
  expect(document.apply(batch({}))).toEqual({ kind: 'applied', eventCount: 1 });
  expect(document.toString()).toBe('a');
});

test.each<[string, Forgery]>([
  ['two billion replicas', { replicaCount: 2 ** 31 }],
  ['a replica that is not in the table', { graph: [8, 1] }],
  ['two billion events', { graph: [0, ...huge] }],
  ['half a billion insertions', { graph: [0, ...many], codes: [17], counts: many }],
  ['half a billion deletions', { graph: [0, ...many], codes: [18], counts: many, text: '' }],
  ['as many backwards', { graph: [0, ...many], codes: [19], counts: many, text: '' }],
  ['no events', { graph: [], codes: [], text: '' }],
  ['a piece of no events', { graph: [0, 0] }],
  ['a sequence of 2^31', { graph: [4, ...huge, 1] }],
  ['a number that does not end', { graph: new Array<number>(20).fill(0xff) }],
  ['a parent that follows', { graph: [1, 1, 0] }],
  ['an event that is its own parent', { graph: [1, 1, 3, 0] }],
  ['two billion parents', { graph: [3, 1, ...huge] }],
  ['fewer operations than events', { graph: [0, 2] }],
  ['more operations than events', { codes: [1, 1], text: 'aa' }],
  [
    'an operation over two pieces',
    { graph: [0, 1, 1, 1, 2], codes: [17], counts: [2], text: 'aa' },
  ],
  ['an unknown operation', { codes: [0] }],
  ['a trimmed operation', { codes: [16] }],
  ['a position beyond the text', { codes: [33], positions: [2] }],
  ['a position before the text', { codes: [33], positions: [1] }],
  ['a position of a billion', { codes: [33], positions: huge }],
  ['a deletion of nothing that is there', { codes: [2], text: '' }],
  ['less text than insertions', { text: '' }],
  ['more text than insertions', { text: 'ab' }],
  ['half of a pair', { graph: [0, 2], codes: [1, 1], text: '😀' }],
  ['a container that nobody made', { codes: [65], extras: [3, 9] }],
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
  expect(() => document.apply(batch({ graph: [4, 1, 1] }))).toThrow(CorruptBytesError);
  expect(document.toString()).toBe('a');
});

test('an event whose predecessors are missing waits, whatever parents it claims', () => {
  const document = new TextDocument({ replicaId: 'x' });
  // Sequence 5 without parents.
  expect(document.apply(batch({ graph: [4, 5, 1] }))).toEqual({ kind: 'waiting' });
  expect(document.eventCount).toBe(0);
  document.apply(batch({}));
  expect(document.toString()).toBe('a');
});

test('what waited and half makes sense is dropped whole, and told to nobody', () => {
  const document = new TextDocument({ replicaId: 'x' });
  const inserted: string[] = [];
  document.onChange(({ patches }) => inserted.push(...patches.map((patch) => patch.inserted)));
  // After event 0: `x` at 1, which can be, and `y` far away, which cannot.
  const half = { graph: [5, 1, 2, 3, 0], codes: [33, 33], positions: [2, 126], text: 'xy' };
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
  for (const file of [ann.save(), ann.save({ history: 'shallow' })]) {
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
