import type { Disk, DiskFile } from '@quorate/storage';
import { nodeId, type NodeId, protocolName } from '@quorate/transport';

import {
  type NodeEnvironment,
  type NodeProcess,
  randomSchedule,
  type SameTimeOrder,
  Simulation,
  type TroubleKind,
} from '../../src/index.ts';

const gossip = protocolName('gossip');

/** Nobody listens to it while a node starts. */
const answer = protocolName('answer');

/** Every kind of trouble, several times a minute. */
const everything: Readonly<Record<TroubleKind, number>> = {
  crash: 6,
  kill: 4,
  pause: 4,
  failSync: 2,
  bitRot: 2,
  failRead: 4,
  misdirectRead: 4,
  lieSync: 8,
  misdirectWrite: 8,
  wipeDisk: 6,
  restoreDisk: 8,
  swapDisks: 6,
  twin: 12,
  upgrade: 12,
  buggify: 6,
  split: 3,
  isolate: 3,
  oneWay: 3,
  bridge: 2,
  ring: 2,
  flap: 2,
  clog: 4,
  reset: 6,
  swizzle: 3,
  loss: 3,
  burstyLoss: 3,
  messageDamage: 3,
  duplication: 3,
  replay: 3,
  delay: 3,
  bandwidth: 9,
  wallJump: 4,
  drift: 8,
  wallFreeze: 3,
  leapSmear: 3,
  slowNode: 8,
  lateTimers: 3,
  throttleTimers: 3,
  slowDisk: 3,
  diskFull: 3,
};

/**
 * Nodes that gossip, answer, and write what they hear to disk, with promises, for `forMs`, under
 * every fault there is: as much of the simulator as one trace can cover. It uses nothing but the
 * ports, so that its hash changes only when the simulator does.
 */
export async function runEverything(
  seed: number,
  names: readonly string[],
  forMs: number,
): Promise<Simulation> {
  const ids = names.map(nodeId);
  const simulation = new Simulation({
    seed,
    network: { delay: { kind: 'gamma', minMs: 1, shape: 1.7, scaleMs: 4 }, lossRate: 0.02 },
    disk: {
      syncLatency: { kind: 'lognormal', minMs: 0.2, medianMs: 1, sigma: 0.8 },
      // Some starts fail, and some nodes are down until all is calm.
      readFailureRate: 0.1,
    },
    clocks: { driftPpmMax: 500, offsetMsMax: 2_000, timerLatenessMsMax: 3 },
    sameTimeOrder: seed % 2 === 0 ? 'insertion' : 'random',
    trace: { keepLines: 2 ** 20 },
    onError: () => undefined,
  });
  for (const id of ids) simulation.addNode(id, (environment) => startNode(environment, ids));
  simulation.schedule(
    randomSchedule(simulation.random, {
      nodeIds: ids,
      untilMs: forMs,
      perMinute: everything,
      faultyAtOnceMax: ids.length - 1,
      damagedMax: 1,
      amnesiacMax: 2,
      twinsMax: 2,
      lastsMsMax: 5_000,
      releases: [1, 2, 3],
      network: { delay: { kind: 'pareto', minMs: 1, alpha: 1.5, maxMs: 500 } },
    }),
  );
  simulation.schedule([{ atMs: forMs / 2, kind: 'calm' }]);
  await simulation.run(forMs);
  return simulation;
}

/** As `runEverything`, but only `talkative` nodes talk, and only they meet faults. */
export async function runGossip(
  seed: number,
  names: readonly string[],
  forMs: number,
  talkative: readonly string[],
  sameTimeOrder: SameTimeOrder = 'insertion',
): Promise<Simulation> {
  const ids = talkative.map(nodeId);
  const simulation = new Simulation({
    seed,
    network: { lossRate: 0.1, duplicationRate: 0.1, replayRate: 0.05 },
    clocks: { driftPpmMax: 500, offsetMsMax: 2_000, timerLatenessMsMax: 3 },
    sameTimeOrder,
    trace: { keepLines: 2 ** 20 },
    onError: () => undefined,
  });
  for (const name of names.toReversed()) {
    const id = nodeId(name);
    simulation.addNode(id, (environment) => {
      if (ids.includes(id)) return startNode(environment, ids);
      environment.clock.setTimer(10, () => environment.random.bytes(100));
      return {};
    });
  }
  const perMinute = { crash: 10, kill: 10, isolate: 5, reset: 10, clog: 5, drift: 10, failSync: 5 };
  const options = { nodeIds: ids, untilMs: forMs, perMinute, faultyAtOnceMax: 1 };
  simulation.schedule(randomSchedule(simulation.random, options));
  await simulation.run(forMs);
  return simulation;
}

/** Appends what is heard to a file, and now and then replaces it by a new one. */
class Journal {
  readonly #disk: Disk;
  #file: DiskFile;
  #sizeBytes = 0;
  #generation = 0;
  /** Hangs on every byte that was found. */
  readonly digest: number;

  private constructor(disk: Disk, file: DiskFile, digest: number) {
    this.#disk = disk;
    this.#file = file;
    this.digest = digest;
  }

  static async open(disk: Disk): Promise<Journal> {
    await disk.createDirectory('log');
    await disk.syncDirectory('');
    let digest = 0;
    for (const name of await disk.list('log')) {
      const file = await disk.open(`log/${name}`);
      const bytes = new Uint8Array(await file.sizeBytes());
      await file.read(0, bytes);
      for (const byte of bytes) digest = (31 * digest + byte) % 65_521;
      await file.close();
    }
    return new Journal(disk, await disk.open('log/current', { mode: 'create' }), digest);
  }

  async append(bytes: Uint8Array): Promise<void> {
    const offset = this.#sizeBytes;
    this.#sizeBytes += bytes.length;
    await this.#file.write(offset, bytes);
    await this.#file.sync();
    if (this.#sizeBytes > 8_192) await this.#replace();
  }

  async #replace(): Promise<void> {
    this.#sizeBytes = 0;
    const temporary = `log/${(this.#generation += 1)}`;
    const next = await this.#disk.open(temporary, { mode: 'create' });
    await next.truncate(0);
    await this.#disk.rename(temporary, 'log/current');
    await this.#disk.syncDirectory('log');
    await this.#file.close();
    this.#file = next;
  }
}

async function startNode(
  { nodeId: self, clock, disk, transport, random, release, buggify }: NodeEnvironment,
  ids: readonly NodeId[],
): Promise<NodeProcess> {
  const journal = await Journal.open(disk);
  transport.subscribe(gossip, ({ from, payload }) => {
    if (payload.length % 2 === 0) transport.send(from, answer, payload.subarray(1));
    // A journal that fails stays failed until the node restarts; the schedule sees to that.
    journal.append(payload.slice()).catch(() => undefined);
  });
  transport.subscribe(answer, ({ payload }) => {
    void journal.append(payload.slice()).then(
      () => transport.send(self, gossip, random.bytes(5)),
      () => undefined,
    );
  });
  const peers = ids.filter((id) => id !== self);
  const tick = (): void => {
    const peer = peers[random.int(Math.max(1, peers.length))];
    if (peer !== undefined) transport.send(peer, gossip, random.bytes(random.int(64)));
    clock.setTimer(buggify('early tick', 0.1) ? 0 : 5 * release + random.int(20), tick);
  };
  transport.send(self, gossip, new Uint8Array(journal.digest % 64));
  tick();
  return {};
}
