import type { NodeEnvironment, NodeProcess, Simulation, TraceLine } from '@quorate/simulation';
import type { Disk } from '@quorate/storage';
import { type NodeId, nodeId } from '@quorate/transport';

import type { RaftEvent } from '../../src/node/events.ts';
import type { RaftNodeOptions } from '../../src/node/options.ts';
import { RaftNode } from '../../src/raft-node.ts';
import { InvariantChecker } from './invariants.ts';
import { RecordingMachine } from './recording-machine.ts';

/** Where a node keeps its files, below its disk. */
export const nodeDirectory = 'raft';

/** What the process of a node that has failed ends with. */
export class NodeFailed extends Error {
  override readonly name = 'NodeFailed';

  constructor(cause: unknown) {
    super('a node failed', { cause });
  }
}

/** A bug, planted from outside through the ports of a node. */
export interface PlantedBug {
  /** Puts something between the node and its disk. */
  wrapDisk?(disk: Disk): Disk;
  /** Runs before the node opens its directory. */
  beforeOpen?(environment: NodeEnvironment, voters: readonly NodeId[]): Promise<void>;
  /** Stands between clients and the node. */
  wrapClient?(running: RunningNode): ClientPort;
}

/** What clients of a node call. */
export type ClientPort = Pick<RaftNode, 'propose' | 'readIndex'>;

/** What the nodes of a cluster are like. */
export interface ClusterOptions {
  readonly nodeCount: number;
  /** How many of the nodes, the first ones, start the cluster; the others join. All by default. */
  readonly voterCount?: number;
  readonly tuning?: Partial<RaftNodeOptions>;
  /** Whether some nodes are preferred to others. By default none is. */
  readonly hasPriorities?: boolean;
  readonly bug?: PlantedBug | undefined;
  /** What runs as which release. By default the source runs as all of them. */
  readonly releases?: ReadonlyMap<number, typeof RaftNode> | undefined;
  /** Told of everything that nodes report. */
  readonly onEvent?: ((event: RaftEvent, running: RunningNode) => void) | undefined;
}

/** One life of one node. */
export interface RunningNode {
  readonly node: RaftNode;
  readonly machine: RecordingMachine;
  readonly incarnation: number;
}

/** A Raft cluster on a simulation, watched at every event. */
export class SimulatedCluster {
  readonly simulation: Simulation;
  readonly checker: InvariantChecker;
  readonly nodeIds: readonly NodeId[];
  /** Who starts the cluster. */
  readonly startVoters: readonly NodeId[];
  readonly #options: ClusterOptions;
  readonly #running = new Map<NodeId, RunningNode>();
  readonly #byName: ReadonlyMap<string, NodeId>;
  /** Why nodes could not start, by node: a damaged directory, say. */
  readonly startErrors: Map<NodeId, unknown> = new Map<NodeId, unknown>();

  constructor(simulation: Simulation, options: ClusterOptions) {
    this.simulation = simulation;
    this.#options = options;
    this.checker = new InvariantChecker();
    this.nodeIds = Array.from({ length: options.nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    this.startVoters = this.nodeIds.slice(0, options.voterCount ?? options.nodeCount);
    this.#byName = new Map(this.nodeIds.map((id) => [id, id]));
    for (const id of this.nodeIds) {
      simulation.addNode(id, (environment) => this.#start(environment));
    }
    simulation.onEvent((line) => this.#check(line));
  }

  /** The nodes whose process runs, paused ones included. */
  get running(): ReadonlyMap<NodeId, RunningNode> {
    return this.#running;
  }

  /** The node that leads the highest term, if any does. */
  get leader(): NodeId | undefined {
    let leader: NodeId | undefined;
    let highest = -1;
    for (const [id, { node }] of this.#running) {
      const { role, term } = node.status();
      if (role === 'leader' && term > highest) [leader, highest] = [id, term];
    }
    return leader;
  }

  async #start(environment: NodeEnvironment): Promise<NodeProcess> {
    const { bug, tuning, releases, hasPriorities } = this.#options;
    const NodeOfRelease = releases?.get(environment.release) ?? RaftNode;
    const { nodeId: id, transport, clock, random, disk } = environment;
    const machine = new RecordingMachine(this.checker);
    await bug?.beforeOpen?.(environment, this.startVoters);
    const node = await NodeOfRelease.open({
      ...tuning,
      priority: hasPriorities === true ? this.nodeIds.indexOf(id) % 3 : 0,
      transport,
      clock,
      random,
      disk: bug?.wrapDisk?.(disk) ?? disk,
      directory: nodeDirectory,
      voters: this.startVoters.includes(id) ? this.startVoters : [],
      stateMachine: machine,
    });
    this.startErrors.delete(id);
    const { incarnation } = environment;
    const running = { node, machine, incarnation };
    this.#running.set(id, running);
    node.observe((event) => {
      this.#options.onEvent?.(event, running);
      if (event.kind !== 'failed') this.simulation.note(wordsOf(event), id);
      if (event.kind !== 'failed') return;
      // What a process does that cannot go on: it ends with an error.
      clock.setTimer(0, () => {
        throw new NodeFailed(event.error);
      });
    });
    return { stop: () => node.close() };
  }

  /** A start that threw. */
  onStartError(id: NodeId, error: unknown): void {
    this.startErrors.set(id, error);
  }

  #check({ kind, node: name, detail }: TraceLine): void {
    const id = this.#byName.get(name);
    if (kind === 'fault') this.#noteWipe(detail);
    // A fault may end lives; a client's timer may reach any node.
    if (kind === 'fault' || id === undefined) this.nodeIds.forEach((each) => this.#checkNode(each));
    else this.#checkNode(id);
  }

  /** Its disk is empty from here on, and it may have been at work until now. */
  #noteWipe(detail: string): void {
    const wiped = /^\{"kind":"wipeDisk","node":"(\w+)"\}$/.exec(detail)?.[1];
    if (wiped !== undefined) this.checker.onWiped(nodeId(wiped));
  }

  #checkNode(id: NodeId): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const { simulation, checker } = this;
    const isOver =
      simulation.stateOf(id) === 'down' || simulation.incarnationOf(id) !== running.incarnation;
    if (!isOver) {
      checker.check(id, running.node);
      return;
    }
    this.#running.delete(id);
    checker.onDown(id);
  }
}

/** What a node says of itself, in the words of a chart. */
function wordsOf(event: RaftEvent): string {
  switch (event.kind) {
    case 'roleChanged':
      return `becomes ${event.role} of term ${event.term}`;
    case 'applied':
      return `applies up to ${event.lastApplied}`;
    case 'snapshotTaken':
    case 'snapshotRestored':
      return `${event.kind} up to ${event.lastIncludedIndex}`;
    default:
      return event.kind;
  }
}
