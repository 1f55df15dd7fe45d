import { type NodeEnvironment, type NodeProcess, Simulation } from '@quorate/simulation';
import type { SimulationOptions } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import { type GroupOptions, MultiRaft } from '../../src/multi/multi-raft.ts';
import type { ProposalOutcome } from '../../src/node/outcomes.ts';
import type { RaftNode } from '../../src/raft-node.ts';
import { InvariantChecker } from './invariants.ts';
import { commandOf, RecordingMachine } from './recording-machine.ts';

/** What the hosts of a cluster are like. */
export interface MultiClusterOptions {
  readonly groupIds: readonly string[];
  readonly tuning?: Partial<GroupOptions>;
  readonly simulation?: Partial<SimulationOptions>;
  /** Groups that are made to forget. */
  readonly unwatched?: readonly string[];
  readonly onUnknownGroup?: (groupId: string) => GroupOptions | undefined;
}

/** One life of one host. */
interface RunningHost {
  readonly host: MultiRaft;
  readonly incarnation: number;
  readonly machines: ReadonlyMap<string, RecordingMachine>;
}

/** Three hosts with the same groups on a simulation; the invariants of each group are watched. */
export class MultiCluster {
  readonly simulation: Simulation;
  readonly nodeIds: readonly NodeId[] = ['n1', 'n2', 'n3'].map((name) => nodeId(name));
  readonly startErrors: unknown[] = [];
  readonly running: Map<NodeId, RunningHost> = new Map<NodeId, RunningHost>();
  readonly #watched = new Map<string, RaftNode | undefined>();
  readonly #options: MultiClusterOptions;
  readonly #checkers: ReadonlyMap<string, InvariantChecker>;
  readonly #acknowledged = new Map<string, number[]>();
  #commandId = 0;

  constructor(options: MultiClusterOptions) {
    this.#options = options;
    const onError = (error: unknown): void => {
      this.startErrors.push(error);
    };
    this.simulation = new Simulation({ seed: 1, onError, ...options.simulation });
    this.#checkers = new Map(options.groupIds.map((groupId) => [groupId, new InvariantChecker()]));
    for (const id of this.nodeIds) {
      this.simulation.addNode(id, (environment) => this.#start(environment));
    }
    this.simulation.onEvent(() => {
      this.#check();
    });
  }

  /** The node of a group on one of the hosts. */
  node(name: string, groupId: string): RaftNode | undefined {
    return this.running.get(nodeId(name))?.host.group(groupId);
  }

  /** Who leads the highest term of the group. */
  leaderOf(groupId: string): RaftNode | undefined {
    let leader: RaftNode | undefined;
    for (const { host } of this.running.values()) {
      const node = host.group(groupId);
      const isNewer = (node?.status().term ?? 0) > (leader?.status().term ?? 0);
      if (node?.status().role === 'leader' && isNewer) leader = node;
    }
    return leader;
  }

  /** Offers a command that is like no other to whoever leads the group. */
  write(groupId: string): Promise<ProposalOutcome> | undefined {
    this.#commandId += 1;
    const id = this.#commandId;
    const command = commandOf({ kind: 'write', id, key: id % 4 }, 40);
    return this.leaderOf(groupId)
      ?.propose(command, { timeoutMs: 10_000 })
      .then((outcome) => {
        const known = this.#acknowledged.get(groupId) ?? [];
        if (outcome.kind === 'committed') this.#acknowledged.set(groupId, [...known, id]);
        return outcome;
      });
  }

  /** Lets time pass until `isSo`; answers whether it came about. */
  until(isSo: () => boolean, withinMs = 60_000): Promise<boolean> {
    return this.simulation.runUntil(isSo, withinMs);
  }

  /** What `pending` comes to, while time passes. */
  async opened<Value>(pending: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    pending.then(note, note);
    await this.until(() => isSettled);
    return pending;
  }

  /** Ends the processes that cannot go on because their disk failed, and begins all that ended. */
  revive(): void {
    for (const [id, { host }] of this.running) {
      const conditions = this.#options.groupIds.map((one) => host.group(one)?.status().condition);
      const isUp = this.simulation.stateOf(id) === 'running';
      if (isUp && conditions.includes('failed')) this.simulation.crash(id, 'process');
    }
    for (const id of this.nodeIds) {
      if (this.simulation.stateOf(id) === 'down') this.simulation.restart(id);
    }
  }

  /** Whether all hosts run, and every group has a leader and is the same on all of them. */
  get isSettled(): boolean {
    if (this.running.size < this.nodeIds.length) return false;
    return this.#options.groupIds.every((groupId) => {
      const leader = this.leaderOf(groupId)?.status();
      if (leader === undefined || leader.commitIndex !== leader.lastLogIndex) return false;
      return [...this.running.values()].every(
        ({ host }) => host.group(groupId)?.status().lastApplied === leader.lastLogIndex,
      );
    });
  }

  /** What was acknowledged in some group and is not in the state of one of its nodes. */
  get lost(): readonly string[] {
    return [...this.#acknowledged].flatMap(([groupId, ids]) =>
      [...this.running].flatMap(([id, { machines }]) => {
        const known = machines.get(groupId)?.commandIds;
        return ids
          .filter((one) => known?.has(one) !== true)
          .map((one) => `${id} ${groupId} ${one}`);
      }),
    );
  }

  async #start(environment: NodeEnvironment): Promise<NodeProcess> {
    const { groupIds, tuning, onUnknownGroup } = this.#options;
    const { nodeId: id, transport, clock, random, disk, incarnation } = environment;
    const host = await MultiRaft.open({
      transport,
      clock,
      random,
      disk,
      directory: 'multi',
      segmentBytes: 16_384,
      ...(onUnknownGroup !== undefined && { onUnknownGroup }),
    });
    const machines = new Map<string, RecordingMachine>();
    // A group is at work before the next one is open, and is watched from then on.
    this.running.set(id, { host, incarnation, machines });
    for (const groupId of groupIds) {
      const machine = new RecordingMachine(this.#checkers.get(groupId) ?? new InvariantChecker());
      machines.set(groupId, machine);
      const options = { groupId, voters: this.nodeIds, stateMachine: machine, ...tuning };
      await host.openGroup(options);
    }
    return { stop: () => host.close() };
  }

  #check(): void {
    for (const [id, { host, incarnation }] of this.running) {
      const { simulation } = this;
      const isOver =
        simulation.stateOf(id) === 'down' || simulation.incarnationOf(id) !== incarnation;
      for (const [groupId, checker] of this.#checkers) {
        if (this.#options.unwatched?.includes(groupId) === true) continue;
        const node = isOver ? undefined : host.group(groupId);
        const key = `${id} ${groupId}`;
        if (this.#watched.get(key) !== node) checker.onDown(id);
        this.#watched.set(key, node);
        if (node !== undefined) checker.check(id, node);
      }
      if (isOver) this.running.delete(id);
    }
  }
}
