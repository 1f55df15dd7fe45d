import { describe, expect, it } from 'vitest';

import { JsonDocument, schema, UndoManager } from '../../src/document/index.ts';

const board = schema.map({
  title: schema.text(),
  color: schema.register<string>(),
  items: schema.movableList(schema.register<number>()),
});

function setUp(options?: ConstructorParameters<typeof UndoManager>[1]) {
  const document = new JsonDocument({ replicaId: 'ann', schema: board });
  return { document, root: document.root, manager: new UndoManager(document, options) };
}

describe('UndoManager', () => {
  it('takes back one transaction after the other, and brings them back', () => {
    const { document, root, manager } = setUp();
    const shown = [JSON.stringify(document)];
    root.color = 'red';
    shown.push(JSON.stringify(document));
    root.title.insert(0, 'Hello');
    shown.push(JSON.stringify(document));
    document.transact(() => {
      root.items.push(1, 2, 3);
      root.title.replace(1, 4, 'i');
      root.color = 'blue';
    });
    shown.push(JSON.stringify(document));
    for (let round = 0; round < 3; round += 1) {
      for (const before of shown.slice(0, -1).reverse()) {
        expect(manager.undo()).toBe(true);
        expect(JSON.stringify(document)).toBe(before);
      }
      expect(manager.undo()).toBe(false);
      for (const after of shown.slice(1)) {
        expect(manager.redo()).toBe(true);
        expect(JSON.stringify(document)).toBe(after);
      }
      expect(manager.redo()).toBe(false);
    }
  });

  it('forgets what could be redone when something is edited', () => {
    const { root, manager } = setUp();
    root.color = 'red';
    manager.undo();
    expect(manager.redoCount).toBe(1);
    root.color = 'blue';
    expect(manager.redoCount).toBe(0);
    expect(manager.redo()).toBe(false);
    expect(root.color).toBe('blue');
  });

  it('leaves transactions of other origins alone', () => {
    const { document, root, manager } = setUp({ origins: ['typing'] });
    root.color = 'red';
    document.transact(() => root.title.insert(0, 'a'), { origin: 'typing' });
    root.color = 'blue';
    expect(manager.undoCount).toBe(1);
    manager.undo();
    expect(document.toJSON()).toEqual({ color: 'blue' });
  });

  it('joins transactions to one step, as it is told, until it is sealed', () => {
    const { root, manager } = setUp({ joins: () => true });
    for (const letter of ['c', 'b', 'a']) root.title.insert(0, letter);
    manager.seal();
    root.title.insert(3, 'd');
    expect(manager.undoCount).toBe(2);
    manager.undo();
    expect(root.title.toString()).toBe('abc');
    manager.undo();
    expect(root.title.toString()).toBe('');
    manager.redo();
    expect(root.title.toString()).toBe('abc');
  });

  it('keeps as many steps as it is told', () => {
    const { root, manager } = setUp({ stepCountMax: 2 });
    for (const color of ['a', 'b', 'c', 'd']) root.color = color;
    expect(manager.undoCount).toBe(2);
    while (manager.undo());
    expect(root.color).toBe('b');
    expect(() => setUp({ stepCountMax: 0 })).toThrow(
      new RangeError('stepCountMax: expected at least 1, got 0'),
    );
  });

  it('hears nothing once it is closed', () => {
    const { root, manager } = setUp();
    root.color = 'a';
    manager.clear();
    expect(manager.undo()).toBe(false);
    manager.close();
    root.color = 'b';
    expect(manager.undoCount).toBe(0);
  });
});
