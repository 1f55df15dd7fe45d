import { expect, test } from 'vitest';

import { JsonDocument, schema } from '../../src/document/index.ts';

const page = schema.map({ list: schema.movableList(schema.register<string>()) });

function pair() {
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  const bob = new JsonDocument({ replicaId: 'bob', schema: page });
  const exchange = () => {
    bob.applyAll(ann.updatesSince(bob.encodeVersion()));
    ann.applyAll(bob.updatesSince(ann.encodeVersion()));
    expect(ann.toJSON()).toEqual(bob.toJSON());
    return [...ann.root.list].join('');
  };
  ann.root.list.push(...Array.from('abcdefghij'));
  exchange();
  return { ann: ann.root.list, bob: bob.root.list, exchange };
}

test('an element that two move is in one place, that of the later move', () => {
  const { ann, bob, exchange } = pair();
  ann.move(4, 0);
  bob.move(4, 9);
  expect(exchange()).toBe('abcdfghije');
});

test('a move and a replacement are both kept', () => {
  const { ann, bob, exchange } = pair();
  ann.move(4, 0);
  bob.set(4, 'E');
  expect(exchange()).toBe('Eabcdfghij');
});

test('a deletion wins against a move and a replacement, in either order', () => {
  const { ann, bob, exchange } = pair();
  ann.move(4, 0);
  bob.delete(4);
  ann.delete(2);
  bob.set(1, 'B');
  expect(exchange()).toBe('acdfghij');
});

test('moves of neighbours, each to the place of the other, lose none', () => {
  const { ann, bob, exchange } = pair();
  ann.move(0, 1);
  bob.move(1, 0);
  expect(Array.from(exchange()).sort().join('')).toBe('abcdefghij');
});

test.each(Array.from({ length: 16 }, (_, index) => [index >> 2, index & 3] as const))(
  'an element moved from %i to %i is there then',
  (from, to) => {
    const { ann, exchange } = pair();
    const expected = [...ann];
    expected.splice(to, 0, ...expected.splice(from, 1));
    ann.move(from, to);
    expect(exchange()).toBe(expected.join(''));
  },
);
