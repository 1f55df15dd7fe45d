import type { NodeId, Random } from '@quorate/transport';

import type { ProposalOutcome } from '../../src/node/outcomes.ts';
import { BrokenInvariant } from './invariants.ts';
import { commandOf } from './recording-machine.ts';
import type { RunningNode, SimulatedCluster } from './sim-cluster.ts';

/** What the clients of a run do. */
export interface WorkloadOptions {
  /** Mean time between two operations of all clients together. */
  readonly meanGapMs: number;
  /** Share of reads, 0..1. */
  readonly readRate: number;
  readonly commandBytesMax: number;
  /** Share of operations sent to any node instead of the one that is thought to lead. */
  readonly straySendRate: number;
}

/** What came back, by kind of outcome. */
export type OutcomeCounts = Record<ProposalOutcome['kind'] | 'ready' | 'refused', number>;

/**
 * Clients of a cluster: they write commands with ids of their own and read, at random times, and
 * remember every answer. What was acknowledged must stand, what was refused must never appear, and
 * a read must show all that was acknowledged before it began.
 */
export class Workload {
  readonly #cluster: SimulatedCluster;
  readonly #options: WorkloadOptions;
  readonly #random: Random;
  readonly #acknowledged = new Map<number, number>();
  readonly #refused = new Set<number>();
  readonly counts: OutcomeCounts = { committed: 0, rejected: 0, unknown: 0, ready: 0, refused: 0 };
  #highestAcknowledged = 0;
  #nextCommandId = 1;
  #leaderHint: NodeId | undefined = undefined;
  #isStopped = false;
  #violation: BrokenInvariant | undefined = undefined;

  constructor(cluster: SimulatedCluster, options: WorkloadOptions, random: Random) {
    this.#cluster = cluster;
    this.#options = options;
    this.#random = random;
  }

  /** Acknowledged writes. */
  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** Starts operations until `stop`. */
  start(): void {
    const gapMs = 2 * this.#options.meanGapMs * this.#random.float();
    this.#cluster.simulation.clock.setTimer(gapMs, () => {
      if (this.#isStopped) return;
      this.#operate();
      this.start();
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Throws what was found broken so far. */
  expectHolds(): void {
    if (this.#violation !== undefined) throw this.#violation;
    const { checker } = this.#cluster;
    for (const commandId of this.#refused) {
      const logIndex = checker.appliedAt(commandId);
      if (logIndex === undefined) continue;
      throw new BrokenInvariant(
        'refused',
        `command ${commandId} was refused, stands at ${logIndex}`,
      );
    }
  }

  /** Throws unless `running` holds every acknowledged write. */
  expectComplete(id: NodeId, { machine }: RunningNode): void {
    for (const [commandId, logIndex] of this.#acknowledged) {
      if (machine.commandIds.has(commandId)) continue;
      const detail = `${id} lacks command ${commandId}, acknowledged at ${logIndex}`;
      throw new BrokenInvariant('acknowledged', detail);
    }
  }

  /** Proposes one command to `running`. */
  async write({ node }: RunningNode, timeoutMs: number): Promise<ProposalOutcome> {
    const commandId = this.#nextCommandId++;
    const command = commandOf(commandId, this.#random.int(this.#options.commandBytesMax + 1));
    const outcome = await node.propose(command, { timeoutMs });
    this.counts[outcome.kind] += 1;
    if (outcome.kind === 'committed') this.#onCommitted(commandId, outcome.logIndex);
    if (outcome.kind === 'rejected') {
      this.#refused.add(commandId);
      this.#leaderHint = outcome.leaderId;
    }
    return outcome;
  }

  #operate(): void {
    const target = this.#chooseNode();
    if (target === undefined) return;
    const timeoutMs = 200 + this.#random.int(3_000);
    if (this.#random.float() < this.#options.readRate) void this.#read(target, timeoutMs);
    else void this.write(target, timeoutMs);
  }

  /** A node whose process is at work: who stands still takes no calls. */
  #chooseNode(): RunningNode | undefined {
    const { running, simulation, nodeIds } = this.#cluster;
    const isStray = this.#random.float() < this.#options.straySendRate;
    const strayId = nodeIds[this.#random.int(nodeIds.length)];
    const id = isStray || this.#leaderHint === undefined ? strayId : this.#leaderHint;
    if (id === undefined || simulation.stateOf(id) !== 'running') {
      this.#leaderHint = undefined;
      return undefined;
    }
    return running.get(id);
  }

  async #read({ node, machine }: RunningNode, timeoutMs: number): Promise<void> {
    const writtenBefore = this.#highestAcknowledged;
    const outcome = await node.readIndex({ timeoutMs });
    this.counts[outcome.kind] += 1;
    if (outcome.kind !== 'ready') {
      this.#leaderHint = outcome.leaderId;
      return;
    }
    if (machine.logIndex >= writtenBefore) return;
    const detail = `a read saw ${machine.logIndex}, ${writtenBefore} was acknowledged before it`;
    this.#violation ??= new BrokenInvariant('linearizable read', detail);
  }

  #onCommitted(commandId: number, logIndex: number): void {
    this.#acknowledged.set(commandId, logIndex);
    this.#highestAcknowledged = Math.max(this.#highestAcknowledged, logIndex);
    const applied = this.#cluster.checker.appliedAt(commandId);
    if (applied === logIndex) return;
    const detail = `command ${commandId}: acknowledged at ${logIndex}, applied at ${applied}`;
    this.#violation ??= new BrokenInvariant('acknowledged', detail);
  }
}
