import { type DiskOptions, type NetworkOptions, Simulation } from '@quorate/simulation';
import { nodeId, type NodeId } from '@quorate/transport';

import { RaftNode } from '../../src/raft-node.ts';
import type { StateMachine } from '../../src/state-machine.ts';

/** One cluster whose leader loses its power again and again. */
export interface Experiment {
  readonly seed: number;
  readonly nodeCount: number;
  readonly failoverCount: number;
  readonly surroundings: Surroundings;
  /** In the order of the nodes. 0 by default. */
  readonly priorities?: readonly number[];
}

/** What the nodes run on. */
export interface Surroundings {
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  /** The leader is asked to write this often, so that it dies with entries under way. */
  readonly writeEveryMs: number;
}

const tickMs = 50;
const electionTimeoutTicks = 10;
/** T: the shortest time that a follower waits for its leader. */
const electionTimeoutMs = tickMs * electionTimeoutTicks;

/** One data centre: half a millisecond from node to node, disks that sync within a few. */
export const oneDataCentre: Surroundings = {
  network: { delay: { kind: 'exponential', minMs: 0.1, meanMs: 0.4 }, ordering: 'session' },
  disk: { syncLatency: { kind: 'exponential', minMs: 0.2, meanMs: 2 } },
  writeEveryMs: 5,
};

/** A region: three milliseconds from zone to zone, and slower disks. */
export const threeZones: Surroundings = {
  network: { delay: { kind: 'exponential', minMs: 1, meanMs: 2 }, ordering: 'session' },
  disk: { syncLatency: { kind: 'exponential', minMs: 0.5, meanMs: 5 } },
  writeEveryMs: 3,
};

const silent: StateMachine = {
  apply: () => new Uint8Array(0),
  snapshot: () => new Uint8Array(0),
  restore: () => undefined,
};

/**
 * How long the cluster had no leader that commits: from the crash of one to the first commit of the
 * next, in election timeouts, for each crash. Time is virtual, so this is a result and no timing.
 */
export async function failoverTimes(experiment: Experiment): Promise<readonly number[]> {
  const cluster = new FailingCluster(experiment);
  const times: number[] = [];
  await cluster.nextLeader(0);
  for (let done = 0; done < experiment.failoverCount; done += 1) {
    times.push(await cluster.failOver());
  }
  return times;
}

/** Whole nodes, whose leader loses its power when the test says so. */
export class FailingCluster {
  readonly #simulation: Simulation;
  readonly #nodes = new Map<NodeId, RaftNode>();
  readonly #writeEveryMs: number;

  constructor(experiment: Omit<Experiment, 'failoverCount'>) {
    const { seed, nodeCount, surroundings, priorities = [] } = experiment;
    const { network, disk, writeEveryMs } = surroundings;
    this.#writeEveryMs = writeEveryMs;
    this.#simulation = new Simulation({ seed, network, disk, sameTimeOrder: 'random' });
    const voters = Array.from({ length: nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    for (const [place, voter] of voters.entries()) {
      const priority = priorities[place] ?? 0;
      this.#simulation.addNode(voter, async ({ transport, clock, random, disk: files }) => {
        const node = await RaftNode.open({
          ...{ transport, clock, random, disk: files, directory: 'raft', voters },
          ...{ stateMachine: silent, tickMs, electionTimeoutTicks, priority },
        });
        this.#nodes.set(voter, node);
        return { stop: () => node.close() };
      });
    }
  }

  /** Runs until a node leads a term above `term`, and has committed in it. */
  async nextLeader(term: number): Promise<number> {
    let began: { readonly term: number; readonly commitIndex: number } | undefined;
    const isServing = (): boolean => {
      const { leader } = this;
      const status = leader === undefined ? undefined : this.#nodes.get(leader)?.status();
      if (status === undefined || status.term <= term) return false;
      if (began?.term !== status.term) began = status;
      // A leader's commit index rises by an entry of its own term or not at all.
      return status.commitIndex > began.commitIndex;
    };
    const atMs = this.#simulation.nowMs;
    if (!(await this.#simulation.runUntil(isServing, 60_000))) throw new Error('nobody leads');
    return this.#simulation.nowMs - atMs;
  }

  /**
   * Takes the leader's power at some moment, among as many writes as are asked for.
   *
   * @returns How long until the next one serves, in election timeouts.
   */
  async failOver({ writeCount = 10 }: { readonly writeCount?: number } = {}): Promise<number> {
    const simulation = this.#simulation;
    await simulation.run(1_000 + simulation.random.float() * 500);
    const { leader } = this;
    const node = leader === undefined ? undefined : this.#nodes.get(leader);
    if (leader === undefined || node === undefined) throw new Error('a leader is lost for nothing');
    // It dies with entries under way, at any moment between two writes.
    for (let left = writeCount; left > 0; left -= 1) {
      void node.propose(Uint8Array.of(1));
      const share = left === 1 ? simulation.random.float() : 1;
      await simulation.run(this.#writeEveryMs * share);
    }
    const { term } = node.status();
    this.stop(leader);
    const tookMs = await this.nextLeader(term);
    simulation.restart(leader);
    return tookMs / electionTimeoutMs;
  }

  /** Takes the power of a node, until it is started. */
  stop(id: NodeId): void {
    this.#nodes.delete(id);
    this.#simulation.crash(id);
  }

  /** Who leads the highest term of all that run. */
  get leader(): NodeId | undefined {
    let leader: NodeId | undefined;
    let highest = -1;
    for (const [id, node] of this.#nodes) {
      const { role, term } = node.status();
      if (role === 'leader' && term > highest) [leader, highest] = [id, term];
    }
    return leader;
  }
}

/** The value below which the share `quantile` of `values` lies. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? NaN;
}
