import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { flipped } from '../support/sealed.ts';

/** Two replicas that type at the same time, and all their updates, single and in batches. */
function scene() {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const updates: Uint8Array[] = [];
  for (const document of [ann, bob]) document.onLocalUpdate((update) => updates.push(update));
  ann.insert(0, 'hello world');
  bob.insert(0, 'été 😀');
  ann.delete(3, 4);
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  for (const character of 'and some more') bob.insert(bob.length, character);
  updates.push(...bob.updatesSince(new Uint8Array(0)), ...bob.updatesSince(ann.encodeVersion()));
  return { ann, updates };
}

test('10,000 flipped bits and cuts of updates are refused, and nothing changes', () => {
  const { ann, updates } = scene();
  const text = ann.toString();
  const version = ann.encodeVersion();
  const random = seededRandom(24);
  for (let round = 0; round < 10_000; round += 1) {
    const update = updates[round % updates.length]!;
    const isCut = round % 3 === 0;
    const damaged = isCut
      ? update.subarray(0, random.int(update.length))
      : flipped(update, random.int(8 * update.length));
    expect(() => ann.apply(damaged)).toThrow(CorruptBytesError);
  }
  expect(ann.toString()).toBe(text);
  expect(ann.encodeVersion()).toEqual(version);
});

test('every flipped bit of a keystroke is refused', () => {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const updates: Uint8Array[] = [];
  ann.onLocalUpdate((update) => updates.push(update));
  for (const character of 'some text, then more') ann.insert(ann.length, character);
  ann.delete(4, 3);
  ann.insert(0, 'é');
  for (const update of updates) {
    for (let bit = 0; bit < 8 * update.length; bit += 1) {
      expect(() => bob.apply(flipped(update, bit))).toThrow(CorruptBytesError);
    }
    bob.apply(update);
  }
  expect(bob.toString()).toBe(ann.toString());
});

test('10,000 flipped bits and cuts of a file are refused', () => {
  const { ann, updates } = scene();
  ann.applyAll(updates);
  const random = seededRandom(42);
  for (const file of [ann.save(), saveShallow(ann)]) {
    expect(TextDocument.load(file, { replicaId: 'x' }).toString()).toBe(ann.toString());
    for (let round = 0; round < 5_000; round += 1) {
      const isCut = round % 3 === 0;
      const damaged = isCut
        ? file.subarray(0, random.int(file.length))
        : flipped(file, random.int(8 * file.length));
      expect(() => TextDocument.load(damaged, { replicaId: 'x' })).toThrow(CorruptBytesError);
    }
  }
});
