import { MessageChannel } from 'node:worker_threads';

import {
  MessagePortTransport,
  type MessagePortTransportOptions,
} from '../../src/adapters/message-port.ts';
import { Markers, type PeerObserver, type TransportFixture } from '../../src/contract/index.ts';
import { nodeId } from '../../src/node-id.ts';
import type { Transport } from '../../src/transport.ts';
import { StallablePort } from './stallable-port.ts';
import { nextTurn } from './next-turn.ts';

interface Member {
  readonly transport: MessagePortTransport;
  readonly ports: StallablePort[];
}

/** Nodes of one process, with two channels for each pair, of which one must give way. */
export class MessagePortFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #options: Partial<MessagePortTransportOptions>;
  readonly #markers = new Markers(nextTurn);
  readonly #members = new Map<string, Member>();
  readonly #retired: Member[] = [];
  readonly #up = new Set<string>();
  #observe: PeerObserver = () => undefined;

  constructor(options: Partial<MessagePortTransportOptions> = {}) {
    this.#options = options;
  }

  async connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]> {
    this.#observe = observe ?? this.#observe;
    const members = ids.map((id) => this.#open(id));
    for (const [index, member] of members.entries()) {
      for (const other of members.slice(0, index)) join(member, other);
    }
    await this.#meshed();
    return members.map(({ transport }) => transport);
  }

  settle(): Promise<void> {
    return this.#markers.settle([...this.#members.values()].map(({ transport }) => transport));
  }

  async restart(localId: string): Promise<Transport> {
    const old = this.#members.get(localId);
    if (old === undefined) throw new RangeError(`restart: expected a member, got ${localId}`);
    for (const port of old.ports) port.sever();
    this.#retired.push(old);
    for (const way of [...this.#up]) if (way.split('>').includes(localId)) this.#up.delete(way);
    const reborn = this.#open(localId, old.transport.stats().incarnation + 1);
    for (const other of this.#members.values()) if (other !== reborn) join(reborn, other);
    await this.#meshed();
    return reborn.transport;
  }

  stall(localId: string): () => void {
    const ports = this.#members.get(localId)?.ports ?? [];
    for (const port of ports) port.stall();
    return () => {
      for (const port of ports) port.resume();
    };
  }

  async dispose(): Promise<void> {
    const all = [...this.#members.values(), ...this.#retired];
    await Promise.all(all.map(({ transport }) => transport.close()));
    for (const { ports } of all) for (const port of ports) port.dispose();
  }

  #open(id: string, incarnation?: number): Member {
    const transport = new MessagePortTransport({
      localId: nodeId(id),
      maxPayloadBytes: 65_536,
      maxQueueBytes: this.maxQueueBytes,
      onError: (error) => this.errors.push(error),
      ...(incarnation === undefined ? {} : { incarnation }),
      ...this.#options,
    });
    transport.observePeers((event) => {
      if (event.kind === 'up') this.#up.add(`${id}>${event.peer}`);
      if (event.kind === 'down') this.#up.delete(`${id}>${event.peer}`);
      this.#observe(id, event);
    });
    this.#markers.watch(transport);
    const member = { transport, ports: [] };
    this.#members.set(id, member);
    return member;
  }

  /** Returns once every node has every other up. */
  async #meshed(): Promise<void> {
    const wanted = this.#members.size * (this.#members.size - 1);
    for (let turn = 0; this.#up.size < wanted; turn += 1) {
      if (turn > 10_000) throw new Error(`up: expected ${wanted} ways, got ${this.#up.size}`);
      await nextTurn();
    }
  }
}

/** Two channels at once, as when each of two nodes has opened one to the other. */
function join(left: Member, right: Member): void {
  for (let count = 0; count < 2; count += 1) {
    const { port1, port2 } = new MessageChannel();
    for (const [member, port] of [
      [left, port1],
      [right, port2],
    ] as const) {
      const stallable = new StallablePort(port);
      member.ports.push(stallable);
      member.transport.connect(stallable);
    }
  }
}
