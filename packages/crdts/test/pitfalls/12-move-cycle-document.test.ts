import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  JsonDocument,
  type LiveTree,
  type MapLikeSchema,
  schema,
} from '../../src/document/index.ts';

const page = schema.map({ tree: schema.tree(schema.map({ name: schema.register<string>() })) });
type Page = JsonDocument<typeof page>;

function replica(replicaId: string): Page {
  return new JsonDocument({ replicaId, schema: page });
}

function exchange(replicas: readonly Page[]): void {
  for (const from of replicas) {
    for (const to of replicas) to.applyAll(from.updatesSince(to.encodeVersion()));
  }
}

/** Every id that can be reached from the root. */
function idsOf<Data extends MapLikeSchema>(tree: LiveTree<Data>): string[] {
  const ids: string[] = [];
  const open: (string | undefined)[] = [undefined];
  for (const id of open) {
    const children = tree.children(id).map((child) => child.id);
    ids.push(...children);
    open.push(...children);
  }
  return ids;
}

function pair() {
  const ann = replica('ann');
  const bob = replica('bob');
  const a = ann.root.tree.insert({ name: 'A' }).id;
  const b = ann.root.tree.insert({ name: 'B' }).id;
  exchange([ann, bob]);
  return { ann, bob, a, b };
}

test('of two moves that make a circle, one is skipped, and nothing is lost', () => {
  const { ann, bob, a, b } = pair();
  ann.root.tree.move(a, { parent: b });
  bob.root.tree.move(b, { parent: a });
  exchange([ann, bob]);
  expect(ann.toJSON()).toEqual(bob.toJSON());
  expect(idsOf(ann.root.tree).sort()).toEqual([a, b].sort());
  expect(ann.root.tree.parent(a)).toBe(b);
  expect(ann.root.tree.parent(b)).toBeUndefined();
});

test('what is moved into a removed node is not shown, and comes back with it', () => {
  const { ann, bob, a, b } = pair();
  const start = ann.eventCount;
  ann.root.tree.delete(b);
  const removal = { start, end: ann.eventCount };
  bob.root.tree.move(a, { parent: b });
  exchange([ann, bob]);
  expect(idsOf(bob.root.tree)).toEqual([]);
  ann.undo([removal]);
  exchange([ann, bob]);
  expect(idsOf(bob.root.tree)).toEqual([b, a]);
});

test('of a removal and a move that do not know of each other, the later one wins', () => {
  const { ann, bob, a, b } = pair();
  ann.root.tree.delete(a);
  bob.root.tree.get(b)!.data.name = 'later';
  bob.root.tree.move(a, { parent: b });
  exchange([ann, bob]);
  expect(idsOf(ann.root.tree)).toEqual([b, a]);
});

test('a move below itself is refused where it is made', () => {
  const { ann, a, b } = pair();
  ann.root.tree.move(a, { parent: b });
  const before = ann.eventCount;
  expect(() => ann.root.tree.move(b, { parent: a })).toThrow(RangeError);
  expect(() => ann.root.tree.move(b, { parent: b })).toThrow(RangeError);
  expect(ann.eventCount).toBe(before);
});

test('ten replicas that move at random end with one tree of all nodes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(9), fc.nat(11), fc.nat(12)), { maxLength: 200, size: 'max' }),
      (moves) => {
        const replicas = Array.from({ length: 10 }, (_, index) => replica(`r${index}`));
        const ids = Array.from({ length: 12 }, (_, index) => {
          return replicas[0]!.root.tree.insert({ name: `n${index}` }).id;
        });
        exchange(replicas);
        for (const [who, node, parent] of moves) {
          const target = ids[parent];
          try {
            const place = target === undefined ? {} : { parent: target };
            replicas[who]!.root.tree.move(ids[node]!, place);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
        exchange(replicas);
        exchange(replicas);
        for (const { root } of replicas) {
          expect(idsOf(root.tree).sort()).toEqual([...ids].sort());
          expect(root.tree.toJSON()).toEqual(replicas[0]!.root.tree.toJSON());
        }
      },
    ),
    { numRuns: 10 },
  );
});
