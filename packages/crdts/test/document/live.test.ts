import { describe, expect, it } from 'vitest';

import { JsonDocument, recordOf, schema } from '../../src/document/index.ts';

const card = schema.map({ name: schema.text(), votes: schema.counter(), tag: schema.register() });
const board = schema.map({
  title: schema.text(),
  color: schema.register<string>(),
  numbers: schema.movableList(schema.register<number>()),
  cards: schema.list(card),
  outline: schema.tree(card),
  people: schema.record(card),
});

function setUp() {
  const document = new JsonDocument({ replicaId: 'ann', schema: board });
  return { document, root: document.root };
}

describe('live containers', () => {
  it('read as empty before anybody has made them, and reading makes nothing', () => {
    const { document, root } = setUp();
    expect([root.title.length, root.title.toString(), root.numbers.length]).toEqual([0, '', 0]);
    expect([...root.cards]).toEqual([]);
    expect(root.outline.children()).toEqual([]);
    expect(root.people.open('bob').votes.value).toBe(0);
    expect(root.people.get('bob')).toBeUndefined();
    expect(root.color).toBeUndefined();
    expect(root.title.cursor(0, 'before')).toEqual({
      side: 'before',
      replicaId: null,
      sequence: 0,
    });
    expect(document.eventCount).toBe(0);
    expect(document.toJSON()).toEqual({});
  });

  it('are the same objects each time', () => {
    const { root } = setUp();
    root.cards.push({ name: 'a' });
    expect(root.title).toBe(root.title);
    expect(root.cards.get(0)).toBe(root.cards.get(0));
    expect(root.people.open('bob')).toBe(root.people.open('bob'));
  });

  it('take plain data, nested as deep as the schema goes', () => {
    const { document, root } = setUp();
    root.people.set('bob', { name: 'Bob', votes: 3, tag: { any: [1] } });
    root.outline.insert({ name: 'top' });
    recordOf(root).set('title', 'replaced');
    expect(document.toJSON()).toMatchObject({
      people: { bob: { name: 'Bob', votes: 3, tag: { any: [1] } } },
      outline: [{ data: { name: 'top' }, children: [] }],
      title: 'replaced',
    });
    root.people.set('bob', { votes: 1 });
    expect(root.people.toJSON()).toEqual({ bob: { votes: 1 } });
  });

  it.each([
    ['an unknown field', () => ({ title: 'x', unknown: 1 }), 'expected a field of the schema'],
    ['a number for a text', () => ({ name: 5 }), 'text: expected its plain data, got number'],
    ['half a number for a counter', () => ({ votes: 0.5 }), 'counter: expected its plain data'],
    ['a text for a map', () => 'text', 'map: expected its plain data, got string'],
  ])('refuse %s, and nothing has changed', (_what, data, message) => {
    const { document, root } = setUp();
    root.cards.push({ name: 'first' });
    const version = document.encodeVersion();
    const first = root.cards.get(0);
    expect(() => root.cards.push({ name: 'ok' }, data() as never)).toThrow(message);
    expect(document.encodeVersion()).toEqual(version);
    expect(root.cards.get(0)).toBe(first);
    first?.name.insert(5, '!');
    expect(document.toJSON()).toEqual({ cards: [{ name: 'first!' }] });
  });

  it.each([
    ['index', () => setUp().root.numbers.insert(1, 5)],
    ['index', () => setUp().root.numbers.insert(0.5, 5)],
    ['count', () => setUp().root.numbers.delete(0, 1)],
    ['from', () => setUp().root.numbers.move(0, 0)],
    ['index', () => setUp().root.numbers.set(0, 1)],
    ['amount', () => setUp().root.people.open('x').votes.add(0.5)],
    ['position', () => setUp().root.title.insert(1, 'x')],
    ['index', () => setUp().root.outline.insert({}, { index: 1 })],
    ['id', () => setUp().root.outline.move('1@ann', {})],
  ])('refuse a wrong %s by name', (name, act) => {
    expect(act).toThrow(RangeError);
    expect(act).toThrow(new RegExp(`^${name}`, 'u'));
  });

  it('leave out what the schema does not know, and show it in plain data', () => {
    const { document, root } = setUp();
    const other = new JsonDocument({ replicaId: 'bob' });
    other.root.set('title', 'a value in place of a text');
    other.root.open('color', schema.counter()).add(1);
    document.applyAll(other.updatesSince(document.encodeVersion()));
    expect(root.title.toString()).toBe('');
    expect(root.color).toBeUndefined();
    expect(document.toJSON()).toEqual({ title: 'a value in place of a text', color: 1 });
    expect(recordOf(root).get('title')).toBe('a value in place of a text');
  });

  it('name the authors of keys and elements', () => {
    const { document, root } = setUp();
    const bob = new JsonDocument({ replicaId: 'bob', schema: board });
    root.numbers.push(1, 2);
    root.color = 'red';
    bob.applyAll(document.updatesSince(bob.encodeVersion()));
    bob.root.numbers.set(1, 3);
    expect(bob.root.numbers.author(0)?.written.replicaId).toBe('ann');
    expect(bob.root.numbers.author(1)).toMatchObject({
      inserted: { replicaId: 'ann', sequence: 2 },
      written: { replicaId: 'bob', sequence: 0 },
    });
    expect(recordOf(bob.root).author('color')?.replicaId).toBe('ann');
    expect(bob.root.numbers.author(2)).toBeUndefined();
    bob.root.color = 'blue';
    document.transact(() => {
      root.numbers.push(4);
      root.color = 'green';
    });
    document.applyAll(bob.updatesSince(document.encodeVersion()));
    expect(recordOf(root).conflicts('color')).toEqual(['blue', 'green']);
    expect(recordOf(root).conflictAuthors('color')).toEqual([
      { replicaId: 'bob', sequence: 1, lamport: 5 },
      { replicaId: 'ann', sequence: 5, lamport: 5 },
    ]);
  });
});

describe('transact', () => {
  it('does all or nothing', () => {
    const { document, root } = setUp();
    root.numbers.push(1);
    root.title.insert(0, 'Plan');
    const before = { version: document.encodeVersion(), json: document.toJSON() };
    expect(() => {
      document.transact(() => {
        root.numbers.push(2);
        root.title.delete(0, 2);
        root.cards.push({ name: 'x' });
        throw new Error('no');
      });
    }).toThrow('no');
    expect(document.encodeVersion()).toEqual(before.version);
    expect(document.toJSON()).toEqual(before.json);
    root.title.insert(4, '!');
    root.numbers.push(3);
    expect(document.toJSON()).toEqual({ numbers: [1, 3], title: 'Plan!' });
  });

  it('is one update, and ends where a version is asked for', () => {
    const { document, root } = setUp();
    const updates: Uint8Array[] = [];
    document.onLocalUpdate((update) => updates.push(update));
    document.transact(() => {
      root.numbers.push(1);
      root.numbers.push(2);
      document.encodeVersion();
      root.numbers.push(3);
    });
    expect(updates).toHaveLength(2);
    const bob = new JsonDocument({ replicaId: 'bob', schema: board });
    bob.applyAll(updates);
    expect(bob.toJSON()).toEqual({ numbers: [1, 2, 3] });
  });
});
