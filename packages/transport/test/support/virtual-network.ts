import type { PeerTableOptions } from '../../src/carrier.ts';
import type { Link, LinkHandler, LinkSecurity } from '../../src/link.ts';
import { nodeId, type NodeId } from '../../src/node-id.ts';
import { PeerTable } from '../../src/peer-table.ts';
import { protocolName, type ProtocolName } from '../../src/protocol-name.ts';
import { seededRandom } from '../../src/seeded-random.ts';
import type { PeerEvent } from '../../src/transport.ts';
import { ManualClock } from './manual-clock.ts';

export const protocol: ProtocolName = protocolName('test');

/** One end of a wire. */
export class WireEnd implements Link {
  readonly isProtected: boolean;
  readonly security: LinkSecurity | undefined;
  readonly crc32?: (bytes: Uint8Array) => number;
  handler: LinkHandler | undefined;
  other: WireEnd | undefined;
  /** Whether what is written disappears, as on a cut cable: nobody is told. */
  isSwallowing = false;
  /** Whether writes are taken and never reported as written, as by a peer that does not read. */
  isStalled = false;
  isClosed = false;
  readonly #network: VirtualNetwork;
  readonly #stalled: Uint8Array[][] = [];

  constructor(network: VirtualNetwork, traits: WireTraits) {
    this.#network = network;
    this.isProtected = traits.isProtected ?? false;
    this.security = traits.security;
    if (traits.crc32) this.crc32 = traits.crc32;
  }

  write(batches: readonly Uint8Array[]): void {
    const copies = batches.map((batch) => batch.slice());
    if (this.isStalled) this.#stalled.push(copies);
    else this.#carry(copies);
  }

  end(): void {
    this.#network.defer(this, () => {
      this.destroy();
      this.handler?.closed();
    });
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.isSwallowing) return;
    this.#network.defer(this, () => this.other?.drop());
  }

  /** Carries what was written while stalled. */
  resume(): void {
    this.isStalled = false;
    for (const copies of this.#stalled.splice(0)) this.#carry(copies);
  }

  /** Breaks at this end. */
  drop(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handler?.closed(error);
  }

  /** Breaks at this end; the other end still gets what is under way, and then hears of it. */
  reset(): void {
    this.destroy();
    this.handler?.closed(new Error('reset'));
  }

  /** Bytes as if the other end had written them. */
  feed(...chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) if (!this.isClosed) this.handler?.received(chunk);
  }

  #carry(copies: readonly Uint8Array[]): void {
    this.#network.written += copies.length;
    this.#network.defer(this, () => {
      for (const copy of copies) if (!this.isSwallowing) this.other?.feed(copy);
    });
    this.#network.defer(copies, () => {
      if (!this.isClosed) this.handler?.written();
    });
  }
}

/** What all wires of a network are like. */
export interface WireTraits {
  readonly isProtected?: boolean;
  readonly security?: LinkSecurity;
  readonly crc32?: (bytes: Uint8Array) => number;
}

/** One node with what it saw. */
export interface Host {
  readonly id: NodeId;
  readonly table: PeerTable;
  readonly events: PeerEvent[];
  readonly errors: unknown[];
  /** What was delivered for `protocol`, as text. */
  readonly received: string[];
  /** Whether it can be dialed. */
  isListening: boolean;
}

/**
 * Peer tables joined by wires in virtual time. Nothing moves by itself: `run` performs what is due,
 * in an order that a test may choose, keeping only the order within each direction of each wire.
 */
export class VirtualNetwork {
  readonly clock: ManualClock = new ManualClock();
  readonly hosts: Map<NodeId, Host> = new Map<NodeId, Host>();
  /** Every wire ever laid, the dialer's end first. */
  readonly wires: (readonly [dialer: WireEnd, acceptor: WireEnd])[] = [];
  readonly traits: WireTraits;
  /** Picks which of `count` queues goes next. */
  choose: (count: number) => number = () => 0;
  written = 0;
  #nonceCount = 0;
  readonly #queues = new Map<object, (() => void)[]>();

  constructor(traits: WireTraits = {}) {
    this.traits = traits;
  }

  open(name: string, options: Partial<PeerTableOptions> = {}): Host {
    const id = nodeId(name);
    const errors: unknown[] = [];
    const queue = {};
    const table = new PeerTable({
      localId: id,
      clusterId: 'virtual',
      clock: this.clock,
      random: seededRandom(name),
      turn: {
        flush: (callback) => this.defer(queue, callback),
        next: (callback) => this.defer(queue, callback),
      },
      createNonce: () => new Uint8Array(16).fill((this.#nonceCount += 1)),
      isEncrypted: false,
      reportError: (error) => errors.push(error),
      dial: (peer, listener) => {
        const attempt = {};
        let isCancelled = false;
        this.defer(attempt, () => {
          if (isCancelled) return;
          const target = this.hosts.get(peer);
          if (!target?.isListening) listener.failed(new Error('nobody listens'));
          else this.lay(target, (end) => listener.connected(end));
        });
        return { cancel: () => (isCancelled = true) };
      },
      ...options,
    });
    const host: Host = { id, table, events: [], errors, received: [], isListening: true };
    table.observePeers((event) => host.events.push(event));
    table.subscribe(protocol, ({ payload }) => {
      host.received.push(new TextDecoder().decode(payload));
    });
    this.hosts.set(id, host);
    return host;
  }

  /** Lays a wire whose far end `target` accepts. */
  lay(target: Host, attach: (end: WireEnd) => LinkHandler | undefined): WireEnd {
    const near = new WireEnd(this, this.traits);
    const far = new WireEnd(this, this.traits);
    near.other = far;
    far.other = near;
    this.wires.push([near, far]);
    far.handler = target.table.attach(far, { dialed: undefined, begins: false });
    near.handler = attach(near);
    return near;
  }

  /** Queues `task` behind those of the same `queue`. */
  defer(queue: object, task: () => void): void {
    const tasks = this.#queues.get(queue) ?? [];
    this.#queues.set(queue, tasks);
    tasks.push(task);
  }

  /** Performs one thing that is due. Returns whether there was one. */
  step(): boolean {
    const queues = [...this.#queues];
    const picked = queues[queues.length === 0 ? 0 : this.choose(queues.length) % queues.length];
    if (picked === undefined) return false;
    const [queue, tasks] = picked;
    const task = tasks.shift();
    if (tasks.length === 0) this.#queues.delete(queue);
    task?.();
    return true;
  }

  /** Performs everything that is due, and what comes of it. */
  run(): void {
    for (let count = 0; this.step(); count += 1) {
      if (count > 100_000) throw new Error('expected to come to rest, got no end of work');
    }
  }

  /** `run` for work that waits for promises too. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      this.run();
      await Promise.resolve();
    }
  }

  /** Lets `ms` pass in steps of `stepMs`, performing what becomes due. */
  advance(ms: number, stepMs = 50): void {
    this.run();
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passedMs));
      this.run();
    }
  }

  /** Opens `names`, each dialing all others, and lets them meet. */
  mesh(names: readonly string[], options: Partial<PeerTableOptions> = {}): readonly Host[] {
    const hosts = names.map((name) => this.open(name, options));
    for (const host of hosts) {
      for (const other of hosts) if (other !== host) host.table.keepDialing(other.id);
    }
    this.run();
    return hosts;
  }
}

/** Sends `text` for `protocol`. */
export function say(from: Host, to: Host, text: string): string {
  return from.table.send(to.id, protocol, new TextEncoder().encode(text));
}

/** The kinds of the events, for short: `up`, `down closed`. */
export function story(host: Host, peer?: Host): readonly string[] {
  return host.events
    .filter((event) => peer === undefined || event.peer === peer.id)
    .map((event) => (event.kind === 'down' ? `down ${event.reason}` : event.kind));
}
