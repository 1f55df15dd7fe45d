import type { SessionOptions, TcpAddress, TransportStats } from '../../src/adapters/tcp.ts';
import { Markers, type PeerObserver, type TransportFixture } from '../../src/contract/index.ts';
import { type NodeId, nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { Transport } from '../../src/transport.ts';
import { nextTurn } from './next-turn.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A node that can be dialed over TCP. */
export interface WiredNode {
  readonly transport: Transport & { stats(): TransportStats };
  /** Where it listens. */
  readonly address: TcpAddress;
  /** Enters the way to `peer` into its address book. */
  dial(peer: NodeId, at: TcpAddress): void;
  /** Closes its transport and whatever listens for it. */
  close(): Promise<void>;
}

/** What every node of a fixture is opened with. */
export interface WiredNodeOptions extends SessionOptions {
  readonly localId: NodeId;
  readonly clusterId: string;
}

interface Member extends WiredNode {
  readonly id: string;
  /** The wires on which others dial it, by their ids. */
  readonly proxies: Map<string, TcpProxy>;
}

/** Nodes on loopback, a wire of its own for each dial, so that any of them can be clamped. */
export class WiredFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #openNode: (options: WiredNodeOptions) => Promise<WiredNode>;
  readonly #markers = new Markers(nextTurn);
  readonly #members = new Map<string, Member>();
  readonly #retired: Member[] = [];
  readonly #up = new Set<string>();
  #observe: PeerObserver = () => undefined;

  constructor(openNode: (options: WiredNodeOptions) => Promise<WiredNode>) {
    this.#openNode = openNode;
  }

  async connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]> {
    this.#observe = observe ?? this.#observe;
    for (const id of ids) await this.#open(id);
    // Both ends of every pair in one turn.
    for (const member of this.#members.values()) this.#dialAll(member);
    await this.#meshed();
    return [...this.#members.values()].map(({ transport }) => transport);
  }

  async settle(): Promise<void> {
    const open = [...this.#members.values()].map(({ transport }) => transport);
    await this.#markers.settle(open);
  }

  async restart(localId: string): Promise<Transport> {
    const old = this.#members.get(localId);
    if (old === undefined) throw new RangeError(`restart: expected a member, got ${localId}`);
    // The old process stays, as a zombie that goes on dialing: the hardest case.
    this.#retired.push(old);
    for (const way of [...this.#up]) if (way.split('>').includes(localId)) this.#up.delete(way);
    const reborn = await this.#open(localId, old.transport.stats().incarnation + 1);
    for (const member of this.#members.values()) this.#dialAll(member);
    await this.#meshed();
    return reborn.transport;
  }

  stall(localId: string): () => void {
    for (const [proxy, direction] of this.#wiresTowards(localId)) proxy.clamp(direction);
    return () => {
      for (const [proxy, direction] of this.#wiresTowards(localId)) proxy.release(direction);
    };
  }

  async dispose(): Promise<void> {
    const all = [...this.#members.values(), ...this.#retired];
    await Promise.all(all.map((member) => member.close()));
    const proxies = all.flatMap((member) => [...member.proxies.values()]);
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }

  async #open(id: string, incarnation?: number): Promise<Member> {
    const node = await this.#openNode({
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
    });
    const { transport } = node;
    transport.observePeers((event) => {
      // What a zombie sees counts for nothing.
      if (this.#members.get(id)?.transport !== transport) return;
      const way = `${id}>${event.peer}`;
      if (event.kind === 'up') this.#up.add(way);
      if (event.kind === 'down') this.#up.delete(way);
      this.#observe(id, event);
    });
    this.#markers.watch(transport);
    const member = { ...node, id, proxies: new Map<string, TcpProxy>() };
    this.#members.set(id, member);
    for (const other of this.#members.values()) {
      if (other === member) continue;
      await wire(other, member);
      await wire(member, other);
    }
    return member;
  }

  #dialAll(member: Member): void {
    for (const other of this.#members.values()) {
      const proxy = other.proxies.get(member.id);
      if (proxy) member.dial(other.transport.localId, proxy.address);
    }
  }

  async #meshed(): Promise<void> {
    const ids = [...this.#members.keys()];
    const ways = ids.flatMap((from) => ids.map((to) => [from, to] as const));
    const isMeshed = (): boolean =>
      ways.every(([from, to]) => from === to || this.#up.has(`${from}>${to}`));
    while (!isMeshed()) await nextTurn();
  }

  *#wiresTowards(localId: string): Generator<readonly [TcpProxy, 'forth' | 'back']> {
    for (const member of this.#members.values()) {
      for (const [dialer, proxy] of member.proxies) {
        if (member.id === localId) yield [proxy, 'forth'];
        if (dialer === localId) yield [proxy, 'back'];
      }
    }
  }
}

/** Gives `dialer` a fresh way to `target`. */
async function wire(dialer: Member, target: Member): Promise<void> {
  target.proxies.set(dialer.id, await TcpProxy.open(target.address));
}
