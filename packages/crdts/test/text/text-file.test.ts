import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { mark, runs } from '../../src/text/marking.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { type Chunk, decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';
import { writeValue } from '../../src/wire/value-codec.ts';

const isBold = (document: TextDocument): string[] =>
  runs(document)
    .filter(({ marks }) => marks.has('bold'))
    .map(({ start, end }) => document.slice(start, end));

test('marks are in a file, in a shallow one, too', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'dull, then bold, then more');
  ann.delete(0, 6);
  mark(ann, 5, 9, 'bold', true);
  ann.insert(9, 'er');
  const bold = isBold(ann);
  expect(bold).toEqual(['bolder']);
  for (const save of [(document: TextDocument) => document.save(), saveShallow]) {
    const bytes = save(ann);
    const loaded = TextDocument.load(bytes, { replicaId: `after-${bytes.length}` });
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
  expect(saveShallow(ann).length).toBeLessThan(100);
});

test('where nothing is known to all, a shallow file is a full one', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.insert(0, 'a');
  bob.insert(0, 'b');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  expect(saveShallow(ann)).toEqual(ann.save());
});

test('a text that does not fit its history is found when the history is asked for', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'hello');
  const chunks = new Map(
    decodeChunks(ann.save(), new Set(Array.from({ length: 64 }, (_, id) => id))),
  );
  const forge = (text: string, deleted: string): Uint8Array => {
    const textOf = (value: string): Uint8Array => {
      const writer = new ByteWriter();
      writeValue(writer, value);
      return writer.copy();
    };
    const forged: Chunk[] = [...chunks];
    return encodeChunks([
      ...forged.filter(([id]) => id !== 16 && id !== 17),
      [16, textOf(text)],
      [17, textOf(deleted)],
    ]);
  };
  expect(TextDocument.load(forge('hello', ''), { replicaId: 'x' }).toString()).toBe('hello');
  expect(() => TextDocument.load(forge('hello', '!'), { replicaId: 'x' })).toThrow(
    CorruptBytesError,
  );
  const shorter = TextDocument.load(forge('hell', 'o'), { replicaId: 'x' });
  expect(() => shorter.updatesSince(new Uint8Array(0))).toThrow(CorruptBytesError);
});

test('what is deleted is the same for who merged and for who loaded', () => {
  const random = seededRandom(17);
  for (let round = 0; round < 20; round += 1) {
    const people = ['ann', 'bob', 'cid'].map((replicaId) => new TextDocument({ replicaId }));
    people[0]?.insert(0, 'before anybody else came');
    people[0]?.delete(3, 5);
    for (let step = 0; step < 60; step += 1) {
      const text = people[random.int(3)]!;
      const position = random.int(text.length + 1);
      const count = Math.min(1 + random.int(4), text.length - position);
      if (random.int(3) > 0) text.insert(position, 'abcd'.slice(random.int(4)));
      else text.delete(position, count);
      const other = people[random.int(3)]!;
      if (step % 4 === 0) other.applyAll(text.updatesSince(other.encodeVersion()));
    }
    for (const text of people) {
      const file = text.save();
      const loaded = TextDocument.load(file, { replicaId: 'loaded' });
      expect(loaded.toString()).toBe(text.toString());
      expect(loaded.updatesSince(new Uint8Array(0))).toEqual(text.updatesSince(new Uint8Array(0)));
      expect(loaded.save()).toEqual(file);
    }
  }
});
