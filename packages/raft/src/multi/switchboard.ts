/*
 * One transport for many groups.
 *
 * Each group sends and hears as if it had a transport to itself. What all of them say to one peer
 * goes out in one envelope: when nobody has added anything for a moment, or when it is full. The
 * moment is a few microtasks, not a time: whoever is woken by the same message, tick or sync gets
 * into the same envelope, and nobody waits for a clock.
 */
import {
  type Delivery,
  type NodeId,
  type PeerEvent,
  type ProtocolName,
  protocolName,
  type SendOutcome,
  type Transport,
  type TransportCapabilities,
  type Unsubscribe,
} from '@quorate/transport';
import { ByteWriter, DecodeError } from '@quorate/transport/codec';

import {
  beginEnvelope,
  ENVELOPE_BYTES,
  PARCEL_BYTES_MAX,
  type Parcel,
  readEnvelope,
  writeParcel,
} from './envelope.ts';

const protocol = protocolName('multi-raft');

/** Microtasks in which nothing must come for an envelope to be closed. */
const QUIET_MICROTASKS = 4;

/** Most that waits for one peer, unless a single payload is larger. */
const ENVELOPE_BYTES_WANTED = 512 * 1_024;

/** What is about to be sent to one peer. */
interface Outgoing {
  readonly writer: ByteWriter;
  groupId: string | undefined;
  /** What became of the envelope before. */
  outcome: SendOutcome;
}

/** Whom the switchboard tells. */
interface SwitchboardListener {
  /** Something came for a group that is not here. It was dropped. */
  onUnknown(groupId: string, from: NodeId): void;
  /** What a listener of a group threw, or `onUnknown`. */
  onError(error: unknown): void;
}

/** Connects the groups of this node with those of the others. */
export class Switchboard {
  readonly #transport: Transport;
  readonly #listener: SwitchboardListener;
  readonly #groups = new Map<string, GroupTransport>();
  readonly #outgoing = new Map<NodeId, Outgoing>();
  readonly #subscriptions: readonly Unsubscribe[];
  readonly #capabilities: TransportCapabilities;
  #parcelCount = 0;
  #isFlushing = false;
  #envelopeCount = 0;
  #malformedCount = 0;
  #unknownCount = 0;

  /** @throws RangeError if another one uses the transport already. */
  constructor(transport: Transport, listener: SwitchboardListener) {
    this.#transport = transport;
    this.#listener = listener;
    const { capabilities } = transport;
    const maxPayloadBytes = capabilities.maxPayloadBytes - ENVELOPE_BYTES - PARCEL_BYTES_MAX;
    this.#capabilities = { ...capabilities, maxPayloadBytes };
    this.#subscriptions = [
      transport.subscribe(protocol, (delivery) => {
        this.#receive(delivery);
      }),
      transport.observePeers((event) => {
        for (const group of [...this.#groups.values()]) group.tell(event);
      }),
    ];
  }

  /** Envelopes offered to the transport. */
  get envelopeCount(): number {
    return this.#envelopeCount;
  }

  /** Messages that were no envelopes. Dropped. */
  get malformedCount(): number {
    return this.#malformedCount;
  }

  /** Parcels for groups that are not here. Dropped. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  /** What `groupId`, which has none, sends and hears with until it is detached. */
  attach(groupId: string): GroupTransport {
    const group = new GroupTransport(groupId, {
      localId: this.#transport.localId,
      capabilities: this.#capabilities,
      send: (to, parcel) => this.#send(to, parcel),
      onError: (error) => {
        this.#listener.onError(error);
      },
    });
    this.#groups.set(groupId, group);
    return group;
  }

  /** The group is not here any more. */
  detach(groupId: string): void {
    this.#groups.delete(groupId);
  }

  /** Sends what waits, and hears nothing more. */
  close(): void {
    this.#flush();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#groups.clear();
  }

  #send(to: NodeId, parcel: Parcel): SendOutcome {
    const outgoing = this.#outgoingTo(to);
    const { writer } = outgoing;
    const added = parcel.payload.length + PARCEL_BYTES_MAX;
    const limit = Math.min(this.#transport.capabilities.maxPayloadBytes, ENVELOPE_BYTES_WANTED);
    const isBegun = writer.sizeBytes > ENVELOPE_BYTES;
    if (isBegun && writer.sizeBytes + added > limit) this.#post(to, outgoing);
    if (writer.sizeBytes === 0) beginEnvelope(writer);
    writeParcel(writer, parcel, outgoing.groupId);
    outgoing.groupId = parcel.groupId;
    this.#parcelCount += 1;
    void this.#flushSoon();
    return outgoing.outcome;
  }

  #outgoingTo(to: NodeId): Outgoing {
    let outgoing = this.#outgoing.get(to);
    if (outgoing === undefined) {
      outgoing = { writer: new ByteWriter(), groupId: undefined, outcome: 'accepted' };
      this.#outgoing.set(to, outgoing);
    }
    return outgoing;
  }

  async #flushSoon(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    let seen = -1;
    while (seen !== this.#parcelCount) {
      seen = this.#parcelCount;
      for (let turn = 0; turn < QUIET_MICROTASKS; turn += 1) await Promise.resolve();
    }
    this.#isFlushing = false;
    this.#flush();
  }

  #flush(): void {
    for (const [to, outgoing] of this.#outgoing) {
      if (outgoing.writer.sizeBytes > 0) this.#post(to, outgoing);
    }
  }

  #post(to: NodeId, outgoing: Outgoing): void {
    outgoing.outcome = this.#transport.send(to, protocol, outgoing.writer.view());
    outgoing.groupId = undefined;
    outgoing.writer.reset();
    this.#envelopeCount += 1;
  }

  #receive(delivery: Delivery): void {
    let parcels: readonly Parcel[];
    try {
      parcels = readEnvelope(delivery.payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#malformedCount += 1;
      return;
    }
    for (const parcel of parcels) {
      if (this.#groups.get(parcel.groupId)?.deliver(parcel, delivery) === true) continue;
      this.#unknownCount += 1;
      this.#tellUnknown(parcel.groupId, delivery.from);
    }
  }

  /** A mistake there is not to cost the groups that come next in the envelope. */
  #tellUnknown(groupId: string, from: NodeId): void {
    try {
      this.#listener.onUnknown(groupId, from);
    } catch (error) {
      this.#listener.onError(error);
    }
  }
}

/** What a group needs of the switchboard. */
interface Line {
  readonly localId: NodeId;
  readonly capabilities: TransportCapabilities;
  readonly send: (to: NodeId, parcel: Parcel) => SendOutcome;
  readonly onError: (error: unknown) => void;
}

/**
 * A transport of one group's own, over the one that all share.
 *
 * What `send` answers is what became of the envelope before: that this one is dropped shows with
 * the next. Closing it ends its subscriptions and leaves the shared transport open.
 */
export class GroupTransport implements Transport {
  readonly #groupId: string;
  readonly #line: Line;
  readonly #listeners = new Map<string, (delivery: Delivery) => void>();
  readonly #observers = new Set<(event: PeerEvent) => void>();
  #isClosed = false;

  constructor(groupId: string, line: Line) {
    this.#groupId = groupId;
    this.#line = line;
  }

  get localId(): NodeId {
    return this.#line.localId;
  }

  get capabilities(): TransportCapabilities {
    return this.#line.capabilities;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (this.#isClosed) return 'dropped';
    const { maxPayloadBytes } = this.#line.capabilities;
    if (payload.length > maxPayloadBytes) {
      throw new RangeError(
        `payload: expected at most ${maxPayloadBytes} bytes, got ${payload.length}`,
      );
    }
    return this.#line.send(to, { groupId: this.#groupId, protocol, payload });
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    if (this.#listeners.has(protocol)) {
      throw new RangeError(`protocol: expected one without a listener, got ${protocol}`);
    }
    this.#listeners.set(protocol, listener);
    return () => {
      if (this.#listeners.get(protocol) === listener) this.#listeners.delete(protocol);
    };
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#observers.clear();
    return Promise.resolve();
  }

  /** Hands over what came; answers whether anybody took it. */
  deliver({ protocol, payload }: Parcel, envelope: Delivery): boolean {
    const listener = this.#listeners.get(protocol);
    if (listener === undefined) return false;
    this.#guard(() => {
      listener({ ...envelope, payload });
    });
    return true;
  }

  /** Passes on how a peer is. */
  tell(event: PeerEvent): void {
    for (const observer of [...this.#observers]) {
      this.#guard(() => {
        observer(event);
      });
    }
  }

  /** The mistake of one group is not to cost the others what is theirs. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#line.onError(error);
    }
  }
}
