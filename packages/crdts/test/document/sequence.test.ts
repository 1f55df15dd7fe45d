import { describe, expect, test } from 'vitest';

import { Sequence, Slot } from '../../src/document/sequence.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';

/** Whose events 0, 1, 2 and so on are: all concurrent, or one after the other. */
function graphOf(ids: readonly string[]): CausalGraph {
  const graph = new CausalGraph();
  for (const id of ids) {
    const replica = graph.replicaIndex(id);
    graph.append(replica, graph.nextSequence(replica), 1, []);
  }
  return graph;
}

function slot(lv: number, left?: Slot<number>, right?: Slot<number>): Slot<number> {
  const fresh = new Slot(lv, lv, left, right);
  fresh.isShown = true;
  return fresh;
}

function shown(sequence: Sequence<number>): number[] {
  return [...sequence].map(({ lv }) => lv);
}

describe('a sequence', () => {
  test('puts many who begin at one place into the order of their ids', () => {
    const count = 500;
    const ids = Array.from({ length: count }, (_, at) => String((at * 7) % count).padStart(3, '0'));
    const sequence = new Sequence<number>(graphOf(ids));
    for (let lv = 0; lv < count; lv += 1) sequence.add(slot(lv));
    expect(shown(sequence).map((lv) => ids[lv])).toEqual([...ids].sort());
    for (let index = 0; index < count; index += 50) {
      const at = sequence.at(index)!;
      expect(sequence.indexOf(at)).toBe(index);
      expect(sequence.rankOf(at)).toBe(index);
    }
  });

  test('takes a long run at once, between what is there', () => {
    const sequence = new Sequence<number>(graphOf(['a', 'b']));
    const [first, last] = [slot(0), slot(1, undefined, undefined)];
    sequence.add(first);
    sequence.add(last);
    const run: Slot<number>[] = [];
    for (let lv = 2, left = first; lv < 10_000; lv += 1) {
      left = slot(lv, left);
      run.push(left);
    }
    sequence.addAll(run);
    expect(sequence.length).toBe(10_000);
    expect(sequence.at(0)).toBe(first);
    expect(sequence.at(9_999)).toBe(last);
    for (let index = 1; index < 9_999; index += 333) {
      expect(sequence.at(index)?.lv).toBe(index + 1);
      expect(sequence.indexOf(run[index - 1]!)).toBe(index);
    }
    sequence.show(run[0]!, false);
    expect(sequence.at(1)).toBe(run[1]);
    expect(sequence.next(run.at(-1))).toBe(last);
  });

  test('keeps together what hangs on each of two brothers, whatever comes between them', () => {
    // Brother 0 has a run to his right, brother 1 has one to his left; 'b' and 'c' come between.
    const graph = graphOf(['a', 'd', 'a', 'a', 'd', 'd', 'c', 'b', 'e', 'A']);
    const sequence = new Sequence<number>(graph);
    const [zero, one] = [slot(0), slot(1)];
    sequence.add(zero);
    sequence.add(one);
    const two = slot(2, zero);
    sequence.add(two);
    sequence.add(slot(3, two));
    const four = slot(4, undefined, one);
    sequence.add(four);
    sequence.add(slot(5, undefined, four));
    expect(shown(sequence)).toEqual([0, 2, 3, 5, 4, 1]);
    for (const lv of [6, 7, 8, 9]) sequence.add(slot(lv));
    expect(shown(sequence)).toEqual([9, 0, 2, 3, 7, 6, 5, 4, 1, 8]);
    expect([...sequence.all()]).toHaveLength(10);
  });
});
