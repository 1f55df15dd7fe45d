/*
 * Goal: `compare` says of two events what Lamport's definition says of them.
 * Method: 100,000 random histories of two to five processes. The definition is computed as a
 * graph, event by event; the clocks are made in the four ways in which they are made in use. All
 * pairs of events are asked about: some seven million.
 */
import { seeds } from '@quorate/simulation';
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { decodeVectorClock, encodeVectorClock } from '../../src/codec/clock-codec.ts';
import { LamportClock } from '../../src/lamport-clock.ts';
import type { Ordering } from '../../src/ordering.ts';
import { ProcessClock } from '../../src/process-clock.ts';
import { ReplicaTable } from '../../src/replica-table.ts';
import { compare, increment, merge, VectorClock } from '../../src/vector-clock.ts';
import { rebuilt } from '../support/clocks.ts';
import { drawHistory, type HistoryEvent, pastsOf } from '../support/message-history.ts';

const ids = ['a', 'b', '__proto__', 'd', 'e'];
const table = new ReplicaTable(ids);

/** What a clock goes through on its way: by turns, history by history. */
const journeys: readonly ((clock: VectorClock) => VectorClock)[] = [
  (clock) => clock,
  rebuilt,
  (clock) => table.align(clock),
  (clock) => decodeVectorClock(encodeVectorClock(clock)),
];

type Journey = (clock: VectorClock) => VectorClock;

/** The clock of each event, by functions over values. */
function clocksByValues(history: readonly HistoryEvent[], journey: Journey): VectorClock[] {
  const clocks: VectorClock[] = [];
  const current = new Map<number, VectorClock>();
  for (const { process, sender } of history) {
    const own = current.get(process) ?? VectorClock.empty;
    const sent = clocks[sender ?? -1];
    const learnt = sent === undefined ? own : merge(own, journey(sent));
    const next = increment(learnt, ids[process] ?? '');
    current.set(process, next);
    clocks.push(next);
  }
  return clocks.map(journey);
}

/** The clock of each event, counted in place. */
function clocksByProcesses(history: readonly HistoryEvent[], journey: Journey): VectorClock[] {
  const processes = ids.map((id) => new ProcessClock(id));
  const clocks: VectorClock[] = [];
  for (const { process, sender } of history) {
    const own = processes[process];
    const sent = clocks[sender ?? -1];
    if (sent === undefined) own?.increment();
    else own?.receive(journey(sent));
    clocks.push(own?.clock ?? VectorClock.empty);
  }
  return clocks;
}

function expectedOrdering(pasts: readonly number[], left: number, right: number): Ordering {
  if (left === right) return 'equal';
  if (((pasts[right] ?? 0) >> left) & 1) return 'before';
  return ((pasts[left] ?? 0) >> right) & 1 ? 'after' : 'concurrent';
}

/** The first pair of events of which clocks do not say what the graph says. */
function disagreement(
  clocks: readonly VectorClock[],
  pasts: readonly number[],
): string | undefined {
  for (const [left, one] of clocks.entries()) {
    for (const [right, other] of clocks.entries()) {
      const got = compare(one, other);
      const expected = expectedOrdering(pasts, left, right);
      if (got !== expected) return `events ${left} and ${right}: expected ${expected}, got ${got}`;
    }
  }
  return undefined;
}

function historyOf(seed: number): HistoryEvent[] {
  const random = seededRandom(seed);
  return drawHistory(random, 2 + random.int(4), 4 + random.int(9));
}

test('clocks agree with the graph of causes, in 100,000 histories', () => {
  for (const seed of seeds(process.env['SEED'], 100_000)) {
    const history = historyOf(seed);
    const make = seed % 8 < 4 ? clocksByValues : clocksByProcesses;
    const clocks = make(history, journeys[seed % 4] ?? rebuilt);
    const found = disagreement(clocks, pastsOf(history));
    if (found !== undefined) expect.fail(`${found}; replay with SEED=${seed}`);
  }
}, 120_000);

test('Lamport times rise from causes to effects, and order all events', () => {
  for (const seed of seeds(process.env['SEED'], 2_000)) {
    const history = historyOf(seed);
    const pasts = pastsOf(history);
    const processes = ids.map((id) => new LamportClock(id));
    const times: number[] = [];
    for (const { process, sender } of history) {
      const own = processes[process] ?? new LamportClock('x');
      const sent = times[sender ?? -1];
      times.push((sent === undefined ? own.tick() : own.witness(sent)).time);
    }
    times.forEach((time, index) => {
      const causes = times.filter((_, other) => ((pasts[index] ?? 0) >> other) & 1);
      expect(Math.max(0, ...causes), `SEED=${seed}`).toBeLessThan(time);
    });
    const names = new Set(history.map(({ process }, index) => `${times[index]}@${process}`));
    expect(names.size).toBe(history.length);
  }
});
