import { expect, test } from 'vitest';

import { PendingFullError } from '../../src/errors.ts';
import { WAITING_COUNT_MAX } from '../../src/history/waiting-updates.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { forged } from '../support/sealed.ts';

function typed(count: number): { readonly ann: TextDocument; readonly updates: Uint8Array[] } {
  const ann = new TextDocument({ replicaId: 'AAAAAAAA' });
  const updates: Uint8Array[] = [];
  ann.onLocalUpdate((update) => updates.push(update));
  for (let index = 0; index < count; index += 1) ann.insert(index, String(index % 10));
  return { ann, updates };
}

test('what comes before its past waits, is no part of the version, and is applied later', () => {
  const { ann, updates } = typed(3);
  const bob = new TextDocument({ replicaId: 'bob' });
  const empty = bob.encodeVersion();
  expect(bob.apply(updates[2]!)).toEqual({ kind: 'waiting' });
  expect(bob.apply(updates[2]!)).toEqual({ kind: 'waiting' });
  expect(bob.apply(updates[1]!)).toEqual({ kind: 'waiting' });
  expect(bob.waitingCount).toBe(2);
  expect(bob.encodeVersion()).toEqual(empty);
  expect(bob.toString()).toBe('');
  // Whoever compares versions now sends all of it: nothing that waits is acknowledged.
  expect(ann.updatesSince(bob.encodeVersion())).toEqual(ann.updatesSince(empty));
  expect(bob.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 3 });
  expect(bob.toString()).toBe('012');
  expect(bob.waitingCount).toBe(0);
});

test('ten thousand keystrokes in reverse order', () => {
  const { ann, updates } = typed(10_000);
  const bob = new TextDocument({ replicaId: 'bob' });
  for (const update of updates.reverse()) bob.apply(update);
  expect(bob.toString()).toBe(ann.toString());
});

test('what waits is bounded, and what is too much is refused', () => {
  const { ann, updates } = typed(WAITING_COUNT_MAX + 2);
  const bob = new TextDocument({ replicaId: 'bob' });
  for (const update of updates.slice(2)) bob.apply(update);
  expect(bob.waitingCount).toBe(WAITING_COUNT_MAX);
  expect(() => bob.apply(updates[1]!)).toThrow(PendingFullError);
  bob.apply(updates[0]!);
  bob.apply(updates[1]!);
  expect(bob.toString()).toBe(ann.toString());
  expect(bob.waitingCount).toBe(0);
});

test('part of an update may come too early: the rest is applied', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const eve = new TextDocument({ replicaId: 'eve' });
  ann.insert(0, 'ann');
  bob.insert(0, 'bob');
  eve.applyAll(ann.updatesSince(eve.encodeVersion()));
  const known = eve.encodeVersion();
  bob.insert(3, '!');
  eve.applyAll(bob.updatesSince(eve.encodeVersion()));
  eve.insert(0, 'eve');
  const other = new TextDocument({ replicaId: 'new' });
  // Of bob's events, and of eve's that come after ann's, too.
  const outcome = other.applyAll(eve.updatesSince(known));
  expect(outcome).toEqual({ kind: 'waiting' });
  expect(other.toString()).toBe('bob!');
  expect(other.waitingCount).toBe(1);
  other.applyAll(ann.updatesSince(other.encodeVersion()));
  expect(other.toString()).toBe(eve.toString());
});

test('what waits survives being saved and loaded', () => {
  const { ann, updates } = typed(3);
  const bob = new TextDocument({ replicaId: 'bob' });
  bob.apply(updates[2]!);
  bob.apply(updates[1]!);
  const loaded = TextDocument.load(bob.save(), { replicaId: 'bob-2' });
  expect(loaded.waitingCount).toBe(2);
  expect(loaded.encodeVersion()).toEqual(bob.encodeVersion());
  loaded.apply(updates[0]!);
  expect(loaded.toString()).toBe(ann.toString());
});

test('what waited and turns out to make no sense is dropped, and told to nobody', () => {
  const { updates } = typed(3);
  const bob = new TextDocument({ replicaId: 'bob' });
  const inserted: string[] = [];
  bob.onChange(({ patches }) => inserted.push(...patches.map((patch) => patch.inserted)));
  // Says that it is 63 units away from where the cursor was.
  const far = forged(updates[1]!, (content) => {
    const flags = content[0]! | 8;
    return Uint8Array.of(flags, ...content.slice(1, -1), 126, ...content.slice(-1));
  });
  expect(bob.apply(far)).toEqual({ kind: 'waiting' });
  expect(bob.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 1 });
  expect(inserted).toEqual(['0']);
  expect(bob.waitingCount).toBe(0);
  bob.applyAll(updates.slice(1));
  expect(bob.toString()).toBe('012');
});
