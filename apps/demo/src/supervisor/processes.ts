/** The processes of the nodes: started, paused, killed, and what each last said of itself. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import type { FaultSettings } from '../injected-faults.ts';
import type { NodeEvent } from '../observe/node-events.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import { type ChildExit, ChildNode, type ChildNodeOptions } from './child-node.ts';
import type { ChartMark, NodeView } from './cluster-view.ts';
import { ActionError } from './controlled-cluster.ts';
import {
  argumentsOf,
  environmentOf,
  type LaunchOptions,
  type NodePlan,
  type Secrets,
} from './launch.ts';
import { NodeFeed } from './node-feed.ts';
import type { SupervisorEvent } from './supervisor-events.ts';

/** The process of a node. */
export type Child = Pick<
  ChildNode,
  'state' | 'pid' | 'start' | 'kill' | 'stop' | 'pause' | 'resume' | 'expectExit'
>;

/** What nodes are made of. */
export interface NodeMakers {
  readonly child: (options: ChildNodeOptions) => Child;
  /** Follows what a node says, from now on. */
  readonly feed: (
    api: string,
    adminToken: string,
    onEvent: (event: NodeEvent) => void,
  ) => Pick<NodeFeed, 'close'>;
}

const realMakers: NodeMakers = {
  child: (options) => new ChildNode(options),
  feed: (api, adminToken, onEvent) => new NodeFeed(api, adminToken, onEvent),
};

/** One node. */
export interface NodeProcess {
  readonly id: string;
  /** The address of its HTTP API. */
  readonly api: string;
  /** Where other nodes reach it, as host:port. */
  readonly raft: string;
  readonly child: Child;
  readonly feed: Pick<NodeFeed, 'close'>;
  /** What it last said since it was started. */
  status: NodeStatus | undefined;
  statusAtMs: number;
}

/** Where it is said what happens. */
export interface Journal {
  /** For the terminal. */
  tell(event: SupervisorEvent): void;
  /** As a line in the charts. */
  mark(kind: ChartMark['kind'], text: string): void;
}

/** What processes are made of, and whom they concern. */
export interface ProcessesOptions extends LaunchOptions, Secrets {
  readonly plans: readonly NodePlan[];
  /** What is wrong with a node when it starts. */
  readonly faultsOf: (id: string) => FaultSettings;
  readonly journal: Journal;
  /** A node said something; its status is up to date by then. */
  readonly onEvent: (node: NodeProcess, event: NodeEvent) => void;
  /** A node serves; its start waits for this. */
  readonly onServing: (node: NodeProcess) => Promise<unknown>;
}

/** All processes, by the names of the nodes. */
export class Processes {
  readonly #options: ProcessesOptions;
  readonly #makers: NodeMakers;
  readonly #nodes = new Map<string, NodeProcess>();
  #plans: readonly NodePlan[];

  /** @param makers - Real processes, and what they say over HTTP, if left out. */
  constructor(options: ProcessesOptions, makers: NodeMakers = realMakers) {
    this.#options = options;
    this.#makers = makers;
    this.#plans = options.plans;
    for (const plan of options.plans) this.#nodes.set(plan.id, this.#create(plan));
  }

  /** Names, in order. */
  get ids(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  get all(): readonly NodeProcess[] {
    return [...this.#nodes.values()];
  }

  get running(): readonly NodeProcess[] {
    return this.all.filter(({ child }) => child.state === 'running');
  }

  /** The node that leads the newest term and still says so. */
  get leader(): NodeProcess | undefined {
    const termOf = ({ status }: NodeProcess): number => status?.raft.term ?? 0;
    return this.running
      .filter(({ status }) => status?.raft.role === 'leader')
      .toSorted((left, right) => termOf(right) - termOf(left))[0];
  }

  /** The leader, else a node that runs, else the first. */
  get anyId(): string {
    return (this.leader ?? this.running[0] ?? this.all[0])?.id ?? '';
  }

  /** The node of that name. @throws ActionError if there is none. */
  get(id: string): NodeProcess {
    const node = this.#nodes.get(id);
    if (node) return node;
    throw new ActionError(`there is no node ${id}; there are ${this.ids.join(', ')}`);
  }

  /** The node of that name, if there is one. */
  find(id: string): NodeProcess | undefined {
    return this.#nodes.get(id);
  }

  /** Adds a node, which is not started yet. */
  add(plan: NodePlan, ...flags: readonly string[]): NodeProcess {
    this.#plans = [...this.#plans, plan];
    const node = this.#create(plan, ...flags);
    this.#nodes.set(plan.id, node);
    return node;
  }

  /** Ends a node for good, and removes its data. */
  async dismiss({ id, child, feed }: NodeProcess): Promise<void> {
    feed.close();
    await child.stop();
    this.#nodes.delete(id);
    this.#plans = this.#plans.filter((plan) => plan.id !== id);
    rmSync(join(this.#options.dataDirectory, id), { recursive: true, force: true });
  }

  /** Starts a node on the data it left. @throws Error if it ends before it serves. */
  async start(node: NodeProcess): Promise<void> {
    await node.child.start();
    const { journal, onServing } = this.#options;
    journal.tell({ event: 'started', node: node.id, pid: node.child.pid ?? 0 });
    await onServing(node);
  }

  /** SIGKILL. @throws ActionError if the node is not there. */
  async kill(id: string): Promise<void> {
    const { child } = this.get(id);
    const { journal } = this.#options;
    if (child.state === 'stopped') throw new ActionError(`${id} is already stopped`);
    journal.mark('fault', `kill ${id}`);
    journal.tell({ event: 'killed', node: id });
    await child.kill();
  }

  /**
   * Ends a node without warning, and takes its boards from its disk, as if its machine were lost
   * and another one put in its place. The log of the control plane stays: a voter that forgot what
   * it voted for would be no loss of Raft's, but a lie to it.
   *
   * @throws ActionError if the node is not there.
   */
  async loseBoards(id: string): Promise<void> {
    const { journal, dataDirectory } = this.#options;
    await this.get(id).child.kill();
    journal.mark('fault', `lose the boards of ${id}`);
    journal.tell({ event: 'killed', node: id });
    rmSync(join(dataDirectory, id, 'boards'), { recursive: true, force: true });
  }

  /** SIGSTOP. @throws ActionError if the node is not running. */
  pause(id: string): void {
    const { child } = this.get(id);
    const { journal } = this.#options;
    attempt(() => child.pause());
    journal.mark('fault', `pause ${id}`);
    journal.tell({ event: 'paused', node: id });
  }

  /** SIGCONT to one node, or to all that are paused. @throws ActionError if it is not paused. */
  resume(id?: string): void {
    const { journal } = this.#options;
    const paused = this.all.filter(({ child }) => child.state === 'paused');
    for (const node of id === undefined ? paused : [this.get(id)]) {
      attempt(() => node.child.resume());
      journal.mark('repair', `resume ${node.id}`);
      journal.tell({ event: 'resumed', node: node.id });
    }
  }

  /** Starts a node on the data it left; kills it first if it runs. */
  async restart(id: string): Promise<void> {
    const node = this.get(id);
    if (node.child.state === 'starting') throw new ActionError(`${id} is already starting`);
    await node.child.kill();
    this.#options.journal.mark('repair', `restart ${id}`);
    try {
      await this.start(node);
    } catch (error) {
      throw new ActionError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Stops all that run, one after the other. */
  async close(): Promise<void> {
    const present = this.all.filter(({ child }) => child.state !== 'stopped');
    for (const { feed } of this.all) feed.close();
    // A signal to the whole process group has reached the nodes too: they may go before their turn.
    for (const { child } of present) child.expectExit();
    for (const { id, child } of present) {
      await child.stop();
      this.#options.journal.tell({ event: 'stopped', node: id });
    }
  }

  /** Ends all without waiting for anything. */
  abandon(): void {
    for (const { child } of this.all) void child.kill();
  }

  #create(plan: NodePlan, ...flags: readonly string[]): NodeProcess {
    const { host, faultsOf, journal, adminToken } = this.#options;
    const { id } = plan;
    const api = `http://${host}:${plan.httpPort}`;
    const child = this.#makers.child({
      id,
      args: [...argumentsOf(plan, this.#plans, this.#options), ...flags],
      env: () => environmentOf(faultsOf(id), this.#options, this.#options),
      onLine: (text) => {
        journal.tell({ event: 'log', node: id, text });
        journal.mark('log', `${id}: ${text}`);
      },
      onExit: (exit) => this.#onExit(node, exit),
    });
    const feed = this.#makers.feed(api, adminToken, (event) => this.#onEvent(node, event));
    const raft = `${host}:${plan.raftPort}`;
    const node: NodeProcess = { id, api, raft, child, feed, status: undefined, statusAtMs: 0 };
    return node;
  }

  #onExit(node: NodeProcess, { code, signal, isExpected: expected }: ChildExit): void {
    const { journal } = this.#options;
    node.status = undefined;
    if (!expected) journal.mark('fault', `${node.id} ended`);
    journal.tell({ event: 'exited', node: node.id, code, signal, expected });
  }

  #onEvent(node: NodeProcess, event: NodeEvent): void {
    if (event.kind === 'status') {
      node.status = event.status;
      node.statusAtMs = performance.now();
    }
    this.#options.onEvent(node, event);
  }
}

/** What is shown of a node. */
export function viewOf({ id, api, raft, child, status, statusAtMs }: NodeProcess): NodeView {
  return {
    id,
    api,
    raft,
    pid: child.pid ?? null,
    process: child.state,
    status: status ?? null,
    statusAgeMs: status ? performance.now() - statusAtMs : 0,
  };
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new ActionError(error instanceof Error ? error.message : String(error));
  }
}
