import {
  type NatsConnectionLike,
  NatsTransport,
  type NatsTransportOptions,
} from '../../src/adapters/nats.ts';
import { Markers, type PeerObserver, type TransportFixture } from '../../src/contract/index.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { Transport } from '../../src/transport.ts';
import { nextTurn } from './next-turn.ts';

/** A connection in the test's hands. */
export interface HeldConnection {
  readonly connection: NatsConnectionLike;
  /** Keeps it from reading until the returned function is called. */
  stall(): () => void;
  close(): Promise<void>;
}

interface Member {
  readonly transport: NatsTransport;
  readonly held: HeldConnection;
}

/** Nodes of `NatsTransport` that all dial each other, each over a connection of its own. */
export class NatsFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #connect: () => Promise<HeldConnection>;
  readonly #options: Partial<NatsTransportOptions>;
  readonly #markers = new Markers(nextTurn);
  readonly #members = new Map<string, Member>();
  readonly #retired: Member[] = [];
  readonly #up = new Set<string>();
  #observe: PeerObserver = () => undefined;

  constructor(
    connect: () => Promise<HeldConnection>,
    options: Partial<NatsTransportOptions> & { readonly clusterId: string },
  ) {
    this.#connect = connect;
    this.#options = options;
  }

  async connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]> {
    this.#observe = observe ?? this.#observe;
    for (const id of ids) await this.#open(id);
    this.#dialAll();
    await this.#meshed();
    return [...this.#members.values()].map(({ transport }) => transport);
  }

  settle(): Promise<void> {
    return this.#markers.settle([...this.#members.values()].map(({ transport }) => transport));
  }

  async restart(localId: string): Promise<Transport> {
    const old = this.#members.get(localId);
    if (old === undefined) throw new RangeError(`restart: expected a member, got ${localId}`);
    // The old process stays, as a zombie of the same name that goes on dialing.
    this.#retired.push(old);
    this.#members.delete(localId);
    for (const way of [...this.#up]) if (way.split('>').includes(localId)) this.#up.delete(way);
    const reborn = await this.#open(localId, old.transport.stats().incarnation + 1);
    this.#dialAll();
    await this.#meshed();
    return reborn.transport;
  }

  stall(localId: string): () => void {
    const resume = this.#members.get(localId)?.held.stall();
    return () => resume?.();
  }

  async dispose(): Promise<void> {
    const all = [...this.#members.values(), ...this.#retired];
    await Promise.all(all.map(({ transport }) => transport.close()));
    await Promise.all(all.map(({ held }) => held.close()));
  }

  async #open(id: string, incarnation?: number): Promise<Member> {
    const held = await this.#connect();
    const transport = new NatsTransport({
      connection: held.connection,
      localId: nodeId(id),
      clusterId: 'contract',
      maxPayloadBytes: 65_536,
      maxQueueBytes: this.maxQueueBytes,
      // A lane of its own for a protocol that the suite uses beside another.
      controlProtocols: [protocolName('contract.other')],
      redialMsMin: 5,
      redialMsMax: 50,
      onError: (error) => this.errors.push(error),
      ...(incarnation !== undefined && { incarnation }),
      ...this.#options,
    });
    transport.observePeers((event) => {
      // What a zombie sees counts for nothing.
      if (this.#members.get(id)?.transport !== transport) return;
      if (event.kind === 'up') this.#up.add(`${id}>${event.peer}`);
      if (event.kind === 'down') this.#up.delete(`${id}>${event.peer}`);
      this.#observe(id, event);
    });
    const member = { transport, held };
    this.#members.set(id, member);
    this.#markers.watch(transport);
    return member;
  }

  /** Both ends of every pair in one turn. */
  #dialAll(): void {
    for (const { transport } of this.#members.values()) {
      for (const id of this.#members.keys()) {
        if (id !== transport.localId) transport.addPeer(nodeId(id));
      }
    }
  }

  async #meshed(): Promise<void> {
    const wanted = this.#members.size * (this.#members.size - 1);
    while (this.#up.size < wanted) await nextTurn();
  }
}
