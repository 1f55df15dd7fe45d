/**
 * Goal: nobody can make a document work much longer than they had to write.
 *
 * Method: steps are counted, never timed: how often a log or a graph is asked, and how often a node
 * of a tree is put somewhere.
 */
import { describe, expect, test } from 'vitest';

import { TEXT, TREE } from '../../src/document/container.ts';
import { DocumentState } from '../../src/document/document-state.ts';
import { TreeState } from '../../src/document/tree-state.ts';
import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { REVOKE } from '../../src/log/operation-kind.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { PacketReplica } from '../support/packet-replica.ts';

class CountingLog extends OperationLog {
  steps = 0;

  override runAt(lv: number): number {
    this.steps += 1;
    return super.runAt(lv);
  }

  override kind(run: number): number {
    this.steps += 1;
    return super.kind(run);
  }
}

function emptyState(): { readonly log: CountingLog; readonly state: DocumentState } {
  const graph = new CausalGraph();
  const log = new CountingLog(graph);
  const state = new DocumentState(graph, log, graph.replicaIndex('ann'), (change) => change());
  return { log, state };
}

/** Makes an event that revokes another one, as somebody might who forges updates. */
function revoke({ graph, log }: DocumentState, lv: number): number {
  log.append(REVOKE, ROOT, 1, lv, -1, -1, -1);
  return graph.appendLocal(0, 1);
}

test('a past that makes no sense is refused, and what is there stays', () => {
  const { log, state } = emptyState();
  const { graph } = state;
  state.root.put('color', 'red');
  const bytes = state.stateBytes();
  log.append(REVOKE, ROOT, 1, 7, -1, -1, -1);
  graph.appendLocal(0, 1);
  const later = new DocumentState(graph, log, 0, (change) => change());
  later.begin({ bytes, eventCount: 2, isTrimmed: false });
  expect(() => {
    later.recall();
  }).toThrow(CorruptBytesError);
  expect(later.root.toJSON()).toEqual({ color: 'red' });
  expect(later.eventCount).toBe(2);
});

describe('revocations', () => {
  test('undoing and redoing one step for the thousandth time costs what it did at first', () => {
    const { log, state } = emptyState();
    state.root.put('color', 'red');
    let step = { start: 0, end: 1 };
    const costs: number[] = [];
    for (let time = 0; time < 1_000; time += 1) {
      const before = log.steps;
      const start = state.graph.eventCount;
      state.undo(step.start, step.end);
      step = { start, end: state.graph.eventCount };
      costs.push(log.steps - before);
      expect(state.root.get('color')).toBe(time % 2 === 0 ? undefined : 'red');
    }
    expect(Math.max(...costs.slice(500))).toBeLessThanOrEqual(Math.max(...costs.slice(0, 10)));
  });

  test('a chain of them is refused once it is deep', () => {
    const { state } = emptyState();
    state.root.put('color', 'red');
    for (let lv = 0; lv < 17; lv += 1) {
      revoke(state, lv);
      state.integrate(lv + 1, lv + 2);
      expect(state.root.get('color')).toBe(lv % 2 === 0 ? undefined : 'red');
    }
    const lv = revoke(state, 17);
    expect(() => {
      state.integrate(lv, lv + 1);
    }).toThrow(CorruptBytesError);
  });

  test('of many writes of one key, each is revoked in few steps', () => {
    const { log, state } = emptyState();
    for (let value = 0; value < 2_000; value += 1) state.root.put('color', value);
    const before = log.steps;
    for (let lv = 0; lv < 1_999; lv += 1) state.undo(lv, lv + 1);
    expect(state.root.get('color')).toBe(1_999);
    state.undo(1_999, 2_000);
    expect(state.root.get('color')).toBeUndefined();
    expect(log.steps - before).toBeLessThan(2_000 * 20);
  });
});

describe('trees', () => {
  function treeOf(replica: PacketReplica): TreeState {
    const tree = replica.state.root.nested('tree', TREE);
    if (!(tree instanceof TreeState)) throw new Error('no tree');
    return tree;
  }

  test('the moves of a long branch are put into order at once, not one by one', () => {
    const ann = new PacketReplica('ann');
    const bob = new PacketReplica('bob');
    ann.change(() => {
      for (let index = 0; index < 4; index += 1) treeOf(ann).insert(treeOf(ann).root, 0);
    });
    bob.pull(ann);
    for (const replica of [ann, bob]) {
      const tree = treeOf(replica);
      replica.change(() => {
        for (let time = 0; time < 500; time += 1) {
          const [first, ...others] = tree.childrenOf(tree.root);
          if (first !== undefined) tree.move(first, tree.root, others.length);
        }
      });
    }
    let placedCount = 0;
    ann.state.observer = {
      touch: () => {
        placedCount += 1;
      },
      edit: () => undefined,
      mark: () => undefined,
      renew: () => undefined,
    };
    ann.pull(bob);
    expect(placedCount).toBeLessThan(500 * 5);
    ann.state.observer = undefined;
    bob.pull(ann);
    expect(treeOf(bob).toJSON()).toEqual(treeOf(ann).toJSON());
  });

  test('no node is moved to where a path of nodes is very long', () => {
    const { state } = emptyState();
    const tree = state.root.nested('tree', TREE);
    if (!(tree instanceof TreeState)) throw new Error('no tree');
    let at = tree.root;
    for (let depth = 0; depth < 1_100; depth += 1) at = tree.insert(at, 0);
    let depth = 0;
    for (let [node] = tree.childrenOf(tree.root); node !== undefined; depth += 1) {
      [node] = tree.childrenOf(node);
    }
    expect(depth).toBe(1_024);
    expect(tree.canHang(undefined, at)).toBe(true);
    expect(tree.isShown(at)).toBe(false);
  });
});

test('texts whose events lie between each other are each asked for their own alone', () => {
  const { log, state } = emptyState();
  const texts = Array.from({ length: 200 }, (_, index) => state.root.nested(`t${index}`, TEXT));
  for (let round = 0; round < 3; round += 1) {
    for (const text of texts) {
      state.attach(text);
      state.emit(text, REVOKE, 1, 0, -1, -1, []);
    }
  }
  const before = log.steps;
  state.rebuild();
  expect(log.steps - before).toBeLessThan(200 * 3 * 20);
});
