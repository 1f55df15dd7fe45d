import { nodeId, type Transport } from '@quorate/transport';
import {
  describeTransport,
  Markers,
  type PeerObserver,
  type TransportFixture,
} from '@quorate/transport/contract';
import { MemoryNetwork } from '@quorate/transport/memory';
import { systemClock } from '@quorate/transport/system';

import { NodeEvents } from '../../src/observe/node-events.ts';
import { ObservedTransport } from '../../src/observe/observed-transport.ts';

/** Nodes of one process, each observed, while someone watches. */
class ObservedFixture implements TransportFixture {
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
    const events = new NodeEvents();
    events.subscribe(() => undefined);
    const transport = new ObservedTransport(this.#network.join(nodeId(id)), {
      clock: systemClock,
      events,
      describe: (protocol) => protocol,
      isBlocked: () => false,
    });
    transport.observePeers((event) => this.#observe(id, event));
    this.#markers.watch(transport);
    this.#members.set(id, transport);
    return transport;
  }
}

describeTransport('observed', () => new ObservedFixture(), {
  exceptions: {
    C7: 'all nodes share one event loop: when one does not read, none does',
  },
});
