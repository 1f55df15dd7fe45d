import type { NodeId, Random } from '@quorate/transport';

import type { CoreCluster, CoreNode } from './core-cluster.ts';

/** How often each thing happens, relative to the others. */
export interface Mishaps {
  readonly drop: number;
  readonly duplicate: number;
  readonly crash: number;
  readonly damage: number;
  readonly partition: number;
  /** Everyone but one node waits out an election timeout at once. */
  readonly impatience: number;
  /** Messages arrive in any order rather than in that of sending. */
  readonly isReordering: boolean;
}

/** Everything that can go wrong, at a rate that lets some work be done in between. */
export const allMishaps: Mishaps = {
  drop: 2,
  duplicate: 2,
  crash: 0.5,
  damage: 0.15,
  partition: 0.3,
  impatience: 0.3,
  isReordering: true,
};

interface Action {
  readonly weight: number;
  readonly run: () => void;
}

/** Drives a cluster by chance: what a run does depends on its `random` alone. */
export class Schedule {
  readonly cluster: CoreCluster;
  readonly #random: Random;
  readonly #mishaps: Mishaps;
  readonly #actions: readonly Action[];
  readonly #weightSum: number;

  constructor(cluster: CoreCluster, random: Random, mishaps: Mishaps) {
    this.cluster = cluster;
    this.#random = random;
    this.#mishaps = mishaps;
    this.#actions = [
      { weight: 9, run: () => this.#tick() },
      { weight: 50, run: () => this.#deliver() },
      { weight: 16, run: () => this.#completeWrites() },
      { weight: 8, run: () => cluster.completeApplies(this.#anyNode()) },
      { weight: 6, run: () => this.#propose() },
      { weight: 2, run: () => cluster.readIndex(this.#anyLeader()) },
      { weight: 1, run: () => cluster.readIndex(this.#anyNode()) },
      { weight: 1, run: () => cluster.takeSnapshot(this.#anyNode(), random.int(4)) },
      { weight: 0.5, run: () => this.#transfer() },
      { weight: 0.3, run: () => cluster.input(this.#anyNode(), { kind: 'forgetLeader' }) },
      { weight: 1, run: () => this.#unreachable() },
      { weight: mishaps.drop, run: () => void cluster.parcels.splice(this.#anyPlace(), 1) },
      { weight: mishaps.duplicate, run: () => this.#duplicate() },
      { weight: mishaps.crash, run: () => this.#crash() },
      { weight: mishaps.crash * 6, run: () => this.#restart() },
      { weight: mishaps.impatience, run: () => this.#loseLeader() },
      { weight: mishaps.damage, run: () => this.#damage() },
      { weight: mishaps.partition, run: () => this.#partition() },
      { weight: 2 * mishaps.partition, run: () => void (cluster.isReachable = () => true) },
    ];
    this.#weightSum = this.#actions.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Lets `count` things happen. */
  run(count: number): void {
    for (let done = 0; done < count; done += 1) {
      let point = this.#random.float() * this.#weightSum;
      const action = this.#actions.find(({ weight }) => (point -= weight) < 0);
      action?.run();
      const { parcels } = this.cluster;
      if (parcels.length > 400) parcels.splice(0, 100);
    }
  }

  #transfer(): void {
    const to = this.#random.int(3) === 0 ? undefined : this.#anyNode();
    this.cluster.input(this.#anyLeader(), { kind: 'transferLeadership', transferId: 0, to });
  }

  #anyNode(): NodeId {
    const { ids } = this.cluster;
    const id = ids[this.#random.int(ids.length)];
    if (id === undefined) throw new Error('a cluster has nodes');
    return id;
  }

  /** Not only the newest one: a deposed leader must not answer. */
  #anyLeader(): NodeId {
    const leaders = this.cluster.ids.filter(
      (id) => this.cluster.node(id).raft?.role.kind === 'leader',
    );
    return leaders[this.#random.int(Math.max(1, leaders.length))] ?? this.#anyNode();
  }

  #anyPlace(): number {
    const { length } = this.cluster.parcels;
    return length === 0 ? 0 : this.#random.int(length);
  }

  #tick(): void {
    const id = this.#anyNode();
    // Now and then an input waits for the next one, and both are one step.
    if (this.#random.int(4) === 0) this.cluster.enqueue(id, { kind: 'tick' });
    else this.cluster.input(id, { kind: 'tick' });
  }

  #loseLeader(): void {
    const { cluster } = this;
    const spared = this.#anyLeader();
    const campaigner = this.#anyNode();
    for (const id of cluster.ids) {
      if (id === spared) continue;
      const { electionTimeoutTicks = 10 } = cluster.node(id).raft?.tuning ?? {};
      const tickCount = id === campaigner ? 2 * electionTimeoutTicks : electionTimeoutTicks;
      for (let tick = 0; tick < tickCount; tick += 1) cluster.input(id, { kind: 'tick' });
    }
  }

  #deliver(): void {
    const isFirst = !this.#mishaps.isReordering || this.#random.int(2) === 0;
    this.cluster.deliver(isFirst ? 0 : this.#anyPlace());
  }

  #completeWrites(): void {
    this.cluster.completeWrites(this.#anyNode(), 1 + this.#random.int(3));
  }

  #propose(): void {
    // Seldom to a node that does not lead: it must refuse, or hand it on.
    const id = this.#random.int(8) === 0 ? this.#anyNode() : this.#anyLeader();
    this.cluster.propose(id, 1 + this.#random.int(3));
  }

  #unreachable(): void {
    this.cluster.input(this.#anyNode(), { kind: 'peerUnreachable', peer: this.#anyNode() });
  }

  #duplicate(): void {
    const parcel = this.cluster.parcels[this.#anyPlace()];
    if (parcel !== undefined) this.cluster.parcels.push(parcel);
  }

  #crash(): void {
    const id = this.#anyNode();
    const node = this.cluster.node(id);
    if (node.raft === undefined) return;
    this.cluster.crash(id, this.#random.int(node.disk.pendingCount + 1));
  }

  #restart(): void {
    const id = this.#anyNode();
    if (this.cluster.node(id).raft === undefined) this.cluster.restart(id);
  }

  /** Crashes a node and damages its log; never a second one before the first is whole again. */
  #damage(): void {
    const nodes = [...this.cluster.nodes.values()];
    const isWounded = nodes.some(
      ({ raft, disk: { durable } }) =>
        raft?.promised !== undefined ||
        durable.damaged !== undefined ||
        durable.hardState?.promised !== undefined,
    );
    if (isWounded) return;
    const id = this.#anyNode();
    this.#crash();
    const node = this.cluster.node(id);
    if (node.raft !== undefined) this.cluster.crash(id, 0);
    const { entries } = node.disk.durable;
    const damaged = entries[this.#random.int(Math.max(1, entries.length))];
    this.cluster.restart(id, damaged?.logIndex);
  }

  /** Cuts some links, each in one direction, whichever they are. */
  #partition(): void {
    const cut = new Set<string>();
    for (const from of this.cluster.ids) {
      for (const to of this.cluster.ids) {
        if (this.#random.int(3) === 0) cut.add(`${from}>${to}`);
      }
    }
    this.cluster.isReachable = (from, to) => !cut.has(`${from}>${to}`);
  }
}

/** Ends all faults and gives the cluster time to recover. */
export function heal(cluster: CoreCluster, tickCount: number): void {
  cluster.isReachable = () => true;
  for (const { nodeId, raft } of cluster.nodes.values()) {
    if (raft === undefined) cluster.restart(nodeId);
  }
  for (let tick = 0; tick < tickCount; tick += 1) cluster.tick();
}

/**
 * Crashes all nodes at once and damages the logs of all, several entries each, but never two copies
 * at the same index: whatever was acknowledged is still there once, somewhere.
 */
export function blight(cluster: CoreCluster, random: Random): void {
  const nodes = [...cluster.nodes.values()];
  for (const { nodeId, disk, raft } of nodes) {
    if (raft !== undefined) cluster.crash(nodeId, random.int(disk.pendingCount + 1));
  }
  const struck = new Map<CoreNode, number[]>(nodes.map((node) => [node, []]));
  const lastIndex = Math.max(
    ...nodes.map(({ disk }) => disk.durable.entries.at(-1)?.logIndex ?? 0),
  );
  for (let logIndex = lastIndex; logIndex > 0; logIndex -= 1) {
    const node = nodes[random.int(2 * nodes.length)];
    const isThere = node?.disk.durable.entries.some((entry) => entry.logIndex === logIndex);
    if (node !== undefined && isThere === true) struck.get(node)?.push(logIndex);
  }
  for (const [{ nodeId, disk }, indexes] of struck) {
    for (const logIndex of indexes) disk.recover(logIndex);
    cluster.restart(nodeId);
  }
}
