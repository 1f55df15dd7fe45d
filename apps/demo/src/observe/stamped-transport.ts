/**
 * A transport whose messages carry when they were sent: in causal time, by a vector clock, and in
 * the time of day, by a hybrid one. From the two the trace of a cluster can be drawn, without
 * trusting anybody's clock for what came before what.
 *
 * ```text
 *   1 byte version │ 8 bytes hybrid timestamp │ length, vector clock │ payload
 * ```
 *
 * A message that is sent on behalf of a request which somebody traces has version 2, and the
 * headers of that trace, with their length, before the payload.
 */
import type {
  Clock,
  Delivery,
  NodeId,
  PeerEvent,
  ProtocolName,
  Random,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '@quorate/transport';
import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import {
  HybridClock,
  type HybridTimestamp,
  ProcessClock,
  type VectorClock,
} from '@quorate/vector-clocks';
import {
  decodeTimestamp,
  decodeVectorClock,
  encodeTimestamp,
  encodeVectorClock,
} from '@quorate/vector-clocks/codec';

import type { MessageContext } from '../telemetry/telemetry.ts';
import type { TraceEntry } from './trace.ts';

/** How messages are stamped. */
export interface StampedTransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What a message is called. Asked only while somebody listens. */
  readonly describe: (protocol: ProtocolName, payload: Uint8Array) => string;
  /** What a message says. Asked only while somebody listens. Default nothing. */
  readonly detail?: (protocol: ProtocolName, payload: Uint8Array) => TraceEntry['detail'];
  /** Whether somebody listens. */
  readonly isTraced: () => boolean;
  readonly trace: (entry: TraceEntry) => void;
  /** Takes traces of requests from node to node. Left out where nobody does. */
  readonly context?: MessageContext | undefined;
}

const [PLAIN, TRACED] = [1, 2];
/** Longer headers of traces are left out. */
const HEADERS_BYTES_MAX = 1_024;
/** What a stamp takes at most. */
const STAMP_BYTES_MAX = 4_096;

interface Stamp {
  readonly at: HybridTimestamp;
  readonly clock: VectorClock;
  readonly payload: Uint8Array;
  /** Of the trace that it belongs to. */
  readonly headers?: string;
}

/** Stamps what leaves, and takes the stamps off what arrives. */
export class StampedTransport implements Transport {
  readonly localId: NodeId;
  readonly capabilities: TransportCapabilities;
  readonly #inner: Transport;
  readonly #options: StampedTransportOptions;
  readonly #hybrid = new HybridClock();
  /** A name for this life: a process that lost its count must not count on under its old one. */
  readonly #causal: ProcessClock;
  #malformedCount = 0;

  constructor(inner: Transport, options: StampedTransportOptions) {
    const { maxPayloadBytes } = inner.capabilities;
    this.localId = inner.localId;
    this.capabilities = {
      ...inner.capabilities,
      maxPayloadBytes: maxPayloadBytes - STAMP_BYTES_MAX,
    };
    this.#inner = inner;
    this.#options = options;
    const life = options.random.uint32().toString(36);
    this.#causal = new ProcessClock(`${inner.localId}.${life}`);
  }

  /** Messages that came without a stamp that could be read. */
  get malformedCount(): number {
    return this.#malformedCount;
  }

  /**
   * How far the latest time in any timestamp known here is ahead of this wall clock, in ms: as
   * far as another wall clock is, or was before this one was set back. 0 if it is not.
   */
  get aheadMs(): number {
    return Math.max(0, this.#hybrid.wallMs - this.#options.clock.wallTimeMs());
  }

  /** A timestamp for something that happens here, later than all that is known to have happened. */
  now(): HybridTimestamp {
    return this.#hybrid.now(this.#options.clock.wallTimeMs());
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (!(payload instanceof Uint8Array)) throw new TypeError('payload: expected a Uint8Array');
    if (payload.length > this.capabilities.maxPayloadBytes) {
      const most = this.capabilities.maxPayloadBytes;
      throw new RangeError(`payload: expected at most ${most} bytes, got ${payload.length}`);
    }
    const at = this.now();
    this.#causal.increment();
    const { clock } = this.#causal;
    const headers = this.#options.context?.current();
    const stamp = { at, clock, payload, ...(headers !== undefined && { headers }) };
    const outcome = this.#inner.send(to, protocol, stamped(stamp));
    const kind = outcome === 'dropped' ? 'drop' : 'send';
    this.#trace({ kind, peer: to, protocol, at, clock, payload });
    return outcome;
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#inner.subscribe(protocol, (delivery) => {
      const stamp = this.#unstamp(delivery.payload);
      if (stamp === undefined) return;
      this.#hybrid.receive(stamp.at, this.#options.clock.wallTimeMs());
      this.#causal.receive(stamp.clock);
      const { at, payload } = { at: this.now(), payload: stamp.payload };
      const { clock } = this.#causal;
      this.#trace({ kind: 'receive', peer: delivery.from, protocol, at, clock, payload });
      const deliver = (): void => listener({ ...delivery, payload });
      const { context } = this.#options;
      if (stamp.headers === undefined || context === undefined) deliver();
      else context.within(stamp.headers, deliver);
    });
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#inner.observePeers(listener);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #unstamp(bytes: Uint8Array): Stamp | undefined {
    try {
      const reader = new ByteReader(bytes);
      const version = reader.u8();
      if (version !== PLAIN && version !== TRACED) {
        throw new DecodeError(`version: expected 1 or 2, got ${version}`);
      }
      const at = decodeTimestamp(reader.bytes(8));
      const clock = decodeVectorClock(reader.lengthPrefixed(STAMP_BYTES_MAX));
      const headers = version === TRACED ? { headers: reader.string(HEADERS_BYTES_MAX) } : {};
      return { at, clock, ...headers, payload: reader.bytes(reader.remaining) };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#malformedCount += 1;
      return undefined;
    }
  }

  #trace(
    event: Stamp & Pick<TraceEntry, 'kind' | 'peer'> & { readonly protocol: ProtocolName },
  ): void {
    const { isTraced, describe, detail, trace } = this.#options;
    if (!isTraced()) return;
    const { kind, peer, protocol, at, clock, payload } = event;
    const said = detail?.(protocol, payload);
    trace({
      node: this.localId,
      ...{ kind, peer, protocol },
      type: describe(protocol, payload),
      sizeBytes: payload.length,
      wallMs: at.wallMs,
      counter: at.counter,
      process: this.#causal.id,
      clock: clock.toJSON(),
      ...(said !== undefined && { detail: said }),
    });
  }
}

function stamped({ at, clock, payload, headers = '' }: Stamp): Uint8Array {
  const known = encodeVectorClock(clock);
  // What characters take at most.
  const isTraced = headers !== '' && 3 * headers.length <= HEADERS_BYTES_MAX;
  const writer = new ByteWriter(16 + known.length + payload.length + headers.length);
  writer.u8(isTraced ? TRACED : PLAIN);
  writer.bytes(encodeTimestamp(at));
  writer.lengthPrefixed(known);
  if (isTraced) writer.string(headers);
  writer.bytes(payload);
  return writer.finish();
}
