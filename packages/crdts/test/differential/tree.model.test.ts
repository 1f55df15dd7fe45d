/**
 * Trees of our documents against those of Loro.
 *
 * Compared: below which node each node hangs, at each replica, after each step of a random history
 * in which a step moves a node, or one replica sends another what it lacks.
 *
 * It must be the same: both apply all moves in the order of (Lamport time, replica), and skip one
 * that would hang a node below itself (Kleppmann et al., "A highly-available move operation for
 * replicated trees", 2021). The order among siblings is not compared: positions are made by other
 * rules. Nor are deletions, which count more events in one library than in the other.
 */
import fc from 'fast-check';
import { LoroDoc, type LoroTree, type TreeID } from 'loro-crdt';
import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { schema } from '../../src/document/schema.ts';

const forest = schema.map({ tree: schema.tree(schema.map({ name: schema.register<number>() })) });
const nodeCount = 6;

/** A tree at one replica, of any library. Its nodes are numbers, its root is -1. */
interface MovedTree {
  parent(node: number): number;
  move(node: number, parent: number): void;
}

class OurTree implements MovedTree {
  readonly document: JsonDocument<typeof forest>;
  readonly #ids: readonly string[];

  constructor(document: JsonDocument<typeof forest>, ids: readonly string[]) {
    this.document = document;
    this.#ids = ids;
  }

  parent(node: number): number {
    return this.#ids.indexOf(this.document.root.tree.parent(this.#ids[node]!) ?? '');
  }

  move(node: number, parent: number): void {
    const place = parent < 0 ? {} : { parent: this.#ids[parent]! };
    this.document.root.tree.move(this.#ids[node]!, place);
  }
}

class LoroReplica implements MovedTree {
  readonly doc: LoroDoc;
  readonly #ids: readonly TreeID[];
  readonly #tree: LoroTree;

  constructor(doc: LoroDoc, ids: readonly TreeID[]) {
    this.doc = doc;
    this.#ids = ids;
    this.#tree = doc.getTree('tree');
  }

  parent(node: number): number {
    const above = this.#tree.getNodeByID(this.#ids[node]!)?.parent();
    return above === undefined ? -1 : this.#ids.indexOf(above.id);
  }

  move(node: number, parent: number): void {
    this.#tree.move(this.#ids[node]!, parent < 0 ? undefined : this.#ids[parent]!);
    this.doc.commit();
  }
}

/** The same nodes below the root, at as many replicas as there are ids. */
function ourTrees(replicas: readonly number[]): readonly OurTree[] {
  const documents = replicas.map(
    (id) => new JsonDocument({ replicaId: String(id), schema: forest }),
  );
  const [first, ...others] = documents;
  const ids = Array.from({ length: nodeCount }, () => first!.root.tree.insert({ name: 0 }).id);
  for (const other of others) sendUpdates(first!, other);
  return documents.map((document) => new OurTree(document, ids));
}

function treesOfLoro(replicas: readonly number[]): readonly LoroReplica[] {
  const docs = replicas.map((id) => {
    const doc = new LoroDoc();
    doc.setPeerId(BigInt(id));
    return doc;
  });
  const [first, ...others] = docs;
  const ids = Array.from({ length: nodeCount }, () => first!.getTree('tree').createNode().id);
  first!.commit();
  for (const other of others) sendInLoro(first!, other);
  return docs.map((doc) => new LoroReplica(doc, ids));
}

function sendUpdates(from: JsonDocument<typeof forest>, to: JsonDocument<typeof forest>): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function sendInLoro(from: LoroDoc, to: LoroDoc): void {
  to.import(from.export({ mode: 'update', from: to.version() }));
}

/** Moves `node`, unless it is there already or would be below itself. */
function moveIn(tree: MovedTree, node: number, parent: number): void {
  if (tree.parent(node) === parent) return;
  for (let above = parent; above >= 0; above = tree.parent(above)) if (above === node) return;
  tree.move(node, parent);
}

const parentsOf = (tree: MovedTree): readonly number[] =>
  Array.from({ length: nodeCount }, (_, node) => tree.parent(node));

test('three replicas hang each node where three peers of Loro do', () => {
  const at = fc.nat(2);
  const step = fc.record({
    at,
    to: fc.option(at, { freq: 2 }),
    node: fc.nat(nodeCount - 1),
    parent: fc.integer({ min: -1, max: nodeCount - 1 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ours = ourTrees([1, 2, 3]);
      const theirs = treesOfLoro([1, 2, 3]);
      for (const { at: from, to, node, parent } of steps) {
        if (to === null) {
          moveIn(ours[from]!, node, parent);
          moveIn(theirs[from]!, node, parent);
        } else if (to !== from) {
          sendUpdates(ours[from]!.document, ours[to]!.document);
          sendInLoro(theirs[from]!.doc, theirs[to]!.doc);
        }
        expect(ours.map(parentsOf)).toEqual(theirs.map(parentsOf));
      }
    }),
    { numRuns: 100 },
  );
});
