/*
 * What goes wrong elsewhere: every peer is asked ten times a second whether it is suspected, each
 * heartbeat copies a list or sets a timer, and a node with ten thousand peers does nothing else.
 */
import { getHeapStatistics } from 'node:v8';

import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { FailureDetector } from '../../src/detector.ts';
import { PeerTable } from '../../src/peers/peer-table.ts';

const PEERS = 10_000;
const INTERVAL_MS = 1_000;
const names = Array.from({ length: PEERS }, (_, place) => `peer ${place}`);

interface Crowd {
  readonly table: PeerTable;
  /** How often a peer's deadline was asked for. */
  readonly looks: () => number;
  /** One interval of heartbeats of all but the first `silentCount`, evenly spread. */
  readonly round: (beat: number, silentCount?: number) => void;
}

function crowdOf(detectorOf: (intervalMs: number) => FailureDetector): Crowd {
  let lookCount = 0;
  const counted = (intervalMs: number): FailureDetector => {
    const detector = detectorOf(intervalMs);
    return new Proxy(detector, {
      get: (target, name) => {
        if (name === 'suspectAtMs') lookCount += 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  const table = new PeerTable({ detectorOf: counted });
  for (const name of names) table.add(name, INTERVAL_MS, 0);
  return { table, looks: () => lookCount, round: (beat, silent) => roundOf(table, beat, silent) };
}

function roundOf(table: PeerTable, beat: number, silentCount = 0): void {
  for (let place = silentCount; place < PEERS; place += 1) {
    const name = names[place] ?? '';
    table.receive(name, 1, beat, beat * INTERVAL_MS + Math.floor(place / 10));
  }
}

test('nobody is looked at between deadlines, and each peer once in a time-out of its own', () => {
  const { table, looks, round } = crowdOf(() => createDetector({ intervalMs: INTERVAL_MS }));
  for (let beat = 1; beat <= 8; beat += 1) {
    round(beat);
    table.advance(beat * INTERVAL_MS + INTERVAL_MS);
  }
  // What a heartbeat costs, without anybody asking.
  const before = looks();
  round(9);
  const perRound = looks() - before;
  expect(perRound).toBeLessThanOrEqual(3 * PEERS);
  const asked = looks();
  let turns = 0;
  const endMs = 10 * INTERVAL_MS + INTERVAL_MS / 2;
  for (let nowMs = table.nextDeadlineMs; nowMs < endMs; nowMs = table.nextDeadlineMs) {
    expect(table.advance(nowMs)).toEqual([]);
    turns += 1;
  }
  // Each was looked at once or twice; a poll every 100 ms would have been fifteen times.
  expect(turns).toBeLessThanOrEqual(2 * PEERS);
  expect(looks() - asked).toBeLessThanOrEqual(6 * PEERS);
  expect(table.advance(endMs - 1)).toEqual([]);
});

test('the few who crash are found among the many who do not', () => {
  const { table, round } = crowdOf(() => createDetector({ intervalMs: INTERVAL_MS }));
  const suspected: string[] = [];
  for (let beat = 1; beat <= 14; beat += 1) {
    round(beat, beat > 10 ? 7 : 0);
    for (const change of table.advance(beat * INTERVAL_MS + INTERVAL_MS)) {
      if (change.kind === 'suspected') suspected.push(change.peer);
    }
  }
  expect(suspected.toSorted()).toEqual(names.slice(0, 7));
});

/** All bytes that were ever allocated, where the engine counts them; else those in use. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  if ('total_allocated_bytes' in statistics) return Number(statistics.total_allocated_bytes);
  return getHeapStatistics().used_heap_size;
}

const ROUNDS = 30;
/** One boxed number a heartbeat would be 12 bytes of each. */
const BYTES_MAX = PEERS * ROUNDS * 2;

test('a heartbeat allocates less than two bytes, its detector left aside', () => {
  const table = new PeerTable({ detectorOf: () => new Timeout(2 * INTERVAL_MS) });
  for (const name of names) table.add(name, INTERVAL_MS, 0);
  let beat = 0;
  let fewest = Infinity;
  for (let turn = 0; turn < 8; turn += 1) {
    const before = allocatedBytes();
    for (let count = 0; count < ROUNDS; count += 1) {
      beat += 1;
      roundOf(table, beat);
    }
    fewest = Math.min(fewest, allocatedBytes() - before);
  }
  expect(table.receipts).toMatchObject({ learned: PEERS * beat });
  expect(fewest).toBeLessThan(BYTES_MAX);
});

/** Later than any heartbeat here, and a number that engines do not box. */
const NEVER_MS = 2 ** 30 - 1;

/** The least that a detector can be. All its times are small integers: what is boxed is not its. */
class Timeout implements FailureDetector {
  readonly kind = 'fixed';
  readonly threshold = 1;
  readonly #timeoutMs: number;
  suspectAtMs: number = NEVER_MS;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  heartbeat(_sequence: number, arrivedAtMs: number): void {
    this.suspectAtMs = arrivedAtMs + this.#timeoutMs;
  }

  witness(sequence: number, arrivedAtMs: number): void {
    this.heartbeat(sequence, arrivedAtMs);
  }

  suspicion(nowMs: number): number {
    return nowMs >= this.suspectAtMs ? 1 : 0;
  }

  estimate(): undefined {
    return undefined;
  }

  reset(): void {
    this.suspectAtMs = NEVER_MS;
  }
}
