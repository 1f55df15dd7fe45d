import { type DiskOptions, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { ReadMode } from '../../src/config/read-mode.ts';
import { createNode } from '../../src/node/create-node.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import type { DemoNode, NodeOptions } from '../../src/node/node-options.ts';

/** What a response said, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` if it is none. */
  readonly document: unknown;
}

/** Options of the nodes that a test may want to change. */
type Tuning = Pick<
  NodeOptions,
  'adminToken' | 'allowsFaults' | 'raft' | 'replicaCount' | 'requestTimeoutMs'
>;

/** The nodes of the demo in virtual time, and their HTTP APIs without a socket. */
export class SimulatedCluster {
  readonly simulation: Simulation;
  /** All nodes that were ever started, in the order of their first start. */
  readonly ids: NodeId[];
  readonly #nodes = new Map<NodeId, DemoNode>();
  readonly #tuning: Tuning;
  readonly #telemetryOf: ((id: NodeId) => Telemetry) | undefined;
  /** What the nodes wanted an operator to read. */
  readonly notices: string[] = [];

  constructor(
    options: {
      readonly seed?: number;
      readonly nodeCount?: number;
      readonly disk?: DiskOptions;
      readonly tuning?: Tuning;
      /** Told what requests do, by node. */
      readonly telemetryOf?: (id: NodeId) => Telemetry;
    } = {},
  ) {
    const { seed = 1, nodeCount = 3, disk = {}, tuning = {} } = options;
    this.#tuning = tuning;
    this.#telemetryOf = options.telemetryOf;
    // The platform's Request and AbortSignal hold weak references, which simulated code may not.
    this.simulation = new Simulation({ seed, disk, ambient: 'allow' });
    this.ids = Array.from({ length: nodeCount }, (_, index) => nodeId(`n${index + 1}`));
    const founders = [...this.ids];
    for (const id of founders) this.#start(id, { voters: founders });
  }

  /** Starts a node that waits to be let in. */
  join(id: NodeId): void {
    this.#start(id, { voters: [...this.ids], isJoining: true });
    this.ids.push(id);
  }

  #start(id: NodeId, founding: Pick<NodeOptions, 'voters' | 'isJoining'>): void {
    this.simulation.addNode(id, async ({ transport, clock, random, disk }) => {
      this.#nodes.delete(id);
      const telemetry = this.#telemetryOf?.(id);
      const node = await createNode({
        ...this.#tuning,
        ...(telemetry !== undefined && { telemetry }),
        ...{ transport, clock, random, disk, ...founding },
        onNotice: (text) => this.notices.push(`${id}: ${text}`),
      });
      this.#nodes.set(id, node);
      return { stop: () => node.close() };
    });
  }

  /** The node as it runs now. */
  node(id: NodeId): DemoNode {
    const node = this.#nodes.get(id);
    if (!node) throw new Error(`${id} does not run`);
    return node;
  }

  /** The node that leads the newest term among those that run. */
  get leaderId(): NodeId | undefined {
    const leaders = this.ids
      .filter((id) => this.simulation.stateOf(id) === 'running')
      .map((id) => this.node(id).status())
      .filter(({ raft }) => raft.role === 'leader')
      .toSorted((left, right) => right.raft.term - left.raft.term);
    const id = leaders[0]?.id;
    return this.ids.find((known) => known === id);
  }

  /** Lets time pass until a node leads, and everyone that runs knows it. */
  async elect(): Promise<NodeId> {
    const isSettled = (): boolean => {
      const { leaderId } = this;
      return (
        leaderId !== undefined &&
        this.ids
          .filter((id) => this.simulation.stateOf(id) === 'running')
          .every((id) => this.node(id).status().raft.leaderId === leaderId)
      );
    };
    if (!(await this.simulation.runUntil(isSettled, 30_000))) throw new Error('no leader');
    return this.leaderId ?? nodeId('none');
  }

  /** A node that does not lead. */
  async follower(): Promise<NodeId> {
    const leaderId = await this.elect();
    return this.ids.find((id) => id !== leaderId) ?? leaderId;
  }

  /** Sends a request to a node and lets time pass until it answers. */
  async request(id: NodeId, path: string, init: RequestInit = {}): Promise<Answer> {
    let answer: Answer | undefined;
    let failure: unknown;
    const { app } = this.node(id);
    void (async () => {
      const response = await app.request(`http://${id}${path}`, init);
      const text = await response.text();
      answer = { status: response.status, headers: response.headers, text, document: json(text) };
    })().catch((error: unknown) => {
      failure = error;
    });
    await this.simulation.runUntil(() => answer !== undefined || failure !== undefined, 30_000);
    if (!answer) throw new Error(`${path}: no answer in 30 s`, { cause: failure });
    return answer;
  }

  /** Writes a key through a node. */
  put(id: NodeId, key: string, value: string, headers: HeadersInit = {}): Promise<Answer> {
    const body = JSON.stringify({ value });
    const all = new Headers({ 'content-type': 'application/json' });
    new Headers(headers).forEach((text, name) => all.set(name, text));
    return this.request(id, `/v1/config/${key}`, { method: 'PUT', body, headers: all });
  }

  /** Reads a key through a node. */
  get(id: NodeId, key: string, read: ReadMode = 'index'): Promise<Answer> {
    return this.request(id, `/v1/config/${key}?read=${read}`);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
