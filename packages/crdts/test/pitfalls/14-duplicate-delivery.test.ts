import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';

test('updates that come two to five times, alone and within larger ones, count once', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const updates: Uint8Array[] = [];
  ann.onLocalUpdate((update) => updates.push(update));
  for (const [index, word] of ['one ', 'two ', 'three ', 'four '].entries()) {
    for (const character of word) ann.insert(ann.length, character);
    if (index % 2 === 1) ann.delete(ann.length - 2, 1);
  }
  const bob = new TextDocument({ replicaId: 'bob' });
  let eventCount = 0;
  for (const [index, update] of updates.entries()) {
    for (let time = 0; time < 2 + (index % 4); time += 1) {
      const outcome = bob.apply(update);
      if (outcome.kind === 'applied') eventCount += outcome.eventCount;
      else expect(outcome).toEqual({ kind: 'duplicate' });
    }
    // A batch that overlaps what bob has by half a run.
    const other = new TextDocument({ replicaId: 'eve' });
    other.applyAll(updates.slice(0, Math.floor(index / 2)));
    for (const batch of ann.updatesSince(other.encodeVersion())) {
      if (index === updates.length - 1) bob.apply(batch);
    }
  }
  expect(eventCount).toBe(ann.eventCount);
  expect(bob.eventCount).toBe(ann.eventCount);
  expect(bob.toString()).toBe(ann.toString());
});

test('a batch that overlaps by half a run adds the other half', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.insert(0, 'abcdefgh');
  const early = ann.updatesSince(new Uint8Array(0));
  ann.insert(8, 'ijkl');
  const whole = ann.updatesSince(new Uint8Array(0));
  expect(whole).toHaveLength(1);
  bob.applyAll(early);
  expect(bob.apply(whole[0]!)).toEqual({ kind: 'applied', eventCount: 4 });
  expect(bob.apply(whole[0]!)).toEqual({ kind: 'duplicate' });
  expect(bob.toString()).toBe('abcdefghijkl');
});
