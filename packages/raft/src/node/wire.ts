import {
  type NodeId,
  type PeerEvent,
  protocolName,
  type SendOutcome,
  type Transport,
  type Unsubscribe,
} from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import { decodeWithin, encodeIn } from '../codec.ts';
import type { NodeMessage } from '../codec/edge-messages.ts';
import { sinceVersion } from '../codec/kinds.ts';
import { messageVersions, type ProtocolVersions } from '../protocol-version.ts';
import type { RaftProbe } from './probe.ts';

const protocol = protocolName('raft');

/** What a peer was last heard to speak, and in which life. */
interface Heard {
  readonly incarnation: number;
  spoken: number;
  /** Whether it was reported that nothing can be said to it. */
  isReported: boolean;
}

/** Whom the wire tells. */
export interface WireListener {
  onMessage(from: NodeId, message: NodeMessage, incarnation: number): void;
  /** `peer` speaks `spoken` at best: at the first word of each of its lives. */
  onHeard(peer: NodeId, spoken: number): void;
  /** No version is common with `peer`, which speaks `spoken` at best. Once in each of its lives. */
  onIncompatible(peer: NodeId, spoken: number): void;
}

/**
 * Raft's messages over a transport, to each peer in the newest version that it understands: see
 * protocol-version.ts.
 */
export class Wire {
  readonly #transport: Transport;
  readonly #versions: ProtocolVersions;
  readonly #listener: WireListener;
  readonly #probe: RaftProbe | undefined;
  readonly #heard = new Map<NodeId, Heard>();
  readonly #subscriptions: readonly Unsubscribe[];
  #malformedCount = 0;
  #unsupportedCount = 0;

  constructor(
    transport: Transport,
    versions: ProtocolVersions,
    listener: WireListener,
    probe?: RaftProbe,
  ) {
    this.#probe = probe;
    this.#transport = transport;
    this.#versions = versions;
    this.#listener = listener;
    this.#subscriptions = [
      transport.subscribe(protocol, ({ from, incarnation, payload }) =>
        this.#receive(from, incarnation, payload),
      ),
      transport.observePeers((event) => this.#onPeerEvent(event)),
    ];
  }

  /** Messages that did not decode: garbage, or what only a newer version knows. Dropped. */
  get malformedCount(): number {
    return this.#malformedCount;
  }

  /** Messages that were not sent, because their receiver would not understand them. */
  get unsupportedCount(): number {
    return this.#unsupportedCount;
  }

  /** The version in which `peer` is spoken to; `undefined` if it was not heard of in its life. */
  versionOf(peer: NodeId): number | undefined {
    const heard = this.#heard.get(peer);
    return heard === undefined ? undefined : Math.min(this.#versions.max, heard.spoken);
  }

  /**
   * Offers `message` to the transport. 'unsupported': `to` is too old for it, and nothing was sent.
   * Whoever was not heard of yet is sent everything, for it drops what it does not know.
   */
  send(to: NodeId, message: NodeMessage): SendOutcome | 'unsupported' {
    const { min, max: spoken } = this.#versions;
    const since = sinceVersion(message.kind);
    const written = this.versionOf(to) ?? Math.max(min, since);
    if (written < Math.max(min, since)) {
      this.#unsupportedCount += 1;
      this.#probe?.onSent?.(to, message, 0, 'unsupported');
      return 'unsupported';
    }
    const bytes = encodeIn({ written, spoken }, message);
    const outcome = this.#transport.send(to, protocol, bytes);
    this.#probe?.onSent?.(to, message, bytes.length, outcome);
    return outcome;
  }

  /** Hears and tells nothing more. */
  close(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  #onPeerEvent(event: PeerEvent): void {
    if (event.kind !== 'up') return;
    const heard = this.#heard.get(event.peer);
    // Another life may be another release, an older one too.
    if (heard !== undefined && event.incarnation > heard.incarnation)
      this.#heard.delete(event.peer);
  }

  #receive(from: NodeId, incarnation: number, payload: Uint8Array): void {
    const head = messageVersions(payload);
    if (head !== undefined) this.#hear(from, incarnation, head.spoken);
    let message: NodeMessage;
    try {
      message = decodeWithin(this.#versions, payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#malformedCount += 1;
      this.#probe?.onReceived?.(from, undefined, payload.length);
      const { min, max } = this.#versions;
      const isCommon = head === undefined || (head.written <= max && head.spoken >= min);
      if (!isCommon) this.#report(from, head.spoken);
      return;
    }
    this.#probe?.onReceived?.(from, message, payload.length);
    this.#listener.onMessage(from, message, incarnation);
  }

  #hear(from: NodeId, incarnation: number, spoken: number): void {
    const heard = this.#heard.get(from);
    if (heard === undefined || incarnation > heard.incarnation) {
      this.#heard.set(from, { incarnation, spoken, isReported: false });
      this.#listener.onHeard(from, spoken);
    } else if (incarnation === heard.incarnation) {
      heard.spoken = spoken;
    }
  }

  #report(peer: NodeId, spoken: number): void {
    const heard = this.#heard.get(peer);
    if (heard === undefined || heard.isReported) return;
    heard.isReported = true;
    this.#listener.onIncompatible(peer, spoken);
  }
}
