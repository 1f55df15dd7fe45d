/*
 * Goal: with replicas on disks that tear, fill up and fail, nothing that `flushed` promised is ever
 * gone, a replica comes back as what it was at some instant, and after all trouble every node has
 * the same, with nothing waiting or on its way.
 *
 * Method: five nodes edit a replica on their simulated disks, and replicate. Whenever `flushed`
 * settles, a ledger outside takes in what the replica had when it was asked; each life that begins
 * on that disk must have it. A node that comes back has a new id. Each seed draws its faults, those
 * of the disk included.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { DiskError, LogError } from '@quorate/storage';
import type { Random } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { schema } from '../../src/document/schema.ts';
import { DiskStore } from '../../src/persistence/disk-store.ts';
import { DurableReplica } from '../../src/persistence/durable-replica.ts';
import type { UpdateStore } from '../../src/persistence/update-store.ts';
import type { Replica } from '../../src/replica.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ReplicatedGroup } from '../support/replicated-group.ts';
import { TextLog } from '../support/text-log.ts';

const replay = process.env['SEED'];
const seedCount = Number(process.env['SEEDS'] ?? 20);
const untilMs = 5_000;

/** Makes of the store what a planted fault makes of it. */
type Sabotage = (store: DiskStore) => UpdateStore;

/** A kind of replica, as far as this test uses it. */
interface Kind<R extends Replica> {
  readonly create: (replicaId: string, snapshot?: Uint8Array) => R;
  readonly save: (replica: R) => Uint8Array;
  readonly edit: (replica: R, random: Random) => void;
  /** Equal for equal sets of events, and only then. */
  readonly canonical: (replica: R) => Uint8Array;
}

const textLogs: Kind<TextLog> = {
  create: (replicaId, snapshot) => new TextLog(replicaId, snapshot),
  save: (log) => log.save(),
  edit: (log, random) => void log.add('x'.repeat(random.int(100) === 0 ? 3_000 : random.int(50))),
  canonical: (log) => new TextEncoder().encode(log.texts.join('\n')),
};

const textDocuments: Kind<TextDocument> = {
  create: (replicaId, snapshot) =>
    snapshot === undefined
      ? new TextDocument({ replicaId })
      : TextDocument.load(snapshot, { replicaId }),
  save: (text) => text.save(),
  edit: (text, random) => {
    const position = random.int(text.length + 1);
    const count = Math.min(text.length - position, random.int(5));
    if (random.int(3) === 0) text.delete(position, count);
    else text.replace(position, random.int(4) === 0 ? count : 0, wordOf(random));
  },
  canonical: (text) => text.canonicalBytes(),
};

const board = schema.map({
  title: schema.text(),
  cards: schema.movableList(schema.map({ text: schema.text(), votes: schema.counter() })),
});

type Board = JsonDocument<typeof board>;

const jsonDocuments: Kind<Board> = {
  create: (replicaId, snapshot) =>
    snapshot === undefined
      ? new JsonDocument({ replicaId, schema: board })
      : JsonDocument.load(snapshot, { replicaId, schema: board }),
  save: (document) => document.save(),
  edit: (document, random) => {
    const { title, cards } = document.root;
    const place = random.int(cards.length + 1);
    const card = cards.get(place);
    const deed = random.int(6);
    if (deed === 0) title.insert(random.int(title.length + 1), wordOf(random));
    else if (deed === 1 || card === undefined) cards.push({ text: wordOf(random), votes: 1 });
    else if (deed === 2) cards.move(place, random.int(cards.length));
    else if (deed === 3 && random.int(3) === 0) cards.delete(place);
    else if (deed === 4) card.votes.add(1 - random.int(3));
    else card.text.insert(card.text.length, wordOf(random));
  },
  canonical: (document) => new TextEncoder().encode(JSON.stringify(document)),
};

function wordOf(random: Random): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const length = random.int(60) === 0 ? 2_000 : 1 + random.int(8);
  return Array.from({ length }, () => letters[random.int(26)]).join('');
}

interface Stage<R extends Replica> {
  readonly kind: Kind<R>;
  readonly simulation: Simulation;
  readonly group: ReplicatedGroup<DurableReplica<R>>;
  /** What was promised on each node, as a replica of it. */
  readonly ledgers: ReadonlyMap<string, R>;
  /** What was thrown, but for what a disk does. */
  readonly failures: readonly unknown[];
}

function stageOf<R extends Replica>(
  kind: Kind<R>,
  seed: number,
  sabotage: Sabotage = (store) => store,
): Stage<R> {
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
  const ledgers = new Map<string, R>();
  const group = new ReplicatedGroup<DurableReplica<R>>(simulation, {
    ...{ nodeCount: 5, tuning: { retryMsMax: 5_000 } },
    open: async ({ nodeId, disk, clock }, replicaId) => {
      const store = await DiskStore.open({ disk, directory: 'replica', segmentBytes: 4_096 });
      const durable = await DurableReplica.open<R>({
        ...{ store: sabotage(store), clock, snapshotAfterBytes: 1_000, retryMs: 300 },
        create: (snapshot) => kind.create(replicaId, snapshot),
        save: kind.save,
      });
      const ledger = ledgers.get(nodeId) ?? kind.create(`ledger of ${nodeId}`);
      ledgers.set(nodeId, ledger);
      if (!ledger.isCoveredBy(durable.encodeVersion())) {
        throw new Error(`${nodeId} was promised more than it has`);
      }
      return {
        replica: durable,
        flushed: () => flush(durable, ledger),
        close: () => durable.close(),
      };
    },
  });
  for (const id of group.nodeIds) {
    const random = simulation.random.fork(`writer ${id}`);
    const turn = (): void => {
      if (simulation.nowMs > untilMs) return;
      simulation.clock.setTimer(1 + random.int(400), turn);
      if (simulation.stateOf(id) !== 'running') return;
      kind.edit(group.life(id).specimen.replica.replica, random);
    };
    simulation.clock.setTimer(1, turn);
  }
  return { kind, simulation, group, ledgers, failures };
}

/** Writes down what a replica had when it was asked to be durable, once it says that it is. */
async function flush<R extends Replica>(durable: DurableReplica<R>, ledger: R): Promise<void> {
  const updates = durable.updatesSince(ledger.encodeVersion());
  await durable.flushed();
  for (const update of updates) ledger.apply(update);
}

async function runToTheEnd<R extends Replica>(stage: Stage<R>): Promise<void> {
  const { kind, simulation, group, ledgers, failures } = stage;
  const doDisksFail = simulation.seed % 2 === 0;
  simulation.schedule(
    randomSchedule(simulation.random, {
      ...{ nodeIds: group.nodeIds, untilMs, faultyAtOnceMax: 3, lastsMsMax: 2_000 },
      perMinute: {
        ...{ crash: 40, kill: 20, pause: 5, split: 10, isolate: 10, reset: 10, loss: 5 },
        ...{ slowDisk: 5, duplication: 5, replay: 5 },
        ...(doDisksFail ? { failSync: 10, diskFull: 15 } : {}),
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
  const [first, ...others] = group.nodeIds.map((id) => group.life(id));
  const canonical = kind.canonical(first!.specimen.replica.replica);
  for (const { specimen, node } of others) {
    expect(kind.canonical(specimen.replica.replica), node).toEqual(canonical);
    expect(specimen.replica.encodeVersion(), node).toEqual(first!.specimen.replica.encodeVersion());
  }
  for (const { specimen, replicator, node } of [first!, ...others]) {
    // What could not be made durable is shown; if it is lost, what depends on it waits.
    if (!doDisksFail) expect(specimen.replica.waitingCount, node).toBe(0);
    expect(replicator.coverage('document'), node).toHaveLength(4);
    expect(replicator.stats, node).toMatchObject({ flightBytes: 0, partialBytes: 0 });
  }
  const version = first!.specimen.replica.encodeVersion();
  for (const ledger of ledgers.values()) expect(ledger.isCoveredBy(version)).toBe(true);
}

describe('five nodes with disks in trouble', () => {
  test.each(seeds(replay, Math.ceil(seedCount / 4)))(
    'lose nothing of a log and agree in the end (SEED=%i)',
    async (seed) => {
      await runToTheEnd(stageOf(textLogs, seed));
    },
  );

  test.each(seeds(replay, seedCount))(
    'lose nothing of a text and agree in the end (SEED=%i)',
    async (seed) => {
      const stage = stageOf(textDocuments, seed);
      await runToTheEnd(stage);
      const [life] = [...stage.group.lives.values()];
      expect(life!.specimen.replica.replica.eventCount).toBeGreaterThan(60);
    },
  );
});

describe('five nodes with a board', () => {
  test.each(seeds(replay, Math.ceil(seedCount / 2)))(
    'lose nothing of it and agree in the end (SEED=%i)',
    async (seed) => {
      const stage = stageOf(jsonDocuments, seed);
      await runToTheEnd(stage);
      const [life] = [...stage.group.lives.values()];
      expect(life!.specimen.replica.replica.root.cards.length).toBeGreaterThan(3);
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
      found = await runToTheEnd(stageOf(textLogs, seed, sabotage)).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (found !== undefined) break;
    }
    expect(found).toMatch(/was promised|text log/);
  });
});
