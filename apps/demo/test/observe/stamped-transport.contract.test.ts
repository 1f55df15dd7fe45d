import { nodeId, type Transport } from '@quorate/transport';
import {
  describeTransport,
  Markers,
  type PeerObserver,
  type TransportFixture,
} from '@quorate/transport/contract';
import { MemoryNetwork } from '@quorate/transport/memory';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { StampedTransport } from '../../src/observe/stamped-transport.ts';

/** Nodes of one process whose messages are stamped, while somebody follows the trace. */
class StampedFixture implements TransportFixture {
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
    const transport = new StampedTransport(this.#network.join(nodeId(id)), {
      clock: systemClock,
      random: systemRandom,
      describe: (protocol) => protocol,
      isTraced: () => true,
      trace: () => undefined,
    });
    transport.observePeers((event) => this.#observe(id, event));
    this.#markers.watch(transport);
    this.#members.set(id, transport);
    return transport;
  }
}

describeTransport('stamped', () => new StampedFixture(), {
  exceptions: {
    C7: 'all nodes share one event loop: when one does not read, none does',
  },
});
