import { MemoryNetwork } from '../../src/adapters/memory.ts';
import { describeTransport, Markers, type PeerObserver } from '../../src/contract/index.ts';
import type { TransportFixture } from '../../src/contract/index.ts';
import { nodeId } from '../../src/node-id.ts';
import type { Transport } from '../../src/transport.ts';
import { nextTurn } from '../support/next-turn.ts';

class MemoryFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #network = new MemoryNetwork({
    maxPayloadBytes: 65_536,
    maxQueueBytes: this.maxQueueBytes,
    onError: (error) => this.errors.push(error),
  });
  readonly #markers = new Markers(nextTurn);
  readonly #members = new Map<string, Transport>();
  #observe: PeerObserver = () => undefined;

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
    const transport = this.#network.join(nodeId(id));
    transport.observePeers((event) => this.#observe(id, event));
    this.#markers.watch(transport);
    this.#members.set(id, transport);
    return transport;
  }
}

describeTransport('memory', () => new MemoryFixture(), {
  exceptions: {
    C7: 'all nodes share one event loop: when one does not read, none does',
  },
});
