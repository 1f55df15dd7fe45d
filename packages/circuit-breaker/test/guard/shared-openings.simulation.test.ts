/*
 * Goal: when a service dies, the opening of one process spares the others their failures; under
 * loss, duplication, late replays and partitions nobody is shut out by hearsay for longer than the
 * cap, messages stay few, and all is closed again once the service is back.
 *
 * Method: six clients call one service that is outside of the network, each at its own pace, the
 * first the most often. It answers or fails as the test says. The clients share openings over the
 * simulated network. Every transition is noted by virtual time. Each seed has its own delays and
 * losses, and the same seed runs the same way twice.
 */
import { type NetworkOptions, seeds, Simulation } from '@quorate/simulation';
import { type Clock, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { CircuitBreakerEvent } from '../../src/circuit-events.ts';
import { CircuitBreakerRegistry } from '../../src/circuit-breaker-registry.ts';
import { type SharedOpenings, shareOpenings } from '../../src/guard/shared-openings.ts';

const replay = process.env['SEED'];
const clients = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map((id) => nodeId(id));
const FAILURES = 10;
const OPEN_FOR_MS = 2_000;
const CAP_MS = 1_000;
const KEY = 'service';

interface Change {
  readonly atMs: number;
  readonly client: string;
  readonly event: CircuitBreakerEvent;
}

interface Stage {
  readonly simulation: Simulation;
  readonly changes: Change[];
  /** Calls that reached the service while it failed, by client. */
  readonly failures: Map<string, number>;
  readonly sharings: SharedOpenings[];
  readonly registries: CircuitBreakerRegistry[];
  fail(who: readonly string[]): void;
}

function stageOf(seed: number, network: NetworkOptions, sharing: 'shared' | 'alone'): Stage {
  const simulation = new Simulation({
    seed,
    network: { delay: { kind: 'uniform', minMs: 1, maxMs: 10 }, ...network },
  });
  const changes: Change[] = [];
  const failures = new Map<string, number>();
  const sharings: SharedOpenings[] = [];
  const registries: CircuitBreakerRegistry[] = [];
  let failing: readonly string[] = [];
  for (const [index, client] of clients.entries()) {
    simulation.addNode(client, ({ transport, clock, random }) => {
      const breakers = new CircuitBreakerRegistry({
        optionsFor: () => ({
          ...{ clock, random, openForMs: OPEN_FOR_MS, halfOpen: { permittedCalls: 1 } },
          trip: { kind: 'consecutiveFailures', failureThreshold: FAILURES },
        }),
      });
      breakers.observeBreakers((_key, breaker) =>
        breaker.observe((event) => changes.push({ atMs: simulation.nowMs, client, event })),
      );
      registries.push(breakers);
      if (sharing === 'shared') {
        const peers = () => clients;
        sharings.push(shareOpenings(breakers, transport, { peers, openForMsMax: CAP_MS }));
      }
      callEvery(clock, index === 0 ? 10 : 40 + index, () => {
        const permit = breakers.get(KEY).tryAcquire();
        if (permit.kind === 'refused') return;
        if (!failing.includes(client)) {
          permit.succeed();
          return;
        }
        permit.fail();
        failures.set(client, (failures.get(client) ?? 0) + 1);
      });
      return { stop: () => breakers[Symbol.dispose]() };
    });
  }
  const fail = (who: readonly string[]): void => {
    failing = who;
  };
  return { simulation, changes, failures, sharings, registries, fail };
}

function callEvery(clock: Clock, everyMs: number, call: () => void): void {
  const turn = (): void => {
    clock.setTimer(everyMs, turn);
    call();
  };
  turn();
}

/** How long circuits that opened on hearsay let nobody in, in the order in which they opened. */
function hearsayWaits({ changes, simulation }: Stage): readonly number[] {
  return changes.flatMap(({ atMs, client, event }, at) => {
    if (event.kind !== 'transition' || event.reason !== 'hearsay') return [];
    const next = changes.slice(at + 1).find((change) => change.client === client);
    return [(next?.atMs ?? simulation.nowMs) - atMs];
  });
}

function openingsFor(stage: Stage, wanted: string): number {
  return stage.changes.filter(
    ({ event }) => event.kind === 'transition' && event.to === 'open' && event.reason === wanted,
  ).length;
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

function tellingsOf({ sharings }: Stage): number {
  return sum(sharings.map((sharing) => sharing.counters().toldCount));
}

const rough: NetworkOptions = {
  lossRate: 0.2,
  duplicationRate: 0.3,
  replayRate: 0.2,
  replayDelayMs: 3_000,
};
/** A wait, and the slowest pace of a client: an open circuit is tried by the next call. */
const SHUT_OUT_MS_MAX = CAP_MS + 50;

describe('a service that dies for all', () => {
  test.each(seeds(replay, 6))('costs one client its failures (SEED=%i)', async (seed) => {
    const [shared, alone] = [stageOf(seed, {}, 'shared'), stageOf(seed, {}, 'alone')];
    for (const stage of [shared, alone]) {
      await stage.simulation.run(1_000);
      stage.fail(clients);
      await stage.simulation.run(900);
    }
    const [first = '', ...others] = clients;
    expect(alone.failures.get(first)).toBe(FAILURES);
    expect(others.map((client) => alone.failures.get(client))).toEqual(others.map(() => FAILURES));
    expect(shared.failures.get(first)).toBe(FAILURES);
    // What they met before the first had found out, and while its word was on the way.
    for (const client of others) expect(shared.failures.get(client) ?? 0).toBeLessThanOrEqual(3);
    expect(openingsFor(shared, 'hearsay')).toBe(others.length);
    expect(tellingsOf(shared)).toBe(others.length);
  });
});

describe('under loss, duplication and replays', () => {
  test.each(seeds(replay, 6))('hearsay shuts out for the cap at most (SEED=%i)', async (seed) => {
    const stage = stageOf(seed, rough, 'shared');
    const { simulation, registries } = stage;
    for (let round = 0; round < 4; round += 1) {
      await simulation.run(2_000);
      stage.fail(clients);
      await simulation.run(3_000);
      stage.fail([]);
      await simulation.run(5_000);
      // Replays of the last round come late, and nobody falls for them.
      expect(registries.map((breakers) => breakers.get(KEY).state)).toEqual(
        clients.map(() => 'closed'),
      );
    }
    const waits = hearsayWaits(stage);
    expect(waits.length).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(SHUT_OUT_MS_MAX);
    expect(sum(stage.sharings.map((each) => each.counters().staleCount))).toBeGreaterThan(0);
    // Each client tells once in each round at most.
    expect(tellingsOf(stage)).toBeLessThanOrEqual(4 * clients.length * (clients.length - 1));
  });
});

describe('a partition', () => {
  test.each(seeds(replay, 6))('leaves each side to itself (SEED=%i)', async (seed) => {
    const stage = stageOf(seed, {}, 'shared');
    const { simulation, failures } = stage;
    const [left, right] = [clients.slice(0, 3), clients.slice(3)];
    await simulation.run(1_000);
    simulation.partition(left, right);
    stage.fail(clients);
    await simulation.run(900);
    // One of the right side had to find out for itself, and has told the others.
    const rightFailures = right.map((client) => failures.get(client) ?? 0);
    expect(Math.max(...rightFailures)).toBe(FAILURES);
    expect(openingsFor(stage, 'consecutiveFailures')).toBeGreaterThanOrEqual(2);
    stage.fail([]);
    simulation.heal();
    await simulation.run(4_000);
    expect(stage.registries.map((breakers) => breakers.get(KEY).state)).toEqual(
      clients.map(() => 'closed'),
    );
    expect(Math.max(...hearsayWaits(stage))).toBeLessThanOrEqual(SHUT_OUT_MS_MAX);
  });
});

describe('one client that is cut off from a service which the others reach', () => {
  test.each(seeds(replay, 3))(
    'shuts them out once, however long it lasts (SEED=%i)',
    async (seed) => {
      const stage = stageOf(seed, rough, 'shared');
      const { simulation } = stage;
      await simulation.run(1_000);
      stage.fail(clients.slice(0, 1));
      await simulation.run(20_000);
      expect(openingsFor(stage, 'consecutiveFailures')).toBeGreaterThan(5);
      expect(openingsFor(stage, 'hearsay')).toBeLessThanOrEqual(clients.length - 1);
      expect(tellingsOf(stage)).toBe(clients.length - 1);
      const others = stage.registries.slice(1).map((breakers) => breakers.get(KEY).state);
      expect(new Set(others)).toEqual(new Set(['closed']));
    },
  );
});

test('runs the same way twice', async () => {
  const hashOf = async (): Promise<string> => {
    const stage = stageOf(3, rough, 'shared');
    stage.fail(clients);
    await stage.simulation.run(3_000);
    return stage.simulation.trace.hash();
  };
  expect(await hashOf()).toBe(await hashOf());
});
