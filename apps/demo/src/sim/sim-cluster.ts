/**
 * The whole cluster in one thread and in virtual time: the same nodes, in the simulator. A run is
 * its seed and what was done to it, so it can be linked to, wound back and forked: the same inputs
 * make the same run, in Node and in a browser.
 */
import { type Fault, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import { soundMachine } from '../machine-faults.ts';
import { createNode } from '../node/create-node.ts';
import type { DemoNode } from '../node/node-options.ts';
import type { FaultSettings } from '../injected-faults.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import { type LinkFault, rulesOf } from '../supervisor/link-faults.ts';
import { RequestAtHand, textOf } from './at-hand.ts';
import { CountingTransport } from './counting-transport.ts';
import { WatchClock } from './watch-clock.ts';

/** What a client sends to a node. */
export interface SimRequest {
  readonly node: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface SimAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Something that is done to a run. */
export type SimAction =
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'request'; readonly request: SimRequest }
  /** All that is wrong with single links from now on. */
  | { readonly kind: 'links'; readonly links: readonly LinkFault[] }
  /** A node that is not there is started, on an empty disk, and waits to be let in. */
  | { readonly kind: 'start'; readonly node: string }
  /** A node that has left ends. */
  | { readonly kind: 'dismiss'; readonly node: string };

/** And when, in ms since the start. */
export type SimInput = SimAction & { readonly atMs: number };

/** What makes a run. */
export interface SimClusterOptions {
  /** A safe integer. */
  readonly seed: number;
  /** 1..9. */
  readonly nodeCount: number;
  /** As nodes have it, if left out. */
  readonly loadFactor?: number | undefined;
  /** What was done to it before, in the order of time. */
  readonly inputs?: readonly SimInput[];
  /** Gets every node as it starts, and again when it starts anew. */
  readonly onNode?: (id: NodeId, node: DemoNode) => void;
  /** Gets what a node would write for its operator. */
  readonly onNotice?: (id: NodeId, text: string) => void;
}

const NODES_MAX = 9;
/** Nobody outside can ask simulated nodes for anything. */
const ADMIN_TOKEN = 'simulated';
/** What the page proves to simulated nodes that it may ask as an admin. */
export const simulatedAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` } as const;
const never = (): boolean => false;

/** One run. */
export class SimCluster {
  readonly options: SimClusterOptions;
  readonly #founders: readonly NodeId[];
  /** Those that wait to be let in whenever they start on an empty disk. */
  readonly #joiners = new Set<NodeId>();
  #ids: readonly NodeId[];
  readonly simulation: Simulation;
  readonly #nodes = new Map<NodeId, DemoNode>();
  readonly #watchClock: WatchClock = new WatchClock(() => this.nowMs);
  #sentCount = 0;
  readonly #inputs: SimInput[];
  /** How many of them have happened. */
  #inputCount = 0;
  #links: readonly LinkFault[] = [];

  /** @throws RangeError if an option is out of its range. */
  constructor(options: SimClusterOptions) {
    const { seed, nodeCount, inputs = [] } = options;
    if (!(Number.isInteger(nodeCount) && nodeCount >= 1 && nodeCount <= NODES_MAX)) {
      throw new RangeError(`nodeCount: expected 1..${NODES_MAX}, got ${nodeCount}`);
    }
    this.options = options;
    this.#founders = Array.from({ length: nodeCount }, (_, index) => nodeId(`n${index + 1}`));
    this.#ids = this.#founders;
    this.#inputs = [...inputs];
    // Requests and responses of the platform hold weak references, which simulated code may not.
    this.simulation = new Simulation({
      ...{ seed, ambient: 'allow', trace: { keepLines: 0 } },
      network: { delay: { kind: 'lognormal', minMs: 0.5, medianMs: 2, sigma: 0.5 } },
    });
    for (const id of this.#founders) this.#addNode(id);
  }

  /** The nodes that are there, but for those that have left. */
  get ids(): readonly NodeId[] {
    return this.#ids;
  }

  /** Virtual time since the start, in ms. */
  get nowMs(): number {
    return this.simulation.nowMs;
  }

  /** What was done so far, and is still to be done. */
  get inputs(): readonly SimInput[] {
    return this.#inputs;
  }

  /** What is wrong with single links. */
  get links(): readonly LinkFault[] {
    return this.#links;
  }

  /** Messages between nodes so far. */
  get sentCount(): number {
    return this.#sentCount;
  }

  /** What a node says of itself, while it runs or stands still. */
  statusOf(id: NodeId): NodeStatus | undefined {
    const state = this.simulation.stateOf(id);
    return state === 'running' || state === 'paused' ? this.#nodes.get(id)?.status() : undefined;
  }

  /** A node, while it runs. */
  node(id: NodeId): DemoNode | undefined {
    return this.simulation.stateOf(id) === 'running' ? this.#nodes.get(id) : undefined;
  }

  /** Equal for runs in which the same happened. */
  hash(): string {
    return this.simulation.trace.hash();
  }

  /**
   * Lets time pass, and what is to happen happen.
   *
   * @param isDone - Asked between events: where it holds, only the rest of that instant happens.
   */
  async runTo(atMs: number, isDone: () => boolean = never): Promise<void> {
    while (this.nowMs < atMs && !isDone()) {
      const next = this.#inputs[this.#inputCount];
      const untilMs = Math.min(atMs, next?.atMs ?? atMs);
      const leftMs = untilMs - this.nowMs;
      if (leftMs > 0 && (await this.simulation.runUntil(isDone, leftMs))) {
        // Nothing may be done in the middle of an instant: a link could not say so.
        await this.simulation.run(0);
      }
      if (next === undefined || next.atMs > this.nowMs) continue;
      this.#inputCount += 1;
      void this.#carryOut(next);
    }
  }

  /** Wakes those who watch, outside of the run. */
  wakeWatchers(): void {
    this.#watchClock.fire();
  }

  /** Does something now. What was still to be done from here on is forgotten: the run forks. */
  act(action: SimAction): Promise<SimAnswer | undefined> {
    this.#inputs.length = this.#inputCount;
    const input = { ...action, atMs: this.nowMs };
    this.#inputs.push(input);
    this.#inputCount += 1;
    return this.#carryOut(input);
  }

  /** The run as it was at `atMs`, made anew. */
  async at(atMs: number): Promise<SimCluster> {
    const past = new SimCluster({ ...this.options, inputs: this.#inputs });
    await past.runTo(atMs);
    return past;
  }

  #carryOut(input: SimInput): Promise<SimAnswer | undefined> {
    if (input.kind === 'fault') {
      this.simulation.inject(input.fault);
      return Promise.resolve(undefined);
    }
    if (input.kind === 'links') {
      this.#links = input.links;
      for (const id of this.ids) void this.#askInTime(this.#requestOfFaults(id));
      return Promise.resolve(undefined);
    }
    if (input.kind !== 'request') {
      this.#comeOrGo(input.kind, nodeId(input.node));
      return Promise.resolve(undefined);
    }
    return this.#askInTime(input.request);
  }

  /** What a node has to do for the links to be as they are; it is told so when it starts, too. */
  #faultsOf(id: NodeId): FaultSettings {
    return { groups: [], rules: rulesOf(this.#links, id), machine: soundMachine };
  }

  #requestOfFaults(id: NodeId): SimRequest {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(this.#faultsOf(id));
    return { node: id, method: 'POST', path: '/admin/faults', headers, body };
  }

  #askInTime(request: SimRequest): Promise<SimAnswer | undefined> {
    return new Promise((resolve) => {
      this.simulation.clock.setTimer(0, () => void this.#ask(request).then(resolve));
    });
  }

  #addNode(id: NodeId): void {
    this.simulation.addNode(id, async ({ transport: carrier, clock, random, disk }) => {
      this.#nodes.delete(id);
      const transport = new CountingTransport(carrier, () => {
        this.#sentCount += 1;
      });
      const watchClock = this.#watchClock;
      const founding = { voters: this.#founders, isJoining: this.#joiners.has(id) };
      const surroundings = { transport, clock, random, disk, watchClock };
      const faults = this.#faultsOf(id);
      const { loadFactor } = this.options;
      const node = await createNode({
        ...{ ...surroundings, ...founding, loadFactor },
        ...{ adminToken: ADMIN_TOKEN, allowsFaults: true, faults },
        onNotice: (text) => this.options.onNotice?.(id, text),
      });
      this.#nodes.set(id, node);
      this.options.onNode?.(id, node);
      return { stop: () => node.close() };
    });
  }

  #comeOrGo(kind: 'start' | 'dismiss', id: NodeId): void {
    const isThere = this.#ids.includes(id);
    if (isThere === (kind === 'start')) return;
    const isKnown = this.simulation.nodeIds.includes(id);
    this.#joiners.add(id);
    this.#ids = isThere ? this.#ids.filter((other) => other !== id) : [...this.#ids, id];
    if (kind === 'dismiss') this.simulation.stop(id);
    else if (isKnown) {
      this.simulation.inject({ kind: 'wipeDisk', node: id });
      this.simulation.restart(id);
    } else this.#addNode(id);
  }

  /** The answer; undefined if the node is down, or goes down meanwhile. */
  async #ask({
    node,
    method,
    path,
    headers = {},
    body,
  }: SimRequest): Promise<SimAnswer | undefined> {
    const app = this.node(nodeId(node))?.app;
    if (app === undefined) return undefined;
    const proof = path.startsWith('/admin/') ? simulatedAdmin : {};
    const init = { method, headers: { ...headers, ...proof }, body };
    const response = await app.request(new RequestAtHand(`http://${node}${path}`, init));
    const { status } = response;
    return { status, headers: Object.fromEntries(response.headers), body: await textOf(response) };
  }
}
