import type {
  Clock,
  Delivery,
  NodeId,
  PeerEvent,
  ProtocolName,
  SendOutcome,
  Timer,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '@quorate/transport';

import type { MessageCount, MessageSample, NodeEvents } from './node-events.ts';

/** Messages and bytes exchanged with one peer since the start. */
export interface PeerTraffic {
  readonly sentCount: number;
  readonly sentBytes: number;
  /** Messages that the transport would not take. */
  readonly refusedCount: number;
  readonly receivedCount: number;
  readonly receivedBytes: number;
}

/** How messages are watched. */
export interface ObservedTransportOptions {
  readonly clock: Clock;
  readonly events: NodeEvents;
  /** What a message is called on a screen. Asked for samples only. */
  readonly describe: (protocol: ProtocolName, payload: Uint8Array) => string;
  /** Whether an injected fault keeps everything from `peer`. */
  readonly isBlocked: (peer: NodeId) => boolean;
}

/** A window is reported as one event, so that watching costs the same at any rate. */
const windowMs = 100;

/** So many messages of a window at most are described one by one; the others are counted. */
const samplesPerWindow = 32;

const noTraffic: PeerTraffic = {
  sentCount: 0,
  sentBytes: 0,
  refusedCount: 0,
  receivedCount: 0,
  receivedBytes: 0,
};

/** Passes everything on, and counts it; publishes what it sends while someone watches. */
export class ObservedTransport implements Transport {
  readonly localId: NodeId;
  readonly capabilities: TransportCapabilities;
  readonly #inner: Transport;
  readonly #options: ObservedTransportOptions;
  /** One for each peer of the address book. */
  readonly #traffic = new Map<NodeId, PeerTraffic>();
  #window: Window | undefined;
  #timer: Timer | undefined;

  constructor(inner: Transport, options: ObservedTransportOptions) {
    this.localId = inner.localId;
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#options = options;
  }

  /** What went to and came from each peer. */
  get traffic(): ReadonlyMap<NodeId, PeerTraffic> {
    return this.#traffic;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    const outcome = this.#inner.send(to, protocol, payload);
    const before = this.#traffic.get(to) ?? noTraffic;
    this.#traffic.set(
      to,
      outcome === 'dropped'
        ? { ...before, refusedCount: before.refusedCount + 1 }
        : {
            ...before,
            sentCount: before.sentCount + 1,
            sentBytes: before.sentBytes + payload.length,
          },
    );
    if (this.#options.events.isWatched) this.#observe(to, protocol, payload, outcome);
    return outcome;
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#inner.subscribe(protocol, (delivery) => {
      const before = this.#traffic.get(delivery.from) ?? noTraffic;
      this.#traffic.set(delivery.from, {
        ...before,
        receivedCount: before.receivedCount + 1,
        receivedBytes: before.receivedBytes + delivery.payload.length,
      });
      listener(delivery);
    });
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#inner.observePeers(listener);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#inner.close();
  }

  #observe(to: NodeId, protocol: ProtocolName, payload: Uint8Array, outcome: SendOutcome): void {
    const { clock, describe, isBlocked } = this.#options;
    const nowMs = clock.nowMs();
    this.#window ??= { startedAtMs: nowMs, counts: new Map(), samples: [], seen: 0, stride: 1 };
    this.#timer ??= clock.setTimer(windowMs, () => {
      this.#publish();
    });
    const { startedAtMs, counts } = this.#window;
    const before = counts.get(to) ?? { peer: to, count: 0, bytes: 0 };
    counts.set(to, { peer: to, count: before.count + 1, bytes: before.bytes + payload.length });
    if (!isSampled(this.#window)) return;
    this.#window.samples.push({
      to,
      type: describe(protocol, payload),
      bytes: payload.length,
      offsetMs: nowMs - startedAtMs,
      fate: isBlocked(to) ? 'blocked' : outcome === 'dropped' ? 'refused' : 'sent',
    });
  }

  #publish(): void {
    const window = this.#window;
    this.#window = undefined;
    this.#timer = undefined;
    if (!window) return;
    const sent = [...window.counts.values()];
    this.#options.events.publish({ kind: 'messages', windowMs, sent, samples: window.samples });
  }
}

interface Window {
  readonly startedAtMs: number;
  readonly counts: Map<NodeId, MessageCount>;
  samples: MessageSample[];
  /** Messages so far. */
  seen: number;
  /** One of so many is a sample: a power of two. */
  stride: number;
}

/**
 * Whether the next message of the window is to be a sample. Samples are spread over the whole
 * window: when there is no room for more, every other one goes, and from then on half as many come.
 */
function isSampled(window: Window): boolean {
  const isDue = window.seen % window.stride === 0;
  window.seen += 1;
  if (isDue && window.samples.length === samplesPerWindow) {
    window.samples = window.samples.filter((_, index) => index % 2 === 0);
    window.stride *= 2;
  }
  return isDue;
}
