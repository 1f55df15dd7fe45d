import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { schema } from '../../src/document/schema.ts';
import { CorruptBytesError } from '../../src/errors.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';

const all: ReadonlySet<number> = new Set(Array.from({ length: 128 }, (_, id) => id));

test('rows that are alike take no more bytes than one', () => {
  const text = new TextDocument({ replicaId: 'AAAAAAAA' });
  for (let count = 0; count < 6_000; count += 1) text.insert(0, 'x');
  const [update] = text.updatesSince(new Uint8Array(0));
  expect(update!.length).toBeLessThan(6_000 + 50);
  const copy = new TextDocument({ replicaId: 'copy' });
  copy.apply(update!);
  expect(copy.toString()).toBe(text.toString());
  const file = text.save();
  expect(file.length).toBeLessThan(6_000 + 100);
  const loaded = TextDocument.load(file, { replicaId: 'loaded' });
  expect(loaded.save()).toEqual(file);
  expect(loaded.updatesSince(new Uint8Array(0))).toEqual([update]);
});

test('items that are put in at one place take the bytes of their values', () => {
  const items = schema.map({ items: schema.list(schema.register<number>()) });
  const ann = new JsonDocument({ replicaId: 'AAAAAAAA', schema: items });
  const bob = new JsonDocument({ replicaId: 'bob', schema: items });
  for (let count = 0; count < 1_000; count += 1) ann.root.items.insert(0, count);
  for (let count = 0; count < 1_000; count += 1) ann.root.items.push(count);
  const [update] = ann.updatesSince(new Uint8Array(0));
  expect(update!.length).toBeLessThan(2 * (128 + 2 * 128 + 3 * 744) + 80);
  bob.apply(update!);
  expect(bob.toJSON()).toEqual(ann.toJSON());
  const file = ann.save();
  expect(JsonDocument.load(file, { replicaId: 'loaded', schema: items }).save()).toEqual(file);
});

test('many replicas that do one thing each take some bytes each', () => {
  const map = schema.map({ map: schema.record(schema.register<number>()) });
  const whole = new JsonDocument({ replicaId: 'whole', schema: map });
  for (let replica = 0; replica < 500; replica += 1) {
    const replicaId = `rep${String(replica).padStart(5, '0')}`;
    const one = new JsonDocument({ replicaId, schema: map });
    one.root.map.set('v', replica);
    whole.applyAll(one.updatesSince(new Uint8Array(0)));
  }
  expect(whole.save().length).toBeLessThan(500 * 11);
});

test('a file of a text with rows that few bytes only claim is refused', () => {
  const text = new TextDocument({ replicaId: 'AAAAAAAA' });
  for (let count = 0; count < 40; count += 1) text.insert(0, 'x');
  const chunks = decodeChunks(text.save(), all);
  const forge = (operations: readonly number[]): Uint8Array => {
    const bytes = Uint8Array.from(operations);
    return encodeChunks([...chunks].map(([id, kept]) => [id, id === 4 ? bytes : kept]));
  };
  // How many rows. One insertion, another one elsewhere, which comes once more 38 times: codes,
  // counts, positions.
  const right = [40, 3, 129, 145, 224, 1, 38, 1, 1, 0, 0, 0, 0];
  expect([...chunks.get(4)!]).toEqual(right);
  expect(TextDocument.load(forge(right), { replicaId: 'x' }).save()).toEqual(text.save());
  const many = [0xff, 0xff, 0xff, 0xff, 7];
  for (const operations of [
    [40, 3, 129, 145, 224, 5, ...many, 1, 1, 0, 0, 0, 0],
    [40, 3, 129, 177, 224, 5, ...many, 1, 1, 0, 0, 0, 0],
    [40, 2, 129, 224, 5, ...many, 1, 1, 0, 0, 0, 0],
    [39, 3, 129, 145, 224, 1, 37, 1, 1, 0, 0, 0, 0],
    [41, 3, 129, 145, 224, 1, 39, 1, 1, 0, 0, 0, 0],
    [39, ...right.slice(1)],
    [...many, ...right.slice(1)],
    [40, 4, 129, 145, 255, 231, 0, 1, 0, 0, 0, 0, 0],
    [40, 4, 129, 145, 224, 225, 1, 37, 1, 1, 0, 0, 0],
    [40, 3, 129, 128, 224, 2, 1, 38, 1, 1, 0, 0, 0, 0],
    [],
  ]) {
    expect(() => {
      TextDocument.load(forge(operations), { replicaId: 'x' }).save();
    }).toThrow(CorruptBytesError);
  }
});
