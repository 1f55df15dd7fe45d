import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { dominatorsOf } from '../../src/graph/version-walk.ts';
import { eventsOf, graphOf } from '../support/random-graph.ts';

/** Ann writes ten events, Bob two after her first five, Ann three that know all. */
function story(): { graph: CausalGraph; ann: number; bob: number } {
  const graph = new CausalGraph();
  const ann = graph.replicaIndex('ann');
  const bob = graph.replicaIndex('bob');
  graph.appendLocal(ann, 10);
  graph.append(bob, 0, 2, [4]);
  graph.append(ann, 10, 3, [11, 9]);
  return { graph, ann, bob };
}

/** How many events of each replica are here. */
function countsOf(graph: CausalGraph): number[] {
  const { replicaCount } = graph;
  return Array.from({ length: replicaCount }, (_, replica) => graph.nextSequence(replica));
}

describe('CausalGraph', () => {
  it('is empty at first', () => {
    const graph = new CausalGraph();
    expect(graph.eventCount).toBe(0);
    expect(graph.frontier).toEqual([]);
    expect(graph.criticalBefore(0)).toBe(-1);
  });

  it('keeps events of one replica in a row as one run', () => {
    const graph = new CausalGraph();
    const ann = graph.replicaIndex('ann');
    for (let at = 0; at < 100; at += 1) expect(graph.appendLocal(ann, 1)).toBe(at);
    expect(graph.runCount).toBe(1);
    expect(graph.frontier).toEqual([99]);
    expect(graph.parentsOf(0)).toEqual([]);
    expect(graph.parentsOf(50)).toEqual([49]);
  });

  it('finds events by id and ids by event', () => {
    const { graph, ann, bob } = story();
    expect(graph.lvOf(ann, 12)).toBe(14);
    expect(graph.lvOf(ann, 13)).toBe(-1);
    expect(graph.lvOf(bob, 1)).toBe(11);
    expect(graph.lvOf(7, 0)).toBe(-1);
    expect(graph.replicaId(graph.replicaOf(11))).toBe('bob');
    expect(graph.sequenceOf(13)).toBe(11);
    expect(graph.nextSequence(ann)).toBe(13);
    expect(graph.indexOfReplica('bob')).toBe(bob);
    expect(graph.indexOfReplica('__proto__')).toBe(-1);
    expect(graph.replicaCount).toBe(2);
  });

  it('knows parents, frontier and Lamport times', () => {
    const { graph } = story();
    expect(graph.parentsOf(10)).toEqual([4]);
    expect(graph.parentsOf(12)).toEqual([9, 11]);
    expect(graph.frontier).toEqual([14]);
    expect([0, 4, 9, 10, 11, 12, 14].map((lv) => graph.lamportOf(lv))).toEqual([
      0, 4, 9, 5, 6, 10, 12,
    ]);
  });

  it('lets the last writer win by Lamport time, then by replica id', () => {
    const { graph, ann } = story();
    expect(graph.isBefore(10, 9)).toBe(true);
    expect(graph.isBefore(5, 10)).toBe(true);
    expect(graph.isBefore(10, 5)).toBe(false);
    expect(graph.precedesById(9, 10)).toBe(true);
    expect(graph.precedesById(graph.lvOf(ann, 3), graph.lvOf(ann, 4))).toBe(true);
  });

  it('knows which events were made knowing everything', () => {
    const { graph } = story();
    expect([0, 9, 10, 11, 12, 14].map((lv) => graph.isLinearRun(graph.runAt(lv)))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
    expect(graph.criticalBefore(15)).toBe(14);
    expect(graph.criticalBefore(12)).toBe(4);
    expect(graph.criticalBefore(3)).toBe(2);
  });

  it('compares versions and tells what they lack of each other', () => {
    const { graph } = story();
    expect(graph.diff([9], [11])).toEqual({
      onlyA: [{ start: 5, end: 10 }],
      onlyB: [{ start: 10, end: 12 }],
    });
    expect(graph.contains([11], 5)).toBe(false);
  });

  it('turns a frontier into counts of events and back', () => {
    const { graph, ann } = story();
    expect(countsOf(graph)).toEqual([13, 2]);
    expect(graph.frontierOf(countsOf(graph))).toEqual([14]);
    expect(graph.frontierOf([10, 99])).toEqual([9, 11]);
    expect(graph.frontierOf([])).toEqual([]);
    expect(graph.lvOf(ann, -1)).toBe(-1);
  });

  it('refuses what does not follow, and stays as it was', () => {
    const { graph, ann, bob } = story();
    expect(() => graph.append(ann, 12, 1, [14])).toThrow('sequence: expected 13, got 12');
    expect(() => graph.append(bob, 2, 1, [15])).toThrow(RangeError);
    expect(() => graph.append(bob, 2, 1, [3, 15])).toThrow(RangeError);
    expect(() => graph.append(bob, 2, 1, [-1, 3])).toThrow(RangeError);
    expect(() => graph.append(bob, 2, 1, [Number.NaN])).toThrow(RangeError);
    expect(() => graph.append(bob, 2, 0, [14])).toThrow(RangeError);
    expect(() => graph.append(bob, 2, 2 ** 53, [14])).toThrow(RangeError);
    expect(graph.eventCount).toBe(15);
    expect(countsOf(graph)).toEqual([13, 2]);
  });

  it('goes on with the latest run of its author alone, and knows it at the next question', () => {
    const { graph, ann, bob } = story();
    expect(graph.goOn(bob, 1)).toBe(false);
    expect(graph.goOn(ann, 2)).toBe(true);
    expect(graph.nextSequence(ann)).toBe(15);
    expect(graph.goOn(ann, 1)).toBe(true);
    expect(graph.frontier).toEqual([17]);
    expect(graph.goOn(ann, 1)).toBe(true);
    expect(graph.criticalBefore(19)).toBe(18);
    expect(graph.goOn(ann, 2 ** 29)).toBe(false);
    graph.append(bob, 2, 1, [11]);
    expect(graph.goOn(ann, 1)).toBe(false);
    expect(graph.goOn(bob, 3)).toBe(true);
    expect(graph.frontier).toEqual([18, 22]);
    expect(graph.goOn(bob, 1)).toBe(true);
    expect(graph.lvOf(bob, 6)).toBe(23);
    graph.truncate(18);
    expect(graph.goOn(ann, 1)).toBe(false);
    expect(countsOf(graph)).toEqual([16, 2]);
    expect(graph.frontier).toEqual([17]);
  });

  it('agrees with sets of events on frontier, critical versions and linearity', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 4 }), fc.nat({ max: 10 })),
          { minLength: 1, maxLength: 30, size: 'max' },
        ),
        (draws) => {
          const { graph, pasts } = graphOf(draws);
          const all = pasts.map((_, lv) => lv);
          expect(eventsOf(pasts, graph.frontier).size).toBe(all.length);
          expect(dominatorsOf(graph, all)).toEqual(graph.frontier);
          const critical = all.filter((lv) =>
            all.every((other) =>
              (other <= lv ? pasts[lv]! : pasts[other]!).has(Math.min(lv, other)),
            ),
          );
          for (const lv of [...all, all.length]) {
            const before = critical.filter((version) => version < lv);
            expect(graph.criticalBefore(lv)).toBe(before[before.length - 1] ?? -1);
          }
          for (const lv of all)
            expect(graph.isLinearRun(graph.runAt(lv))).toBe(pasts[lv]!.size === lv + 1);
        },
      ),
    );
  });

  it('is as if the latest events never came after truncate', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 4 }), fc.nat({ max: 10 })),
          { minLength: 1, maxLength: 30, size: 'max' },
        ),
        fc.nat({ max: 1000 }),
        (draws, cut) => {
          const { graph } = graphOf(draws);
          const kept = cut % (graph.eventCount + 1);
          const twin = new CausalGraph();
          for (const id of ['ann', 'bob', 'cid']) twin.replicaIndex(id);
          for (let lv = 0; lv < kept; lv += 1) {
            twin.append(graph.replicaOf(lv), graph.sequenceOf(lv), 1, graph.parentsOf(lv));
          }
          graph.truncate(kept);
          expect(graph.eventCount).toBe(kept);
          expect(graph.frontier).toEqual(twin.frontier);
          expect(countsOf(graph)).toEqual(countsOf(twin));
          for (let lv = 0; lv <= kept; lv += 1) {
            expect(graph.criticalBefore(lv)).toBe(twin.criticalBefore(lv));
          }
          const replica = graph.replicaIndex('bob');
          expect(graph.appendLocal(replica, 2)).toBe(twin.appendLocal(replica, 2));
          expect(graph.frontier).toEqual(twin.frontier);
          for (let lv = 0; lv < kept + 2; lv += 1) {
            expect(graph.parentsOf(lv)).toEqual(twin.parentsOf(lv));
            expect(graph.lamportOf(lv)).toBe(twin.lamportOf(lv));
            expect(graph.lvOf(graph.replicaOf(lv), graph.sequenceOf(lv))).toBe(lv);
          }
        },
      ),
    );
  });
});
