/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes run below the length of the queue; `?? 0` would cost each entry a test. */

/*
 * Questions about versions, answered by walking the event graph backwards.
 *
 * A version is a set of events that holds the past of each of its members. It is named by its
 * frontier: the members that no other member descends from, mostly one. To compare two versions
 * event by event would cost a history each time. Instead, walk back from both frontiers at once,
 * always from the latest event that is left; local versions are in causal order, so an event comes
 * up after everything that descends from it. Each entry of the queue carries from which side it
 * was reached. What was reached from both sides has only shared events behind it, and once nothing
 * else is in the queue the walk ends: it costs the runs since the two versions parted, not the
 * history.
 *
 *   a ──●──●──●            only a
 *      ╱
 *   ──●  shared, the walk ends here
 *      ╲
 *   b ──●──●               only b
 *
 * The queue is an array in ascending order: it holds a handful of entries in real histories.
 *
 * Source: Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster,
 * Smaller", EuroSys 2025. The walk over runs is ours.
 */
import type { CausalGraph } from './causal-graph.ts';

/** Reached from the first version, from the second one, from both: entry = 4 · event + side. */
const FROM_A = 1;
const FROM_B = 2;
const FROM_BOTH = 3;

const queue: number[] = [];

function enqueue(entry: number): void {
  let at = queue.length;
  queue.push(entry);
  while (at > 0 && queue[at - 1]! > entry) {
    queue[at] = queue[at - 1]!;
    at -= 1;
  }
  queue[at] = entry;
}

/**
 * What one version has and the other lacks, as triples `start, end, side` in `out`, latest events
 * first: events from `start` to before `end` are only in the first version (side 1) or only in the
 * second one (side 2).
 *
 * @remarks Allocates nothing but room in `out`. Cost: the runs since the versions parted.
 */
export function walkDifference(
  graph: CausalGraph,
  a: readonly number[],
  b: readonly number[],
  out: number[],
): void {
  out.length = 0;
  queue.length = 0;
  for (const lv of a) enqueue(4 * lv + FROM_A);
  for (const lv of b) enqueue(4 * lv + FROM_B);
  let openCount = queue.length;
  while (openCount > 0) {
    const entry = queue.pop()!;
    let lv = entry >>> 2;
    let side = entry & 3;
    if (side !== FROM_BOTH) openCount -= 1;
    const run = graph.runAt(lv);
    const start = graph.runStart(run);
    while (queue.length > 0 && queue[queue.length - 1]! >>> 2 >= start) {
      const next = queue.pop()!;
      if ((next & 3) !== FROM_BOTH) openCount -= 1;
      if (side !== FROM_BOTH && next >>> 2 < lv) out.push((next >>> 2) + 1, lv + 1, side);
      lv = next >>> 2;
      side |= next & 3;
    }
    if (side !== FROM_BOTH) out.push(start, lv + 1, side);
    openCount += enqueueParents(graph, run, side);
  }
}

/** Queues the parents of a run, and says how many of them keep the walk going. */
function enqueueParents(graph: CausalGraph, run: number, side: number): number {
  let parentCount = 0;
  for (let parent = graph.runParent(run, 0); parent >= 0;) {
    enqueue(4 * parent + side);
    parentCount += 1;
    parent = graph.runParent(run, parentCount);
  }
  return side === FROM_BOTH ? 0 : parentCount;
}

/** Whether the version of `frontier` has the event `lv`. Cost: the runs after `lv` at most. */
export function versionContains(
  graph: CausalGraph,
  frontier: readonly number[],
  lv: number,
): boolean {
  queue.length = 0;
  for (const head of frontier) if (head >= lv) enqueue(head);
  while (queue.length > 0) {
    const run = graph.runAt(queue.pop()!);
    const start = graph.runStart(run);
    if (start <= lv) return true;
    while (queue.length > 0 && queue[queue.length - 1]! >= start) queue.pop();
    let at = 0;
    for (let parent = graph.runParent(run, 0); parent >= 0; parent = graph.runParent(run, at)) {
      if (parent >= lv) enqueue(parent);
      at += 1;
    }
  }
  return false;
}

/** Those of `lvs` that no other one descends from, ascending: a frontier. */
export function dominatorsOf(graph: CausalGraph, lvs: readonly number[]): number[] {
  // An entry is 2 · event, plus 1 if a descendant led to it: that one comes up first.
  queue.length = 0;
  for (const lv of lvs) enqueue(2 * lv);
  const frontier: number[] = [];
  let openCount = lvs.length;
  while (openCount > 0) {
    const entry = queue.pop()!;
    if ((entry & 1) === 0) {
      frontier.push(entry >>> 1);
      openCount -= 1;
    }
    const run = graph.runAt(entry >>> 1);
    const start = graph.runStart(run);
    while (queue.length > 0 && queue[queue.length - 1]! >>> 1 >= start) {
      if ((queue.pop()! & 1) === 0) openCount -= 1;
    }
    let at = 0;
    for (let parent = graph.runParent(run, 0); parent >= 0; parent = graph.runParent(run, at)) {
      enqueue(2 * parent + 1);
      at += 1;
    }
  }
  return frontier.reverse();
}
