/*
 * Goal: whatever is lost, doubled, reordered or cut off, and whoever crashes and comes back with
 * what it had made durable, once all is well every node has the same bytes of state and version,
 * no durable count is gone, and none is counted twice.
 *
 * Method: five nodes count, and move the elements of a list, as `ReplicatedValue`s behind the
 * `Replicator`. Each has a store that takes some time and survives; each life has a new id. Some
 * keep few deltas, so that whole states are sent, in parts. Each seed draws its faults.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import type { Codec } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { gCounterCodec } from '../../src/codec/g-counter-codec.ts';
import { movableListCodec } from '../../src/codec/movable-list-codec.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import type { Lattice } from '../../src/lattice.ts';
import { gCounter } from '../../src/plain/g-counter.ts';
import { type MovableList, movableList } from '../../src/sequence/movable-list.ts';
import { ReplicatedGroup } from '../support/replicated-group.ts';
import { textCodec } from '../support/value-codec.ts';

const replay = process.env['SEED'];
const seedCount = Number(process.env['SEEDS'] ?? 4);
const untilMs = 6_000;

const trouble = {
  ...{ crash: 8, kill: 4, pause: 10, split: 15, isolate: 10, oneWay: 10, flap: 3 },
  ...{ clog: 10, reset: 10, loss: 8, duplication: 8, replay: 8, delay: 8 },
};

interface Type<State> {
  readonly lattice: Lattice<State>;
  readonly codec: Codec<State>;
  readonly change: (state: State, replicaId: string, draw: (max: number) => number) => State;
}

interface Stage<State> {
  readonly simulation: Simulation;
  readonly group: ReplicatedGroup<ReplicatedValue<State>>;
  /** All states that were ever durable anywhere. */
  readonly durable: readonly State[];
}

function stageOf<State>(seed: number, type: Type<State>): Stage<State> {
  const simulation = new Simulation({
    ...{ seed, sameTimeOrder: 'random' },
    network: {
      delay: { kind: 'uniform', minMs: 1, maxMs: 60 },
      ...{ lossRate: 0.1 * (seed % 3), duplicationRate: 0.1, maxPayloadBytes: 1_200 },
    },
  });
  const stored = new Map<string, Uint8Array>();
  const durable: State[] = [];
  const group = new ReplicatedGroup<ReplicatedValue<State>>(simulation, {
    ...{ nodeCount: 5, tuning: { retryMsMax: 5_000 } },
    open: ({ nodeId, clock }, replicaId) => {
      const logSizeBytesMax = Number(nodeId.slice(1)) % 2 === 0 ? 300 : 100_000;
      const options = { ...type, replicaId, logSizeBytesMax };
      const saved = stored.get(nodeId);
      const replica =
        saved === undefined
          ? new ReplicatedValue<State>(options)
          : ReplicatedValue.load<State>(saved, options);
      const flushed = (): Promise<void> =>
        new Promise((resolve) => {
          const [bytes, state] = [replica.save(), replica.state];
          clock.setTimer(5, () => {
            stored.set(nodeId, bytes);
            durable.push(state);
            resolve();
          });
        });
      return { replica, flushed };
    },
  });
  for (const id of group.nodeIds) {
    const random = simulation.random.fork(`writer ${id}`);
    const turn = (): void => {
      if (simulation.nowMs > untilMs) return;
      simulation.clock.setTimer(1 + random.int(400), turn);
      if (simulation.stateOf(id) !== 'running') return;
      const { replica } = group.life(id).specimen;
      replica.mutate((state, own) => type.change(state, own, (max) => random.int(max)));
    };
    simulation.clock.setTimer(1, turn);
  }
  return { simulation, group, durable };
}

async function finalStateOf<State>(seed: number, type: Type<State>): Promise<State> {
  const { simulation, group, durable } = stageOf(seed, type);
  const limits = { nodeIds: group.nodeIds, untilMs, faultyAtOnceMax: 2, lastsMsMax: 3_000 };
  simulation.schedule(randomSchedule(simulation.random, { ...limits, perMinute: trouble }));
  await simulation.run(untilMs);
  simulation.calm();
  await simulation.run(40_000);
  const replicas = group.nodeIds.map((id) => group.life(id).specimen.replica);
  const [first] = replicas;
  for (const replica of replicas) {
    expect(replica.save()).toEqual(first!.save());
    expect(replica.encodeVersion()).toEqual(first!.encodeVersion());
    expect(replica.waitingCount).toBe(0);
  }
  for (const state of durable) expect(type.lattice.leq(state, first!.state)).toBe(true);
  return first!.state;
}

test.each(seeds(replay, seedCount))('counts agree in the end (SEED=%i)', async (seed) => {
  /** What each life counted, as it went. */
  const counted = new Map<string, number>();
  const state = await finalStateOf(seed, {
    lattice: gCounter,
    codec: gCounterCodec,
    change: (count, replicaId, draw) => {
      const amount = 1 + draw(9);
      counted.set(replicaId, (counted.get(replicaId) ?? 0) + amount);
      return gCounter.increment(count, replicaId, amount);
    },
  });
  expect(gCounter.value(state)).toBeGreaterThan(100);
  // What a crash took was never durable; all else is what was counted, no more.
  for (const [id, count] of state.counts) expect(count).toBeLessThanOrEqual(counted.get(id) ?? 0);
});

test.each(seeds(replay, seedCount))('lists agree in the end (SEED=%i)', async (seed) => {
  let next = 0;
  const state = await finalStateOf<MovableList<string>>(seed, {
    lattice: movableList,
    codec: movableListCodec(textCodec),
    change: (list, replicaId, draw) => {
      const length = movableList.length(list);
      const kind = length < 3 ? 0 : draw(5);
      if (kind === 4) return movableList.remove(list, draw(length));
      if (kind === 3) return movableList.set(list, replicaId, draw(length), `v${(next += 1)}`);
      if (kind === 2) return movableList.move(list, replicaId, draw(length), draw(length));
      return movableList.insert(list, replicaId, draw(length + 1), [`v${(next += 1)}`]);
    },
  });
  const values = movableList.values(state);
  expect(values.length).toBeGreaterThan(5);
  expect(new Set(values).size).toBe(values.length);
});
