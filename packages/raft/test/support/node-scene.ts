import { Simulation, type SimulationOptions } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { ProposalOutcome } from '../../src/node/outcomes.ts';
import { commandOf } from './recording-machine.ts';
import { type ClusterOptions, type RunningNode, SimulatedCluster } from './sim-cluster.ts';

/** Whole nodes on simulated disks and networks, and a play that a test directs. */
export class NodeScene {
  readonly simulation: Simulation;
  readonly cluster: SimulatedCluster;
  #commandCount = 0;

  constructor(options: ClusterOptions, simulation: Partial<SimulationOptions> = {}) {
    this.simulation = new Simulation({ seed: 11, ...simulation });
    this.cluster = new SimulatedCluster(this.simulation, options);
  }

  /** The life that the node of this name leads now. */
  node(name: string): RunningNode {
    const running = this.#lifeOf(name);
    if (running === undefined) throw new RangeError(`name: expected a running node, got ${name}`);
    return running;
  }

  #lifeOf(name: string): RunningNode | undefined {
    const running = this.cluster.running.get(nodeId(name));
    const isOver =
      this.simulation.stateOf(nodeId(name)) === 'down' ||
      this.simulation.incarnationOf(nodeId(name)) !== running?.incarnation;
    return isOver ? undefined : running;
  }

  /** Runs until there is a leader that has applied an entry of its term; it is returned. */
  async elect(): Promise<NodeId> {
    let elected: NodeId | undefined;
    await this.until(() => {
      const { leader } = this.cluster;
      const node = leader === undefined ? undefined : this.#lifeOf(leader)?.node;
      const status = node?.status();
      const isSettled = status !== undefined && node?.termAt(status.lastApplied) === status.term;
      elected = isSettled ? leader : undefined;
      return isSettled;
    });
    if (elected === undefined) throw new Error('it was elected just now');
    return elected;
  }

  /** Proposes a command that is like no other. */
  write(leader: NodeId): Promise<ProposalOutcome> {
    this.#commandCount += 1;
    const command = commandOf({ kind: 'write', id: this.#commandCount, key: 1 }, 0);
    return this.node(leader).node.propose(command, { timeoutMs: 60_000 });
  }

  /** Ends a life without warning, and begins the next, on what is left on the disk. */
  async revive(name: string): Promise<void> {
    this.simulation.inject({ kind: 'crash', node: name });
    this.simulation.inject({ kind: 'restart', node: name });
    await this.until(() => this.#lifeOf(name) !== undefined);
  }

  /** Takes the power from all nodes at once, and begins their next lives on what is left. */
  async reviveAll(): Promise<void> {
    const { running, nodeIds } = this.cluster;
    const before = new Map(nodeIds.map((id) => [id, running.get(id)?.incarnation ?? 0]));
    for (const node of nodeIds) this.simulation.inject({ kind: 'crash', node });
    for (const node of nodeIds) this.simulation.inject({ kind: 'restart', node });
    await this.until(() =>
      nodeIds.every((id) => (running.get(id)?.incarnation ?? 0) > (before.get(id) ?? 0)),
    );
  }

  /** Lets time pass until `pending` has settled. */
  async settled<Value>(pending: Promise<Value>): Promise<Value> {
    const values: Value[] = [];
    void pending.then((value) => values.push(value));
    await this.until(() => values.length > 0);
    const [value] = values;
    if (value === undefined) throw new Error('it settled with nothing');
    return value;
  }

  /** Lets time pass until `isSo`, two minutes at most. */
  async until(isSo: () => boolean): Promise<void> {
    if (await this.simulation.runUntil(isSo, 120_000)) return;
    throw new Error('it did not come about');
  }
}
