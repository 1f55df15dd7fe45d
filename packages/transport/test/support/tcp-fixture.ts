import { TcpTransport, type TcpTransportOptions } from '../../src/adapters/tcp.ts';
import { Markers, type PeerObserver, type TransportFixture } from '../../src/contract/index.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { Transport } from '../../src/transport.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Resolves in the next turn of the event loop, after I/O was looked at. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Member {
  readonly id: string;
  readonly transport: TcpTransport;
  /** The wires on which others dial it, by their ids. */
  readonly proxies: Map<string, TcpProxy>;
}

/** Nodes on loopback, a wire of its own for each dial, so that any of them can be clamped. */
export class TcpFixture implements TransportFixture {
  readonly maxQueueBytes = 1_048_576;
  readonly errors: unknown[] = [];
  readonly #options: Partial<TcpTransportOptions>;
  readonly #markers = new Markers(nextTurn);
  readonly #members = new Map<string, Member>();
  readonly #retired: Member[] = [];
  readonly #up = new Set<string>();
  #observe: PeerObserver = () => undefined;

  constructor(options: Partial<TcpTransportOptions> = {}) {
    this.#options = options;
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
    await Promise.all(all.map(({ transport }) => transport.close()));
    const proxies = all.flatMap((member) => [...member.proxies.values()]);
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }

  async #open(id: string, incarnation?: number): Promise<Member> {
    const transport = await TcpTransport.open({
      localId: nodeId(id),
      clusterId: 'contract',
      listen: { host: '127.0.0.1', port: 0 },
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
      const way = `${id}>${event.peer}`;
      if (event.kind === 'up') this.#up.add(way);
      if (event.kind === 'down') this.#up.delete(way);
      this.#observe(id, event);
    });
    this.#markers.watch(transport);
    const member = { id, transport, proxies: new Map<string, TcpProxy>() };
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
      if (proxy) member.transport.setPeer(other.transport.localId, proxy.address);
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
  const { address } = target.transport;
  if (address === undefined) throw new RangeError('expected a listening transport');
  target.proxies.set(dialer.id, await TcpProxy.open(address));
}
