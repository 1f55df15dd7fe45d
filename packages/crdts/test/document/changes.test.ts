import { describe, expect, it } from 'vitest';

import { type Change, JsonDocument, schema } from '../../src/document/index.ts';

const page = schema.map({
  list: schema.movableList(schema.register<number>()),
  count: schema.counter(),
  color: schema.register<string>(),
  tree: schema.tree(schema.map({ name: schema.text() })),
});

function setUp() {
  const document = new JsonDocument({ replicaId: 'ann', schema: page });
  document.root.list.push(1, 2, 3, 4);
  document.root.count.add(1);
  const heard: (readonly Change[])[] = [];
  document.onChange(({ changes }) => heard.push(changes));
  return { document, root: document.root, heard };
}

describe('changes', () => {
  it('leave out what is as it was in the end', () => {
    const { document, root, heard } = setUp();
    document.transact(() => {
      root.list.push(5);
      root.list.delete(4);
      root.list.set(0, 7);
      root.list.set(0, 1);
      root.count.add(2);
      root.count.add(-2);
      root.color = 'red';
      root.color = undefined;
    });
    expect(heard).toEqual([]);
  });

  it('join what is side by side, and nothing else', () => {
    const { document, root, heard } = setUp();
    document.transact(() => {
      root.list.delete(1, 2);
      root.list.insert(1, 8, 9);
      root.list.push(10);
    });
    const path = ['list'];
    expect(heard).toEqual([
      [
        { kind: 'list', path, index: 1, deleteCount: 2, inserted: [8, 9] },
        { kind: 'list', path, index: 4, deleteCount: 0, inserted: [10] },
      ],
    ]);
  });

  it('tell a late write that lost nothing, and a move of a node as a move', () => {
    const { document, root, heard } = setUp();
    const bob = new JsonDocument({ replicaId: 'Bob', schema: page });
    root.color = 'red';
    bob.root.color = 'blue';
    const a = root.tree.insert({ name: 'a' });
    const b = root.tree.insert({ name: 'b' });
    heard.length = 0;
    document.applyAll(bob.updatesSince(document.encodeVersion()));
    expect(heard).toEqual([]);
    root.tree.move(a.id, { parent: b.id });
    expect(heard).toEqual([
      [
        {
          kind: 'tree',
          path: ['tree'],
          removed: [a.id],
          placed: [{ id: a.id, parent: b.id, index: 0, node: undefined }],
        },
      ],
    ]);
  });
});
