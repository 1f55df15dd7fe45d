import { describe, expect, it } from 'vitest';
import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { IN_TEXT, MARK, REVOKE } from '../../src/log/operation-kind.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { withUndo } from '../../src/text/revocations.ts';
import { NOW } from '../../src/text/span-tree.ts';
import { Tracker } from '../../src/text/tracker.ts';
import { type RawTransaction, TextReplica } from '../support/raw-history.ts';

const story: readonly RawTransaction[] = [
  { agent: 'a', parents: [], seqStart: 0, ops: [[0, 0, 'Hello world']] },
  { agent: 'a', parents: [10], seqStart: 11, ops: [[5, 0, ', dear']] },
  {
    agent: 'b',
    parents: [10],
    seqStart: 0,
    ops: [
      [11, 0, '!'],
      [0, 5, ''],
    ],
  },
];

describe('Tracker', () => {
  it('tells where a concurrent edit belongs in the present text', () => {
    const replica = new TextReplica();
    for (const transaction of story) replica.append(transaction);
    const tracker = new Tracker(replica.graph, replica.log, ROOT, -1, 0);
    const told: unknown[] = [];
    tracker.take(replica.graph.eventCount, {
      inserted: (position, offset, count) =>
        told.push([position, replica.log.text.slice(offset, count)]),
      restored: (...where) => told.push(where),
      deleted: (position, count) => told.push([position, count]),
    });
    expect(told).toEqual([
      [0, 'Hello world'],
      [5, ', dear'],
      [17, '!'],
      [0, 5],
    ]);
    expect(tracker.upTo).toBe(replica.graph.eventCount);
  });

  it('begins at a critical version, with more text than there is', () => {
    const replica = new TextReplica();
    for (const transaction of story) replica.apply(transaction);
    const tracker = new Tracker(replica.graph, replica.log, ROOT, 10, 100);
    tracker.catchUp(replica.graph.eventCount, replica.text.length);
    expect(tracker.tree.total(NOW)).toBe(replica.text.length + 89);
    replica.append({ agent: 'b', parents: [22], seqStart: 6, ops: [[7, 0, '?']] });
    const told: unknown[] = [];
    tracker.take(24, {
      inserted: (position, offset, count) => told.push([position, offset, count]),
      restored: (...where) => told.push(where),
      deleted: (position, count) => told.push([position, count]),
    });
    expect(told).toEqual([[13, 18, 1]]);
  });

  it('refuses positions outside of the text that the author saw', () => {
    for (const op of [
      [13, 0, 'x'],
      [12, 1, ''],
      [10, 3, ''],
    ] as const) {
      for (const base of [-1, 10]) {
        const replica = new TextReplica();
        for (const transaction of story.slice(0, 2)) replica.apply(transaction);
        replica.append({ agent: 'b', parents: [10], seqStart: 0, ops: [[11, 0, '!']] });
        const tracker = new Tracker(replica.graph, replica.log, ROOT, base, base < 0 ? 0 : 50);
        tracker.catchUp(17, 17);
        tracker.take(18, undefined);
        replica.append({ agent: 'b', parents: [17], seqStart: 1, ops: [op] });
        expect(() => tracker.take(replica.graph.eventCount, undefined)).toThrow(CorruptBytesError);
      }
    }
  });

  it.each([
    ['a mark', 2],
    ['an edit of another text', 3],
    ['an edit that its author did not know', 4],
  ])('refuses to revoke %s', (_what, first) => {
    const graph = new CausalGraph();
    const log = new OperationLog(graph);
    const [ann, bob] = [graph.replicaIndex('ann'), graph.replicaIndex('bob')];
    graph.append(ann, 0, 4, []);
    log.appendInsert(7, 0, 2, log.text.append('ab'));
    log.append(MARK, 7, 1, 0, 1, 0, log.pushValue(['bold', true, 0]));
    log.appendInsert(8, 0, 1, log.text.append('x'));
    graph.append(bob, 0, 1, [3]);
    log.appendInsert(7, 0, 1, log.text.append('c'));
    graph.append(ann, 4, 2, [3]);
    log.append(REVOKE, 7, 1, 1, IN_TEXT, -1, -1);
    log.append(REVOKE, 7, 1, first, IN_TEXT, -1, -1);
    const tracker = new Tracker(graph, log, 7, -1, 0, withUndo);
    tracker.take(6, undefined);
    expect(tracker.tree.total(NOW)).toBe(2);
    expect(() => tracker.take(7, undefined)).toThrow(CorruptBytesError);
  });
});
