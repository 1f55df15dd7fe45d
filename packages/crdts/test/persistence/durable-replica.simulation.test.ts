/*
 * Goal: with replicas on disks that tear, fill up and fail, nothing that `flushed` promised is ever
 * gone, a replica comes back as what it was at some instant, and after all trouble every node has
 * the same, with nothing waiting or on its way.
 *
 * Method: five nodes add to a replica on their simulated disks, and replicate. Whenever `flushed`
 * settles, a checker outside remembers what the replica had when it was asked; each life that
 * begins on that disk must have it. A node that comes back has a new id. Each seed draws its
 * faults, those of the disk included.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { DiskError, LogError } from '@quorate/storage';
import { describe, expect, test } from 'vitest';

import { DiskStore } from '../../src/persistence/disk-store.ts';
import { DurableReplica } from '../../src/persistence/durable-replica.ts';
import type { UpdateStore } from '../../src/persistence/update-store.ts';
import { ReplicatedGroup } from '../support/replicated-group.ts';
import { TextLog } from '../support/text-log.ts';

const replay = process.env['SEED'];
const seedCount = Number(process.env['SEEDS'] ?? 20);
const untilMs = 8_000;

/** Makes of the store what a planted fault makes of it. */
type Sabotage = (store: DiskStore) => UpdateStore;

interface Stage {
  readonly simulation: Simulation;
  readonly group: ReplicatedGroup<DurableReplica<TextLog>>;
  /** What was promised on each node, as texts. */
  readonly promised: ReadonlyMap<string, Set<string>>;
  /** What was thrown, but for what a disk does. */
  readonly failures: readonly unknown[];
}

function stageOf(seed: number, sabotage: Sabotage = (store) => store): Stage {
  const failures: unknown[] = [];
  const simulation = new Simulation({
    ...{ seed, sameTimeOrder: 'random' },
    onError: (error) => {
      // A node whose disk fails while it starts is down, until it is started again.
      if (!(error instanceof DiskError || error instanceof LogError)) failures.push(error);
    },
    network: {
      delay: { kind: 'uniform', minMs: 1, maxMs: 30 },
      ...{ lossRate: 0.1 * (seed % 3), duplicationRate: 0.1, maxPayloadBytes: 1_200 },
    },
  });
  const promised = new Map<string, Set<string>>();
  const group = new ReplicatedGroup<DurableReplica<TextLog>>(simulation, {
    nodeCount: 5,
    tuning: { retryMsMax: 5_000 },
    open: async ({ nodeId, disk, clock }, replicaId) => {
      const store = await DiskStore.open({ disk, directory: 'replica', segmentBytes: 4_096 });
      const durable = await DurableReplica.open<TextLog>({
        ...{ store: sabotage(store), clock, snapshotAfterBytes: 1_000, retryMs: 300 },
        create: (snapshot) => new TextLog(replicaId, snapshot),
        save: (log) => log.save(),
      });
      const here = promised.get(nodeId) ?? new Set();
      promised.set(nodeId, here);
      const found = new Set(durable.replica.texts);
      const lost = [...here].filter((text) => !found.has(text));
      if (lost.length > 0) throw new Error(`${nodeId} was promised ${lost.join()}`);
      const flushed = async (): Promise<void> => {
        const { texts } = durable.replica;
        await durable.flushed();
        for (const text of texts) here.add(text);
      };
      return { replica: durable, flushed, close: () => durable.close() };
    },
  });
  for (const id of group.nodeIds) {
    const random = simulation.random.fork(`writer ${id}`);
    const turn = (): void => {
      if (simulation.nowMs > untilMs) return;
      simulation.clock.setTimer(1 + random.int(400), turn);
      if (simulation.stateOf(id) !== 'running') return;
      const { replica } = group.life(id).specimen.replica;
      replica.add('x'.repeat(random.int(100) === 0 ? 3_000 : random.int(50)));
    };
    simulation.clock.setTimer(1, turn);
  }
  return { simulation, group, promised, failures };
}

async function runToTheEnd({ simulation, group, promised, failures }: Stage): Promise<void> {
  simulation.schedule(
    randomSchedule(simulation.random, {
      ...{ nodeIds: group.nodeIds, untilMs, faultyAtOnceMax: 3, lastsMsMax: 2_000 },
      perMinute: {
        ...{ crash: 40, kill: 20, pause: 5, split: 10, isolate: 10, reset: 10, loss: 5 },
        ...{ failSync: 10, diskFull: 15, slowDisk: 5, duplication: 5, replay: 5 },
      },
    }),
  );
  await simulation.run(untilMs);
  simulation.calm();
  await simulation.run(1_000);
  // A disk that failed is for good, as far as the life goes that met it.
  for (const id of group.nodeIds) simulation.crash(id);
  await simulation.run(10);
  for (const id of group.nodeIds) simulation.restart(id);
  await simulation.run(42_000);
  if (failures.length > 0) throw failures[0];
  const lives = group.nodeIds.map((id) => group.life(id));
  const texts = lives[0]!.specimen.replica.replica.texts;
  for (const { specimen, replicator, node } of lives) {
    const { replica } = specimen.replica;
    expect(replica.texts, node).toEqual(texts);
    expect(replica.encodeVersion(), node).toEqual(lives[0]!.specimen.replica.encodeVersion());
    expect(replica.waitingCount, node).toBe(0);
    expect(replicator.coverage('document'), node).toHaveLength(4);
    expect(replicator.stats, node).toMatchObject({ flightBytes: 0, partialBytes: 0 });
  }
  const all = new Set(texts);
  for (const here of promised.values()) {
    expect([...here].filter((text) => !all.has(text))).toEqual([]);
  }
}

describe('five nodes with disks in trouble', () => {
  test.each(seeds(replay, seedCount))(
    'lose nothing and agree in the end (SEED=%i)',
    async (seed) => {
      const stage = stageOf(seed);
      await runToTheEnd(stage);
      const [life] = [...stage.group.lives.values()];
      expect(life!.specimen.replica.replica.texts.length).toBeGreaterThan(30);
    },
  );
});

describe('a fault that was planted', () => {
  /** A store that is used as the real one but for one thing. */
  function storeWith(store: DiskStore, fault: Partial<UpdateStore>): UpdateStore {
    return {
      load: () => store.load(),
      append: (updates) => store.append(updates),
      get position() {
        return store.position;
      },
      saveSnapshot: (bytes, position) => store.saveSnapshot(bytes, position),
      close: () => store.close(),
      ...fault,
    };
  }

  const promisesEarly: Sabotage = (store) =>
    storeWith(store, {
      append: async (updates) => {
        store.append(updates).catch(() => undefined);
      },
    });

  const cutsSnapshots: Sabotage = (store) =>
    storeWith(store, {
      saveSnapshot: (bytes, position) => store.saveSnapshot(bytes.subarray(0, 2), position),
    });

  const takesOldForNew: Sabotage = (store) => {
    let before: Uint8Array | undefined;
    return storeWith(store, {
      saveSnapshot: (bytes, position) => {
        const old = before ?? bytes;
        before = bytes;
        return store.saveSnapshot(old, position);
      },
    });
  };

  test.each<[string, Sabotage]>([
    ['promises before the sync', promisesEarly],
    ['snapshots cut short', cutsSnapshots],
    ['snapshots that stand for more than they have', takesOldForNew],
  ])('is found: %s', async (_name, sabotage) => {
    let found: string | undefined;
    for (const seed of seeds(undefined, 20)) {
      found = await runToTheEnd(stageOf(seed, sabotage)).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (found !== undefined) break;
    }
    expect(found).toMatch(/was promised|text log/);
  });
});
