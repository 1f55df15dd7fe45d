import type { NodeId, Random } from '@quorate/transport';

import type { CoreCluster } from './core-cluster.ts';

/**
 * Leaders come, copy a little to a few, and go: the world of Figures 7 and 8, where logs differ in
 * every way they can. Chance alone seldom gets there, because most of what it does gets in the way
 * of an election.
 */
export class ShortReigns {
  readonly #cluster: CoreCluster;
  readonly #random: Random;

  constructor(cluster: CoreCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  run(reignCount: number): void {
    for (let done = 0; done < reignCount; done += 1) this.#reign();
  }

  #reign(): void {
    const cluster = this.#cluster;
    for (const { nodeId, raft } of cluster.nodes.values()) {
      if (raft === undefined && this.#isLikely(0.6)) cluster.restart(nodeId);
    }
    const campaigner = this.#oneOf(cluster.ids);
    this.#limitReach(campaigner, 0.8);
    this.#waitOut(campaigner);
    if (this.#isLikely(0.8)) this.#elect(campaigner);
    else this.#happen(60);
    if (cluster.node(campaigner).raft?.role.kind !== 'leader') return;

    this.#limitReach(campaigner, 0.5);
    if (this.#isLikely(0.7)) cluster.propose(campaigner, 1 + this.#random.int(3));
    if (this.#isLikely(0.5)) cluster.readIndex(campaigner);
    this.#happen(this.#random.int(this.#isLikely(0.6) ? 12 : 80));
    // A leader that was deposed and does not know it.
    for (const id of cluster.ids) {
      if (cluster.node(id).raft?.role.kind === 'leader') cluster.readIndex(id);
    }
    if (this.#isLikely(0.2)) cluster.takeSnapshot(this.#oneOf(cluster.ids), this.#random.int(3));
    if (this.#isLikely(0.5)) this.#crash(this.#isLikely(0.7) ? campaigner : undefined);
  }

  /** Everyone has heard nothing for an election timeout, and one node is the first to act. */
  #waitOut(campaigner: NodeId): void {
    const cluster = this.#cluster;
    const spared = this.#oneOf(cluster.ids);
    for (const { nodeId, raft } of cluster.nodes.values()) {
      if (raft === undefined || (nodeId === spared && nodeId !== campaigner)) continue;
      const { electionTimeoutTicks } = raft.tuning;
      const tickCount = nodeId === campaigner ? 2 * electionTimeoutTicks : electionTimeoutTicks;
      for (let tick = 0; tick < tickCount; tick += 1) cluster.input(nodeId, { kind: 'tick' });
    }
  }

  /** Lets all that can arrive arrive, in order, until there is a leader. */
  #elect(campaigner: NodeId): void {
    const cluster = this.#cluster;
    for (let round = 0; round < 8; round += 1) {
      for (const parcel of [...cluster.parcels]) {
        if (!cluster.isReachable(parcel.from, parcel.to)) continue;
        cluster.deliver(cluster.parcels.indexOf(parcel));
        if (cluster.node(campaigner).raft?.role.kind === 'leader') return;
      }
      for (const { nodeId, disk } of cluster.nodes.values()) {
        if (this.#isLikely(0.9)) cluster.completeWrites(nodeId, disk.pendingCount);
      }
    }
  }

  /** Lets messages arrive and writes finish, in any order, some of them not at all. */
  #happen(count: number): void {
    const cluster = this.#cluster;
    for (let done = 0; done < count; done += 1) {
      if (this.#isLikely(0.35)) {
        const id = this.#oneOf(cluster.ids);
        cluster.completeWrites(id, 1 + this.#random.int(2));
        cluster.completeApplies(id);
        continue;
      }
      const { length } = cluster.parcels;
      if (length === 0) continue;
      // Mostly what was sent last, or the rubble of earlier reigns would bury this one.
      const recentCount = Math.min(length, 8);
      const place = this.#isLikely(0.8)
        ? length - 1 - this.#random.int(recentCount)
        : this.#random.int(length);
      const parcel = cluster.parcels[place];
      // What cannot arrive now mostly stays under way, and comes in a later reign.
      const isReachable = parcel !== undefined && cluster.isReachable(parcel.from, parcel.to);
      if (isReachable || this.#isLikely(0.1)) cluster.deliver(place);
    }
    if (cluster.parcels.length > 60) cluster.parcels.splice(0, 30);
  }

  #limitReach(center: NodeId, likelihood: number): void {
    const near = new Set(this.#cluster.ids.filter(() => this.#isLikely(likelihood)));
    near.add(center);
    this.#cluster.isReachable = (from, to) => near.has(from) && near.has(to);
  }

  #crash(victim: NodeId = this.#oneOf(this.#cluster.ids)): void {
    const node = this.#cluster.node(victim);
    if (node.raft === undefined) return;
    this.#cluster.crash(victim, this.#random.int(node.disk.pendingCount + 1));
    if (this.#isLikely(0.7)) this.#cluster.restart(victim);
  }

  #isLikely(likelihood: number): boolean {
    return this.#random.float() < likelihood;
  }

  #oneOf(ids: readonly NodeId[]): NodeId {
    const id = ids[this.#random.int(ids.length)];
    if (id === undefined) throw new Error('a cluster has nodes');
    return id;
  }
}
