import { describe, expect, test } from 'vitest';

import { JsonDocument, schema, UndoManager } from '../../src/document/index.ts';

const page = schema.map({
  text: schema.text(),
  color: schema.register<string>(),
  cards: schema.movableList(schema.map({ name: schema.text(), votes: schema.counter() })),
  outline: schema.tree(schema.map({ name: schema.text() })),
});

function setUp(replicaId = 'ann') {
  const document = new JsonDocument({ replicaId, schema: page });
  return { document, root: document.root };
}

describe('a transaction that is ended in its middle', () => {
  // Why this test? What a listener threw there left no transaction, and the failed one was rolled
  // back to before the first event of all.
  test('is rolled back to there if a listener throws', () => {
    const { document, root } = setUp();
    root.color = 'red';
    document.onChange(({ changes }) => {
      if (changes.length === 2) throw new Error('listener');
    });
    const act = (): void => {
      document.transact(() => {
        root.color = 'blue';
        root.text.insert(0, 'told');
        document.encodeVersion();
      });
    };
    expect(act).toThrow('listener');
    expect(document.toJSON()).toEqual({ color: 'blue', text: 'told' });
    root.text.insert(4, '!');
    const other = JsonDocument.load(document.save(), { replicaId: 'bob' });
    expect(other.toJSON()).toEqual({ color: 'blue', text: 'told!' });
  });

  test('goes on if the application catches that', () => {
    const { document, root } = setUp();
    const updates: Uint8Array[] = [];
    document.onLocalUpdate((update) => updates.push(update));
    document.onChange(({ changes }) => {
      if (changes.length === 2) throw new Error('listener');
    });
    document.transact(() => {
      root.color = 'blue';
      root.text.insert(0, 'told');
      expect(() => document.encodeVersion()).toThrow('listener');
      root.text.insert(4, '!');
      root.text.insert(5, '!');
    });
    const { document: other } = setUp('bob');
    other.applyAll(updates);
    expect(updates).toHaveLength(2);
    expect(other.toJSON()).toEqual({ color: 'blue', text: 'told!!' });
  });

  // Why this test? The rest was called what a listener had called a transaction of its own.
  test('keeps its origin, whatever a listener does', () => {
    const { document, root } = setUp();
    const origins: string[] = [];
    document.onChange(({ origin }) => origins.push(origin));
    const end = document.onChange(() => {
      end();
      document.transact(() => (root.color = 'blue'), { origin: 'listener' });
    });
    document.transact(
      () => {
        root.color = 'red';
        document.encodeVersion();
        root.text.insert(0, 'rest');
      },
      { origin: 'paste' },
    );
    expect(origins).toEqual(['paste', 'listener', 'paste']);
  });
});

describe('what a transaction made that was rolled back', () => {
  // Why this test? The next event wrote into a container that no event had made, and no other
  // replica could ever take that in.
  test('cannot be written into', () => {
    const { document, root } = setUp();
    const { document: other } = setUp('bob');
    root.cards.push({ name: 'first', votes: 1 });
    type Card = NonNullable<ReturnType<typeof root.cards.get>>;
    let card: Card | undefined;
    let node: ReturnType<typeof root.outline.insert> | undefined;
    const act = (): void => {
      document.transact(() => {
        root.cards.push({ name: 'second', votes: 2 });
        card = root.cards.get(1);
        node = root.outline.insert({ name: 'node' });
        throw new Error('changed my mind');
      });
    };
    expect(act).toThrow('changed my mind');
    const version = document.encodeVersion();
    expect(() => card?.votes.add(1)).toThrow(RangeError);
    expect(() => card?.name.insert(0, 'x')).toThrow(RangeError);
    expect(() => node?.data.name.insert(0, 'x')).toThrow(RangeError);
    expect(document.encodeVersion()).toEqual(version);
    root.cards.get(0)?.votes.add(1);
    other.applyAll(document.updatesSince(other.encodeVersion()));
    expect(other.toJSON()).toEqual({ cards: [{ name: 'first', votes: 2 }] });
  });

  test('under a key is made anew by whoever writes into it', () => {
    const { document, root } = setUp();
    const { text } = root;
    const act = (): void => {
      document.transact(() => {
        text.insert(0, 'gone');
        throw new Error('changed my mind');
      });
    };
    expect(act).toThrow('changed my mind');
    text.insert(0, 'here');
    expect(document.toJSON()).toEqual({ text: 'here' });
  });
});

describe('undo', () => {
  // Why this test? What could be redone was known by the numbers of events that were rolled back,
  // which others got afterwards.
  test('within a transaction that fails stays done', () => {
    const { document, root } = setUp();
    const manager = new UndoManager(document);
    root.color = 'red';
    const act = (): void => {
      document.transact(() => {
        manager.undo();
        throw new Error('changed my mind');
      });
    };
    expect(act).toThrow('changed my mind');
    expect(root.color).toBeUndefined();
    const { document: other } = setUp('bob');
    other.root.text.insert(0, 'of bob');
    document.applyAll(other.updatesSince(document.encodeVersion()));
    manager.redo();
    expect(document.toJSON()).toEqual({ color: 'red', text: 'of bob' });
  });

  // Why this test? Others would have taken back events with other numbers.
  test('refuses events of others, and events that are not there', () => {
    const { document, root } = setUp();
    const { document: other } = setUp('bob');
    other.root.text.insert(0, 'of bob');
    document.applyAll(other.updatesSince(document.encodeVersion()));
    root.color = 'red';
    const version = document.encodeVersion();
    const end = document.eventCount;
    for (const [from, to] of [
      [0, 1],
      [end - 2, end],
      [end, end + 1],
      [end, end - 1],
      [-1, end],
      [NaN, NaN],
    ] as const) {
      expect(() => document.undo([{ start: from, end: to }])).toThrow(RangeError);
    }
    expect(document.encodeVersion()).toEqual(version);
    document.undo([{ start: end - 1, end }]);
    expect(document.toJSON()).toEqual({ text: 'of bob' });
  });
});

test('a difference can be asked for whatever the replicas are called', () => {
  const { document, root } = setUp('diff');
  const version = document.encodeVersion();
  root.color = 'red';
  expect(document.diff(version)).toEqual([{ kind: 'map', path: [], key: 'color', value: 'red' }]);
});
