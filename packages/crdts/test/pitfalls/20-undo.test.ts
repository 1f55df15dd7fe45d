import { expect, test } from 'vitest';

import { JsonDocument, schema, UndoManager } from '../../src/document/index.ts';

const page = schema.map({
  text: schema.text(),
  list: schema.movableList(schema.register<string>()),
  color: schema.register<string>(),
  cards: schema.list(schema.map({ name: schema.text() })),
});

function setUp() {
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  const bob = new JsonDocument({ replicaId: 'bob', schema: page });
  const exchange = () => {
    bob.applyAll(ann.updatesSince(bob.encodeVersion()));
    ann.applyAll(bob.updatesSince(ann.encodeVersion()));
    expect(ann.toJSON()).toEqual(bob.toJSON());
  };
  const undo = { ann: new UndoManager(ann), bob: new UndoManager(bob) };
  return { ann: ann.root, bob: bob.root, undo, exchange, document: ann };
}

test('what its author took back does not rise when the deletion of it is taken back', () => {
  const { ann, bob, undo, exchange } = setUp();
  ann.list.push('word');
  ann.text.insert(0, 'word');
  exchange();
  bob.list.delete(0);
  bob.text.delete(0, 4);
  exchange();
  undo.ann.undo();
  undo.ann.undo();
  exchange();
  undo.bob.undo();
  undo.bob.undo();
  exchange();
  expect([...ann.list]).toEqual([]);
  expect(ann.text.toString()).toBe('');
});

test('of a value that each wrote over the other, none is left when both take theirs back', () => {
  const { ann, bob, undo, exchange } = setUp();
  ann.color = 'none';
  exchange();
  undo.ann.clear();
  ann.color = 'red';
  exchange();
  bob.color = 'blue';
  exchange();
  undo.ann.undo();
  exchange();
  expect(ann.color).toBe('blue');
  undo.bob.undo();
  exchange();
  expect(ann.color).toBe('none');
});

test('what others typed within the range that is taken back stays', () => {
  const { ann, bob, undo, exchange } = setUp();
  ann.text.insert(0, 'Hello world');
  ann.list.push('a', 'b', 'c');
  exchange();
  bob.text.insert(5, ' dear');
  bob.list.insert(1, 'mine');
  undo.ann.undo();
  undo.ann.undo();
  exchange();
  expect(ann.text.toString()).toBe(' dear');
  expect([...ann.list]).toEqual(['mine']);
});

test('taking back five operations on a list gives the list before them', () => {
  const { ann, undo } = setUp();
  ann.list.push(...Array.from('abcdef'));
  undo.ann.clear();
  const before = [...ann.list];
  ann.list.delete(1, 2);
  ann.list.insert(1, 'x', 'y');
  ann.list.move(0, 3);
  ann.list.set(2, 'z');
  ann.list.delete(0);
  for (let count = 0; count < 5; count += 1) undo.ann.undo();
  expect([...ann.list]).toEqual(before);
});

test('what is inserted after two steps were taken back is where it was put', () => {
  const { ann, undo } = setUp();
  for (const word of ['one ', 'two ', 'three ']) ann.text.insert(ann.text.length, word);
  undo.ann.undo();
  undo.ann.undo();
  ann.text.insert(ann.text.length, 'four');
  expect(ann.text.toString()).toBe('one four');
  ann.text.insert(4, '…');
  expect(ann.text.toString()).toBe('one …four');
});

test('a removed container comes back with what was in it, and with what others wrote there', () => {
  const { ann, bob, undo, exchange, document } = setUp();
  ann.cards.push({ name: 'first' }, { name: 'second' });
  exchange();
  undo.ann.clear();
  ann.cards.delete(0);
  bob.cards.get(0)!.name.insert(5, '!');
  exchange();
  expect(document.toJSON()).toMatchObject({ cards: [{ name: 'second' }] });
  undo.ann.undo();
  exchange();
  expect(document.toJSON()).toMatchObject({ cards: [{ name: 'first!' }, { name: 'second' }] });
});
