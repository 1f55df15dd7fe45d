import { describe, expect, test } from 'vitest';

import { JsonDocument, runs, saveShallow, schema, UndoManager } from '../../src/document/index.ts';
import { BeforeHistoryError } from '../../src/errors.ts';
import { Mirror } from '../support/mirror.ts';

const card = schema.record(schema.text());
const board = schema.map({
  cards: schema.movableList(card),
  counters: schema.record(schema.counter()),
  color: schema.register<string>(),
  tree: schema.tree(schema.record(schema.register<number>())),
});
type Board = JsonDocument<typeof board>;

function replica(replicaId: string): Board {
  return new JsonDocument({ replicaId, schema: board });
}

function copyOf(bytes: Uint8Array, replicaId: string): Board {
  return JsonDocument.load(bytes, { replicaId, schema: board });
}

function send(from: Board, to: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

/** A board with a long past and little of it left. */
function worn(replicaId = 'ann'): Board {
  const ann = replica(replicaId);
  ann.root.cards.push({ name: 'one' }, { name: 'two' }, { name: 'three' });
  for (let index = 0; index < 300; index += 1) {
    ann.root.color = `color ${index}`;
    ann.root.cards.move(index % 3, (index + 1) % 3);
  }
  return ann;
}

describe('a document that has forgotten its past', () => {
  test('has text of that past again whose deletion is undone, wherever others wrote', () => {
    const ann = worn();
    ann.root.cards.get(0)?.set('name', 'hello world');
    for (let index = 0; index < 300; index += 1) ann.root.color = `color ${index}`;
    const bob = copyOf(saveShallow(ann), 'bob');
    const name = bob.root.cards.get(0)?.open('name');
    const manager = new UndoManager(bob);
    name?.delete(2, 7);
    ann.root.cards.get(0)?.open('name').insert(5, ',');
    send(ann, bob);
    expect(name?.toString()).toBe('he,ld');
    manager.undo();
    expect(name?.toString()).toBe('hello, world');
    send(bob, ann);
    expect(ann.toJSON()).toEqual(bob.toJSON());
  });

  test('leaves alone what is done in elements that were deleted before', () => {
    const ann = worn();
    const held = ann.root.cards.get(1);
    ann.root.cards.delete(1);
    const shallow = copyOf(saveShallow(ann), 'shallow');
    held?.get('name')?.insert(0, 'nobody sees this');
    held?.set('other', 'nor this');
    held?.get('other')?.insert(0, 'nor this');
    send(ann, shallow);
    expect(shallow.toJSON()).toEqual(ann.toJSON());
    expect(copyOf(shallow.save(), 'again').toJSON()).toEqual(ann.toJSON());
  });

  test('takes it when counters are cleared that were added to before', () => {
    const ann = worn();
    ann.root.counters.set('votes', 3);
    ann.root.counters.get('votes')?.add(4);
    const bytes = saveShallow(ann);
    const [shallow, other] = [copyOf(bytes, 'shallow'), copyOf(bytes, 'other')];
    expect(shallow.root.counters.get('votes')?.value).toBe(7);
    ann.root.counters.delete('votes');
    other.root.counters.get('votes')?.add(10);
    other.root.counters.delete('votes');
    shallow.root.counters.get('votes')?.add(1);
    for (const from of [ann, other, shallow]) {
      for (const to of [ann, other, shallow]) send(from, to);
    }
    for (const document of [ann, other, shallow]) {
      expect(document.root.counters.get('votes')?.value).toBe(1);
    }
    const again = copyOf(saveShallow(shallow), 'again');
    again.root.counters.delete('votes');
    send(again, ann);
    expect(ann.root.counters.get('votes')).toBeUndefined();
  });

  test('refuses what takes back the past, and changes nothing', () => {
    const ann = worn();
    const manager = new UndoManager(ann);
    ann.root.color = 'red';
    const shallow = copyOf(saveShallow(ann), 'shallow');
    ann.root.color = 'blue';
    manager.undo();
    send(ann, shallow);
    expect(shallow.root.color).toBe('red');
    manager.undo();
    const before = shallow.save();
    expect(() => {
      send(ann, shallow);
    }).toThrow(BeforeHistoryError);
    expect(shallow.save()).toEqual(before);
    expect(shallow.root.color).toBe('red');
  });

  test('refuses to look at it, and who did not know it', () => {
    const ann = worn();
    const early = ann.encodeVersion();
    const bob = copyOf(ann.save(), 'bob');
    ann.root.color = 'red';
    const shallow = copyOf(saveShallow(ann), 'shallow');
    bob.root.color = 'blue';
    expect(() => shallow.checkout(early, { replicaId: 'x' })).toThrow(BeforeHistoryError);
    expect(() => shallow.updatesSince(early)).toThrow(BeforeHistoryError);
    expect(() => shallow.applyAll(bob.updatesSince(early))).toThrow(BeforeHistoryError);
    const now = shallow.encodeVersion();
    shallow.root.color = 'green';
    expect(shallow.checkout(now, { replicaId: 'x' }).root.color).toBe('red');
    expect(shallow.fork({ replicaId: 'y' }).root.color).toBe('green');
    expect(shallow.diff(now)).toEqual([{ kind: 'map', path: [], key: 'color', value: 'green' }]);
  });

  test('keeps what somebody took back later', () => {
    const ann = replica('ann');
    const manager = new UndoManager(ann);
    ann.root.color = 'red';
    ann.root.color = 'blue';
    const bob = copyOf(ann.save(), 'bob');
    manager.undo();
    bob.root.counters.set('votes', 1);
    send(bob, ann);
    const shallow = copyOf(saveShallow(ann), 'shallow');
    expect(shallow.toJSON()).toEqual(ann.toJSON());
    manager.redo();
    send(ann, shallow);
    expect(shallow.root.color).toBe('blue');
  });
});

describe('a document whose past is in its file beside what it shows', () => {
  /** Loads the file so that the past is not read, and asks for it. */
  function opened(ann: Board, replicaId: string): Board {
    const bytes = ann.save();
    const document = copyOf(bytes, replicaId);
    expect(document.toJSON()).toEqual(ann.toJSON());
    return document;
  }

  test('takes in what was done apart from it', () => {
    const ann = worn();
    const bob = copyOf(ann.save(), 'bob');
    for (let index = 0; index < 20; index += 1) ann.root.color = 'red';
    bob.root.color = 'blue';
    bob.root.cards.move(0, 2);
    bob.root.cards.get(0)?.get('name')?.insert(0, 'x');
    const later = opened(ann, 'later');
    later.root.cards.push({ name: 'later' });
    send(bob, later);
    send(later, bob);
    send(later, ann);
    expect(later.toJSON()).toEqual(bob.toJSON());
    expect(later.toJSON()).toEqual(ann.toJSON());
  });

  test('clears a counter within a change, and tells no more than that', () => {
    const ann = worn();
    ann.root.counters.set('votes', 3);
    const later = opened(ann, 'later');
    const heard: string[] = [];
    later.onChange(({ changes }) => heard.push(...changes.map(({ kind }) => kind)));
    later.transact(() => {
      later.root.color = 'red';
      later.root.counters.delete('votes');
      later.root.counters.set('votes', 1);
    });
    expect(heard.sort()).toEqual(['counter', 'map']);
    send(later, ann);
    expect(ann.root.counters.get('votes')?.value).toBe(1);
    later.root.counters.delete('votes');
    send(later, ann);
    expect(ann.toJSON()).toEqual(later.toJSON());
  });

  test('tells what a change did before and after it asked for the past', () => {
    const ann = worn();
    const bob = copyOf(ann.save(), 'bob');
    const later = opened(ann, 'later');
    const { root } = later;
    const name = root.cards.get(0)!.get('name')!;
    const mirror = new Mirror(later.toJSON());
    later.onChange(({ changes }) => {
      mirror.apply(changes);
    });
    later.transact(() => {
      name.insert(0, 'ab');
      root.cards.delete(1);
      root.color = 'green';
      expect(runs(name)).toHaveLength(1);
      expect(root.cards.get(0)?.get('name')).toBe(name);
      name.delete(1, 2);
      root.cards.insert(0, { name: 'new' });
      root.color = 'color 299';
      root.counters.set('votes', 2);
    });
    expect(mirror.json).toEqual(later.toJSON());
    send(later, bob);
    expect(bob.toJSON()).toEqual(later.toJSON());
  });

  test('tells what a change did if updates that waited ask for the past', () => {
    const ann = worn();
    ann.root.color = 'red';
    const end = ann.eventCount;
    const later = opened(ann, 'later');
    const mirror = new Mirror(later.toJSON());
    later.onChange(({ changes }) => {
      mirror.apply(changes);
    });
    const updates: Uint8Array[] = [];
    ann.onLocalUpdate((update) => updates.push(update));
    ann.root.cards.delete(2);
    ann.undo([{ start: end - 1, end }]);
    ann.root.cards.insert(0, { name: 'new' });
    expect(updates).toHaveLength(3);
    for (const update of updates.slice(1)) later.apply(update);
    later.apply(updates[0]!);
    expect(later.toJSON()).toEqual(ann.toJSON());
    expect(mirror.json).toEqual(ann.toJSON());
  });

  test('puts moves of nodes into the past', () => {
    const ann = replica('ann');
    const a = ann.root.tree.insert({ name: 1 }).id;
    const b = ann.root.tree.insert({ name: 2 }).id;
    const bob = copyOf(ann.save(), 'bob');
    for (let index = 0; index < 300; index += 1) ann.root.color = 'red';
    ann.root.tree.move(a, { parent: b });
    for (let index = 0; index < 9; index += 1) ann.root.tree.move(b, {});
    const later = opened(ann, 'later');
    bob.root.tree.move(b, { parent: a });
    send(bob, later);
    send(bob, ann);
    expect(later.toJSON()).toEqual(ann.toJSON());
  });

  test('uncovers what is below a write that is taken back', () => {
    const ann = worn();
    const manager = new UndoManager(ann);
    ann.root.color = 'red';
    const later = opened(ann, 'later');
    manager.undo();
    const update = ann.updatesSince(later.encodeVersion());
    expect(update).toHaveLength(1);
    later.applyAll(update);
    expect(later.root.color).toBe('color 299');
  });

  test('knows what is in elements that were deleted', () => {
    const ann = worn();
    const manager = new UndoManager(ann);
    const held = ann.root.cards.get(0);
    ann.root.cards.delete(0);
    const later = opened(ann, 'later');
    held?.get('name')?.insert(0, 'still ');
    send(ann, later);
    manager.undo();
    manager.undo();
    manager.redo();
    send(ann, later);
    expect(later.toJSON()).toEqual(ann.toJSON());
  });

  test('knows what was written at once, and can take back what it did', () => {
    const ann = worn();
    const bob = copyOf(ann.save(), 'bob');
    ann.root.cards.get(0)?.set('name', 'ann');
    bob.root.cards.get(0)?.set('name', 'bob');
    ann.root.color = 'red';
    const start = ann.eventCount - 1;
    send(bob, ann);
    const later = JsonDocument.load(ann.save(), {
      replicaId: 'ann',
      schema: board,
      continueReplica: true,
    });
    const held = later.root.cards.get(0);
    later.transact(() => {
      held?.set('name', 'both');
      later.root.counters.set('votes', 1);
    });
    later.undo([{ start, end: start + 1 }]);
    expect(later.root.color).toBe('color 299');
    expect(later.root.cards.get(0)).toBe(held);
    send(later, bob);
    expect(bob.toJSON()).toEqual(later.toJSON());
  });
});
