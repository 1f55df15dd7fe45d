import { describe, expect, test } from 'vitest';

import { PendingFullError } from '../../src/errors.ts';
import { WAITING_COUNT_MAX } from '../../src/history/waiting-updates.ts';
import { TextDocument } from '../../src/text/text-document.ts';

/** Keystrokes of one author. */
function typed(replicaId: string, count: number): [TextDocument, Uint8Array[]] {
  const document = new TextDocument({ replicaId });
  const updates: Uint8Array[] = [];
  const unsubscribe = document.onLocalUpdate((update) => updates.push(update));
  for (let index = 0; index < count; index += 1) document.insert(index, String(index % 10));
  unsubscribe();
  return [document, updates];
}

/** More than may wait, by one, and the two before them. */
const [ann, updates] = typed('AAAAAAAA', WAITING_COUNT_MAX + 3);
const [first, second] = updates;
const tooMany = updates.slice(2);

function newcomer(): TextDocument {
  return new TextDocument({ replicaId: 'bob' });
}

describe('a batch', () => {
  test('whose gaps close within it never waits, however long it is, in whatever order', () => {
    const bob = newcomer();
    const outcome = bob.applyAll(updates.toReversed());
    expect(outcome).toEqual({ kind: 'applied', eventCount: updates.length });
    expect(bob.toString()).toBe(ann.toString());
    expect(bob.waitingCount).toBe(0);
  });

  test('whose gaps close is taken in although as many wait as may', () => {
    const bob = newcomer();
    bob.applyAll(tooMany.slice(1));
    expect(bob.waitingCount).toBe(WAITING_COUNT_MAX);
    bob.applyAll([tooMany[0]!, second!, first!]);
    expect(bob.toString()).toBe(ann.toString());
    expect(bob.waitingCount).toBe(0);
  });

  test('that makes room for what it leaves is taken in', () => {
    const bob = newcomer();
    bob.applyAll(tooMany.slice(1));
    const [, late] = typed('other', 2)[1];
    expect(() => bob.applyAll([late!])).toThrow(PendingFullError);
    const wakesAll = [late!, first!, second!, tooMany[0]!];
    expect(bob.applyAll(wakesAll)).toEqual({ kind: 'waiting' });
    expect(bob.toString()).toBe(ann.toString());
    expect(bob.waitingCount).toBe(1);
  });

  test('that leaves too much is refused whole', () => {
    const bob = newcomer();
    expect(() => bob.applyAll(tooMany)).toThrow(PendingFullError);
    expect(bob.waitingCount).toBe(0);
    expect(() => bob.applyAll([first!, ...tooMany])).toThrow(PendingFullError);
    expect([bob.toString(), bob.eventCount, bob.waitingCount]).toEqual(['', 0, 0]);
  });

  test('that is refused puts what it woke back to where it waited', () => {
    const bob = newcomer();
    const [one, two, three] = typed('other', 3)[1];
    bob.applyAll([three!, two!]);
    const changes: unknown[] = [];
    bob.onChange((change) => changes.push(change));
    const version = bob.encodeVersion();
    expect(() => bob.applyAll([one!, ...tooMany])).toThrow(PendingFullError);
    expect([bob.toString(), bob.waitingCount, changes]).toEqual(['', 2, []]);
    expect(bob.encodeVersion()).toEqual(version);
    expect(bob.apply(one!)).toEqual({ kind: 'applied', eventCount: 3 });
    expect(bob.waitingCount).toBe(0);
    expect(changes).toHaveLength(1);
  });

  test('that was known to wait takes no more room', () => {
    const bob = newcomer();
    const most = tooMany.slice(1);
    bob.applyAll(most);
    expect(bob.applyAll(most)).toEqual({ kind: 'waiting' });
    expect(bob.waitingCount).toBe(WAITING_COUNT_MAX);
  });
});

test('what waited and waits again, for something else, is not lost when a batch is refused', () => {
  const dan = new TextDocument({ replicaId: 'dan' });
  const eve = new TextDocument({ replicaId: 'eve' });
  const sent: Uint8Array[] = [];
  for (const each of [dan, eve]) each.onLocalUpdate((update) => sent.push(update));
  dan.insert(0, 'a');
  eve.insert(0, 'e');
  dan.applyAll([sent[1]!]);
  dan.insert(1, 'b');
  const bob = newcomer();
  bob.apply(sent[2]!);
  // It waits for one of its two parents; with that one here it waits for the other.
  for (const parent of [sent[0]!, sent[1]!]) {
    const other = TextDocument.load(bob.save(), { replicaId: 'other' });
    expect(() => other.applyAll([parent, ...tooMany])).toThrow(PendingFullError);
    expect([other.eventCount, other.waitingCount]).toEqual([0, 1]);
    other.applyAll(sent.slice(0, 2));
    expect(other.toString()).toBe(dan.toString());
  }
});

test('updates of many authors that wait for each other are all taken in', () => {
  const count = 3_000;
  const chain: Uint8Array[] = [];
  let last = new TextDocument({ replicaId: 'author 0' });
  for (let index = 1; index <= count; index += 1) {
    const unsubscribe = last.onLocalUpdate((update) => chain.push(update));
    last.insert(0, 'x');
    unsubscribe();
    if (index % 100 !== 0) continue;
    last = last.fork({ replicaId: `author ${index}` });
  }
  const bob = newcomer();
  for (const update of chain.toReversed()) bob.apply(update);
  expect(bob.toString()).toBe('x'.repeat(count));
  expect(bob.waitingCount).toBe(0);
});
