import { describe, expect, test } from 'vitest';

import { CorruptBytesError, ForkedReplicaError } from '../../src/errors.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { type TextChange, TextDocument } from '../../src/text/text-document.ts';

function edited(replicaId: string, text: string): TextDocument {
  const document = new TextDocument({ replicaId });
  document.insert(0, text);
  return document;
}

/** Gives each what the other has. */
function sync(left: TextDocument, right: TextDocument): void {
  left.applyAll(right.updatesSince(left.encodeVersion()));
  right.applyAll(left.updatesSince(right.encodeVersion()));
}

describe('editing', () => {
  test('inserts, deletes and replaces', () => {
    const document = edited('ann', 'Hello world');
    document.delete(5, 6);
    document.replace(0, 1, 'J');
    expect(document.toString()).toBe('Jello');
    expect(document.length).toBe(5);
    expect(document.slice(1, 3)).toBe('el');
    expect(document.slice()).toBe('Jello');
    expect(document.slice(-5, 99)).toBe('Jello');
    expect(document.eventCount).toBe(11 + 6 + 2);
  });

  test('nothing happens by empty text or a count of 0', () => {
    const document = edited('ann', 'a');
    const updates: Uint8Array[] = [];
    document.onLocalUpdate((update) => updates.push(update));
    document.insert(0, '');
    document.delete(0, 0);
    document.transact(() => undefined);
    expect(updates).toEqual([]);
    expect(document.eventCount).toBe(1);
  });

  test.each([
    ['a position beyond the text', (document: TextDocument) => document.insert(3, 'x')],
    ['a negative position', (document: TextDocument) => document.insert(-1, 'x')],
    ['a fraction', (document: TextDocument) => document.insert(0.5, 'x')],
    ['NaN', (document: TextDocument) => document.insert(NaN, 'x')],
    ['half a pair', (document: TextDocument) => document.insert(1, 'x')],
    ['half of a character', (document: TextDocument) => document.delete(0, 1)],
    ['more than there is', (document: TextDocument) => document.delete(0, 3)],
    ['fewer than none', (document: TextDocument) => document.delete(2, -1)],
    ['a lone surrogate', (document: TextDocument) => document.insert(0, '\ud800')],
    ['one in a replacement', (document: TextDocument) => document.replace(0, 2, '\ud800')],
  ])('%s is refused, and nothing has changed', (_, edit) => {
    const document = edited('ann', '😀');
    expect(() => edit(document)).toThrow(RangeError);
    expect(document.toString()).toBe('😀');
    expect(document.eventCount).toBe(2);
  });

  test('an id is needed', () => {
    expect(() => new TextDocument({ replicaId: '' })).toThrow(RangeError);
    expect(() => new TextDocument({ replicaId: 7 as never })).toThrow(TypeError);
  });
});

describe('exchange', () => {
  test('concurrent edits are merged', () => {
    const ann = edited('ann', 'Hello world');
    const bob = new TextDocument({ replicaId: 'bob' });
    sync(ann, bob);
    ann.insert(5, ',');
    bob.insert(11, '!');
    sync(ann, bob);
    expect(ann.toString()).toBe('Hello, world!');
    expect(bob.toString()).toBe('Hello, world!');
    expect(ann.encodeVersion()).toEqual(bob.encodeVersion());
  });

  test('says what it did with an update', () => {
    const ann = new TextDocument({ replicaId: 'ann' });
    const bob = new TextDocument({ replicaId: 'bob' });
    const updates: Uint8Array[] = [];
    ann.onLocalUpdate((update) => updates.push(update));
    ann.insert(0, 'ab');
    ann.insert(2, 'c');
    expect(bob.apply(updates[1]!)).toEqual({ kind: 'waiting' });
    expect(bob.waitingCount).toBe(1);
    expect(bob.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 3 });
    expect(bob.apply(updates[0]!)).toEqual({ kind: 'duplicate' });
    expect(bob.waitingCount).toBe(0);
    expect(bob.applyAll([])).toEqual({ kind: 'duplicate' });
  });

  test('a version says whether it covers what is here', () => {
    const ann = edited('ann', 'a');
    const bob = new TextDocument({ replicaId: 'bob' });
    expect(bob.encodeVersion()).toEqual(new Uint8Array(0));
    expect(bob.isCoveredBy(ann.encodeVersion())).toBe(true);
    expect(ann.isCoveredBy(bob.encodeVersion())).toBe(false);
    sync(ann, bob);
    expect(ann.isCoveredBy(bob.encodeVersion())).toBe(true);
    expect(ann.updatesSince(bob.encodeVersion())).toEqual([]);
  });

  test('updates keep within a size, and a pair of surrogates together', () => {
    const ann = edited('ann', '😀'.repeat(500));
    ann.insert(1_000, 'x'.repeat(1_000));
    const updates = ann.updatesSince(new Uint8Array(0), 100);
    expect(Math.max(...updates.map((update) => update.length))).toBeLessThanOrEqual(100);
    const bob = new TextDocument({ replicaId: 'bob' });
    for (const update of updates) bob.apply(update);
    expect(bob.toString()).toBe(ann.toString());
    expect(ann.updatesSince(new Uint8Array(0), 1).length).toBe(1_500);
  });

  test('several updates are taken or none', () => {
    const bob = new TextDocument({ replicaId: 'bob' });
    const [good] = edited('ann', 'abc').updatesSince(new Uint8Array(0));
    expect(() => bob.applyAll([good!, Uint8Array.of(1, 2, 3)])).toThrow(CorruptBytesError);
    expect(bob.toString()).toBe('');
    expect(bob.eventCount).toBe(0);
    expect(bob.encodeVersion()).toEqual(new Uint8Array(0));
    bob.apply(good!);
    expect(bob.toString()).toBe('abc');
  });

  test('a version that is none is refused', () => {
    const ann = edited('ann', 'a');
    expect(() => ann.updatesSince(Uint8Array.of(1))).toThrow(CorruptBytesError);
    expect(() => ann.isCoveredBy(Uint8Array.of(1, 2, 3, 4))).toThrow(CorruptBytesError);
  });

  test('events under the own id from elsewhere are those of somebody else', () => {
    const [update] = edited('ann', 'abc').updatesSince(new Uint8Array(0));
    const other = new TextDocument({ replicaId: 'ann' });
    expect(() => other.apply(update!)).toThrow(new ForkedReplicaError('ann', 0));
    expect(other.toString()).toBe('');
  });
});

describe('telling', () => {
  test('an edit is one update and one change, and so is a transaction', () => {
    const document = new TextDocument({ replicaId: 'ann' });
    const updates: Uint8Array[] = [];
    const changes: TextChange[] = [];
    document.onLocalUpdate((update) => updates.push(update));
    document.onChange((change) => changes.push(change));
    document.insert(0, 'abc');
    const result = document.transact(() => {
      document.delete(0, 1);
      return document.transact(() => {
        document.insert(2, 'd');
        return 'done';
      });
    });
    expect(result).toBe('done');
    expect(updates).toHaveLength(2);
    expect(changes).toEqual([
      { origin: 'local', patches: [{ position: 0, deleteCount: 0, inserted: 'abc' }] },
      {
        origin: 'local',
        patches: [
          { position: 0, deleteCount: 1, inserted: '' },
          { position: 2, deleteCount: 0, inserted: 'd' },
        ],
      },
    ]);
  });

  test('what a failed transaction did is told', () => {
    const document = new TextDocument({ replicaId: 'ann' });
    const bob = new TextDocument({ replicaId: 'bob' });
    document.onLocalUpdate((update) => bob.apply(update));
    const edit = () => {
      document.insert(0, 'a');
      throw new Error('no');
    };
    expect(() => document.transact(edit)).toThrow('no');
    document.insert(1, 'b');
    expect(bob.toString()).toBe('ab');
  });

  test('an update that arrives within a transaction cuts it in two', () => {
    const document = new TextDocument({ replicaId: 'ann' });
    const [remote] = edited('bob', 'xyz').updatesSince(new Uint8Array(0));
    const other = new TextDocument({ replicaId: 'eve' });
    document.onLocalUpdate((update) => other.apply(update));
    document.transact(() => {
      document.insert(0, 'a');
      document.apply(remote!);
      document.insert(0, 'b');
    });
    expect(other.waitingCount).toBe(1);
    other.apply(remote!);
    expect(other.toString()).toBe(document.toString());
  });

  test('remote changes come as patches, and nothing after the end of a subscription', () => {
    const document = new TextDocument({ replicaId: 'ann' });
    const changes: TextChange[] = [];
    const end = document.onChange((change) => changes.push(change));
    document.applyAll(edited('bob', 'xyz').updatesSince(new Uint8Array(0)));
    expect(changes).toEqual([
      { origin: 'remote', patches: [{ position: 0, deleteCount: 0, inserted: 'xyz' }] },
    ]);
    end();
    document.insert(0, 'a');
    expect(changes).toHaveLength(1);
  });
});

describe('saving and loading', () => {
  test('a loaded document goes on under a fresh id', () => {
    const ann = edited('ann', 'Hello');
    const loaded = TextDocument.load(ann.save(), { replicaId: 'ann-2' });
    expect(loaded.toString()).toBe('Hello');
    loaded.insert(5, '!');
    expect(loaded.toString()).toBe('Hello!');
    sync(ann, loaded);
    expect(ann.toString()).toBe('Hello!');
  });

  test('an id that has events is refused, unless it is said to go on', () => {
    const bytes = edited('ann', 'Hello').save();
    expect(() => TextDocument.load(bytes, { replicaId: 'ann' })).toThrow(
      new RangeError('replicaId: expected a fresh id, got ann which has 5 events'),
    );
    const again = TextDocument.load(bytes, { replicaId: 'ann', continueReplica: true });
    again.insert(5, '!');
    const bob = new TextDocument({ replicaId: 'bob' });
    sync(bob, again);
    expect(bob.toString()).toBe('Hello!');
  });

  test('a replica that goes on takes its own later events from others', () => {
    const ann = edited('ann', 'Hello');
    const backup = ann.save();
    ann.insert(5, ' world');
    const restored = TextDocument.load(backup, { replicaId: 'ann', continueReplica: true });
    sync(restored, ann);
    expect(restored.toString()).toBe('Hello world');
  });

  test('an empty document is saved and loaded', () => {
    const bytes = new TextDocument({ replicaId: 'ann' }).save();
    const loaded = TextDocument.load(bytes, { replicaId: 'bob' });
    expect(loaded.toString()).toBe('');
    expect(loaded.save()).toEqual(bytes);
    expect(TextDocument.load(saveShallow(loaded), { replicaId: 'x' }).length).toBe(0);
  });

  test('what waits for its past is saved, too', () => {
    const ann = edited('ann', 'a');
    const updates: Uint8Array[] = [];
    ann.onLocalUpdate((update) => updates.push(update));
    ann.insert(1, 'b');
    const bob = new TextDocument({ replicaId: 'bob' });
    bob.apply(updates[0]!);
    const loaded = TextDocument.load(bob.save(), { replicaId: 'eve' });
    expect(loaded.waitingCount).toBe(1);
    loaded.applyAll(ann.updatesSince(loaded.encodeVersion()));
    expect(loaded.toString()).toBe('ab');
    expect(loaded.waitingCount).toBe(0);
  });

  test('text of one, two and three bytes, and of two units, comes back', () => {
    for (const text of [
      'a'.repeat(127),
      'é'.repeat(130),
      `${'日'.repeat(100)}😀`,
      '\u0000\ufeff',
    ]) {
      const ann = edited('ann', text);
      ann.insert(0, 'deleted é日');
      ann.delete(0, 10);
      const loaded = TextDocument.load(ann.save(), { replicaId: 'x' });
      expect(loaded.toString()).toBe(text);
      expect(loaded.updatesSince(new Uint8Array(0))).toEqual(ann.updatesSince(new Uint8Array(0)));
      loaded.insert(0, '.');
      expect(loaded.toString()).toBe(`.${text}`);
    }
  });

  test('a fork goes its own way', () => {
    const ann = edited('ann', 'a');
    const fork = ann.fork({ replicaId: 'fork' });
    fork.insert(1, 'f');
    ann.insert(0, '<');
    expect(ann.toString()).toBe('<a');
    expect(fork.toString()).toBe('af');
    sync(ann, fork);
    expect(ann.toString()).toBe('<af');
  });

  test('what is no file is refused', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(99), edited('a', 'b').encodeVersion()]) {
      expect(() => TextDocument.load(bytes, { replicaId: 'x' })).toThrow(CorruptBytesError);
    }
  });
});
