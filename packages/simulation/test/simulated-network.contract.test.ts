import { nodeId, type NodeId, type Transport } from '@quorate/transport';
import {
  describeTransport,
  type PeerObserver,
  type TransportFixture,
} from '@quorate/transport/contract';

import { type NetworkOptions, type SameTimeOrder, Simulation } from '../src/index.ts';

const maxQueueBytes = 1_048_576;

/** Nodes that only open their transport, in virtual time. */
class SimulatedFixture implements TransportFixture {
  readonly maxQueueBytes: number = maxQueueBytes;
  readonly errors: unknown[] = [];
  readonly #simulation: Simulation;
  readonly #transports = new Map<string, Transport>();
  /** Who has seen whom: `observer>peer` to the incarnation seen. */
  readonly #ups = new Map<string, number>();

  constructor(network: NetworkOptions, sameTimeOrder: SameTimeOrder = 'insertion') {
    this.#simulation = new Simulation({
      seed: 1,
      sameTimeOrder,
      network: { maxPayloadBytes: 65_536, maxQueueBytes, highWaterBytes: 65_536, ...network },
      onError: (error) => this.errors.push(error),
    });
  }

  async connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]> {
    for (const id of ids.map(nodeId)) this.#addNode(id, observe);
    await this.#untilAllMet();
    return ids.map((id) => this.#transportOf(id));
  }

  async settle(): Promise<void> {
    await this.#simulation.run(20);
  }

  async restart(localId: string): Promise<Transport> {
    const id = nodeId(localId);
    this.#simulation.crash(id);
    this.#simulation.restart(id);
    await this.#simulation.run(0);
    await this.#untilAllMet();
    return this.#transportOf(localId);
  }

  stall(localId: string): () => void {
    this.#simulation.pause(nodeId(localId));
    return () => this.#simulation.resume(nodeId(localId));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  #addNode(id: NodeId, observe: PeerObserver | undefined): void {
    this.#simulation.addNode(id, ({ transport }) => {
      this.#transports.set(id, transport);
      transport.observePeers((event) => {
        if (event.kind === 'up') this.#ups.set(`${id}>${event.peer}`, event.incarnation);
        observe?.(id, event);
      });
      return {};
    });
  }

  async #untilAllMet(): Promise<void> {
    const { nodeIds } = this.#simulation;
    const hasMet = (from: NodeId, to: NodeId): boolean =>
      from === to || this.#ups.get(`${from}>${to}`) === this.#simulation.incarnationOf(to);
    const haveAllMet = (): boolean =>
      nodeIds.every((from) => nodeIds.every((to) => hasMet(from, to)));
    if (!(await this.#simulation.runUntil(haveAllMet, 10_000))) throw new Error('nodes never met');
  }

  #transportOf(id: string): Transport {
    const transport = this.#transports.get(id);
    if (transport === undefined) throw new RangeError(`expected a node, got '${id}'`);
    return transport;
  }
}

describeTransport('simulated, unordered', () => new SimulatedFixture({}));

describeTransport('simulated, ordered', () => new SimulatedFixture({ ordering: 'session' }));

// Delays of whole milliseconds, so that much happens at the same instant.
describeTransport(
  'simulated, ordered, with chance among events of one instant',
  () => new SimulatedFixture({ ordering: 'session', delay: { kind: 'constant', ms: 1 } }, 'random'),
);

describeTransport(
  'simulated, with a delay that varies and a bandwidth',
  () =>
    new SimulatedFixture({
      delay: { kind: 'exponential', minMs: 0, meanMs: 3 },
      bandwidthBytesPerSecond: 100_000_000,
    }),
);
