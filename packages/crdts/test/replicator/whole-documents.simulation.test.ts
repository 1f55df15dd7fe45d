/*
 * Goal: a replica that was away while all others trimmed their history comes back, gets the whole
 * document, and has the same as everybody else in the end, whatever the network does and whoever
 * crashes meanwhile; what it said to be durable is there after each crash.
 *
 * Method: four nodes write to a text on their disks, and come to rest. One goes away; the others
 * write on, come to rest, and trim. Then it comes back, into trouble that each seed draws, while
 * the others write on, and so does it, as soon as it has what they have.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { BeforeHistoryError } from '../../src/errors.ts';
import { decodeVersion } from '../../src/history/version-codec.ts';
import { DiskStore } from '../../src/persistence/disk-store.ts';
import { DurableReplica } from '../../src/persistence/durable-replica.ts';
import { Replicator } from '../../src/replicator/replicator.ts';
import type { ReplicatorOptions } from '../../src/replicator/replicator-options.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ReplicatedGroup } from '../support/replicated-group.ts';
import { type Tamper, tamperedTransport } from '../support/tampered-replication.ts';

const replay = process.env['SEED'];
const seedCount = Number(process.env['SEEDS'] ?? 20);
/** Writing from 0 and from `awayMs` on lasts so long; then all come to rest. */
const writeMs = 1_500;
const awayMs = 20_000;
const mergeMs = 30_000;
const trimMs = 38_000;
const backMs = 39_000;
const calmMs = 44_000;
const endMs = 96_000;

type Durable = DurableReplica<TextDocument>;

interface Stage {
  readonly simulation: Simulation;
  readonly group: ReplicatedGroup<Durable>;
  /** The fewest events that somebody has who has all that was trimmed. */
  trimmedCount: number;
  readonly problems: string[];
  wholeCount: number;
}

function doesCover(version: Uint8Array, other: Uint8Array): boolean {
  const counts = new Map(decodeVersion(version).map((one) => [one.replicaId, one.nextSequence]));
  return decodeVersion(other).every((one) => one.nextSequence <= (counts.get(one.replicaId) ?? 0));
}

function stageOf(seed: number, tamper?: Tamper): Stage {
  const simulation = new Simulation({
    ...{ seed, sameTimeOrder: 'random' },
    network: {
      delay: { kind: 'uniform', minMs: 1, maxMs: 40 },
      ...{ lossRate: 0.1 * (seed % 3), duplicationRate: 0.1, maxPayloadBytes: 1_200 },
    },
  });
  const problems: string[] = [];
  const promised = new Map<string, Uint8Array>();
  let life = 0;
  const group = new ReplicatedGroup<Durable>(simulation, {
    ...{ nodeCount: 4, tuning: { retryMsMax: 5_000, windowBytes: seed % 2 ? 3_000 : 50_000 } },
    make: (options: ReplicatorOptions) => {
      const { transport } = options;
      return new Replicator({
        ...options,
        transport: tamper === undefined ? transport : tamperedTransport(transport, tamper),
        onProblem: ({ kind, peer }) => problems.push(`${transport.localId}: ${kind} with ${peer}`),
      });
    },
    open: async ({ nodeId, disk, clock }) => {
      const freshId = (): string => `${nodeId}.${(life += 1)}`;
      const store = await DiskStore.open({ disk, directory: 'text', segmentBytes: 4_096 });
      const durable = await DurableReplica.open<TextDocument>({
        ...{ store, clock, snapshotAfterBytes: 2_000 },
        create: (bytes) =>
          bytes === undefined
            ? new TextDocument({ replicaId: freshId() })
            : TextDocument.load(bytes, { replicaId: freshId() }),
        save: (text) => text.save(),
      });
      if (!doesCover(durable.encodeVersion(), promised.get(nodeId) ?? new Uint8Array(0))) {
        throw new Error(`${nodeId} was promised more than it has`);
      }
      const flushed = async (): Promise<void> => {
        const version = durable.encodeVersion();
        await durable.flushed();
        promised.set(nodeId, version);
      };
      return {
        ...{ replica: durable, flushed, close: () => durable.close() },
        attach: {
          save: () => durable.replica.save(),
          onWholeDocument: ({ bytes }) => durable.adopt(bytes),
          onReplaced: () => {
            stage.wholeCount += 1;
          },
        },
      };
    },
  });
  const stage: Stage = {
    ...{ simulation, group, problems },
    ...{ trimmedCount: 0, wholeCount: 0 },
  };
  for (const id of group.nodeIds) write(stage, id);
  return stage;
}

/** Lets a node write while there is writing, unless it lacks what was trimmed. */
function write(stage: Stage, id: NodeId): void {
  const { simulation, group } = stage;
  const random = simulation.random.fork(`writer ${id}`);
  const turn = (): void => {
    const { nowMs } = simulation;
    if (nowMs > calmMs) return;
    simulation.clock.setTimer(1 + random.int(200), turn);
    const isRest = nowMs % awayMs > writeMs && nowMs <= backMs;
    if (isRest || simulation.stateOf(id) !== 'running') return;
    const { replica: text } = group.life(id).specimen.replica;
    if (text.eventCount < stage.trimmedCount) return;
    const position = random.int(text.length + 1);
    if (random.int(4) === 0) text.delete(position, Math.min(text.length - position, random.int(9)));
    else text.insert(position, 'word '.repeat(random.int(10) === 0 ? 400 : 1 + random.int(3)));
  };
  simulation.clock.setTimer(1, turn);
}

async function runToTheEnd(stage: Stage): Promise<void> {
  const { simulation, group, problems } = stage;
  const { nodeIds } = group;
  const until = (atMs: number): Promise<unknown> => simulation.run(atMs - simulation.nowMs);
  const textOf = (id: NodeId): TextDocument => group.life(id).specimen.replica.replica;
  const [away, ...others] = nodeIds;
  const expectRest = (ids: readonly NodeId[]): void => {
    for (const id of ids)
      expect(textOf(id).encodeVersion()).toEqual(textOf(ids[0]!).encodeVersion());
  };
  await until(awayMs - 1);
  expectRest(nodeIds);
  simulation.crash(away!);
  await until(mergeMs);
  expectRest(others);
  // One event that has seen all others: what comes before it can be trimmed.
  textOf(others[0]!).insert(0, 'merged ');
  await until(trimMs);
  expectRest(others);
  for (const id of others) {
    group.life(id).specimen.replica.adopt(saveShallow(textOf(id)));
  }
  await until(trimMs + 500);
  for (const id of others.slice(1)) simulation.crash(id);
  await until(trimMs + 510);
  for (const id of others.slice(1)) simulation.restart(id);
  await until(backMs);
  stage.trimmedCount = textOf(others[0]!).eventCount;
  for (const id of others) {
    expect(textOf(id).eventCount).toBe(stage.trimmedCount);
    expect(() => textOf(id).canonicalBytes()).toThrow(BeforeHistoryError);
  }
  simulation.restart(away!);
  simulation.schedule(
    randomSchedule(simulation.random, {
      ...{ nodeIds, fromMs: backMs, untilMs: calmMs, faultyAtOnceMax: 2, lastsMsMax: 1_500 },
      perMinute: {
        ...{ crash: 30, kill: 15, pause: 10, split: 10, isolate: 10, reset: 10 },
        ...{ loss: 10, duplication: 10, replay: 10, delay: 10 },
      },
    }),
  );
  await until(calmMs);
  simulation.calm();
  await until(endMs);
  const last = textOf(others[0]!);
  expect(stage.wholeCount).toBeGreaterThan(0);
  expect(last.eventCount).toBeGreaterThan(stage.trimmedCount);
  for (const id of nodeIds) {
    expect(textOf(id).toString(), id).toBe(last.toString());
    expect(textOf(id).encodeVersion(), id).toEqual(last.encodeVersion());
    expect(textOf(id).waitingCount, id).toBe(0);
    const { replicator } = group.life(id);
    expect(replicator.coverage('document'), id).toHaveLength(3);
    expect(replicator.stats, id).toMatchObject({ flightBytes: 0, partialBytes: 0 });
  }
  expect(problems).toEqual([]);
}

describe('a replica that was away while others trimmed', () => {
  test.each(seeds(replay, seedCount))('comes back and agrees (SEED=%i)', async (seed) => {
    await runToTheEnd(stageOf(seed));
  });
});

describe('a fault that was planted', () => {
  async function foundBy(seed: number, tamper?: Tamper): Promise<string | undefined> {
    try {
      await runToTheEnd(stageOf(seed, tamper));
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  test.each<[string, Tamper]>([
    ['nobody offers', () => (message) => (message.kind === 'offer' ? undefined : message)],
    [
      'the first window is all there is',
      () => (message) => (message.kind === 'fetch' ? { ...message, offset: 0 } : message),
    ],
  ])('is found: %s', async (_name, tamper) => {
    expect(await foundBy(1, tamper)).toMatch(/expected/);
  });
});
