import { nodeId, type Transport } from '@quorate/transport';
import { Markers, type PeerObserver, type TransportFixture } from '@quorate/transport/contract';
import { MemoryNetwork } from '@quorate/transport/memory';

/** Nodes of one process, each with something around its carrier, for the contract suite. */
export class DecoratedFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #network = new MemoryNetwork({
    maxPayloadBytes: 65_536,
    maxQueueBytes: this.maxQueueBytes,
    onError: (error) => this.errors.push(error),
  });
  readonly #markers = new Markers(() => new Promise((resolve) => setImmediate(resolve)));
  readonly #members = new Map<string, Transport>();
  #observe: PeerObserver = () => undefined;
  readonly #decorate: (inner: Transport) => Transport;

  /** @param decorate - Puts around a carrier what is under test. */
  constructor(decorate: (inner: Transport) => Transport) {
    this.#decorate = decorate;
  }

  async connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]> {
    this.#observe = observe ?? this.#observe;
    const transports = ids.map((id) => this.#join(id));
    await this.settle();
    return transports;
  }

  settle(): Promise<void> {
    return this.#markers.settle([...this.#members.values()]);
  }

  async restart(localId: string): Promise<Transport> {
    const transport = this.#join(localId);
    await this.settle();
    return transport;
  }

  async dispose(): Promise<void> {
    for (const transport of this.#members.values()) await transport.close();
  }

  #join(id: string): Transport {
    const transport = this.#decorate(this.#network.join(nodeId(id)));
    transport.observePeers((event) => this.#observe(id, event));
    this.#markers.watch(transport);
    this.#members.set(id, transport);
    return transport;
  }
}
