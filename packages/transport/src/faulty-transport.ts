/**
 * Loss, delay, duplication and partitions, by rule, over any transport.
 *
 * @packageDocumentation
 */
import type { Clock } from './clock.ts';
import { type Deadline, DeadlineQueue } from './deadline-queue.ts';
import { checkRules, drawFate, type FaultRule, isCutOff } from './fault-rules.ts';
import type { NodeId } from './node-id.ts';
import { pooledCopy } from './pooled-copy.ts';
import type { ProtocolName } from './protocol-name.ts';
import type { Random } from './random.ts';
import type {
  Delivery,
  PeerEvent,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from './transport.ts';

export type { DelayDistribution, Disturbance, FaultRule } from './fault-rules.ts';

/** What a `FaultyTransport` works with. */
export interface FaultyTransportOptions {
  /** Measures delays. */
  readonly clock: Clock;
  /** Decides who is hit. Forked by node id, so that many transports may share one. */
  readonly random: Random;
  /** What is wrong from the beginning. Nothing, if left out. */
  readonly rules?: readonly FaultRule[];
  /** Payload bytes held back at a time; `send` answers 'dropped' beyond. 16 MiB if left out. */
  readonly heldBytesMax?: number;
}

/** What faults a transport has caused since it began. Everything only rises. */
export interface FaultCounters {
  /** Messages lost, to partitions or by chance. */
  lostMessageCount: number;
  /** Messages that were sent twice or more. */
  duplicatedMessageCount: number;
  /** Copies of messages that were held back. */
  delayedMessageCount: number;
}

const HELD_BYTES_MAX: number = 16 * 1024 * 1024;

/** One copy of a message on its way to the carrier. */
interface HeldMessage extends Deadline {
  readonly to: NodeId;
  readonly protocol: ProtocolName;
  readonly payload: Uint8Array;
}

/**
 * A transport that does to messages what a bad network would, over one that works.
 *
 * @remarks
 * Faults hit what this node sends; a partition or cut also stops what it would receive, so that one
 * wrapped side suffices and messages under way are caught. A lost message is answered 'accepted',
 * as in life. Peer events are the carrier's: a partition here does not break its sessions.
 *
 * @example
 * ```ts
 * import { nodeId } from '@quorate/transport';
 * import { FaultyTransport } from '@quorate/transport/faulty';
 * import { MemoryNetwork } from '@quorate/transport/memory';
 * import { seededRandom, systemClock } from '@quorate/transport/system';
 *
 * const transport = new FaultyTransport(new MemoryNetwork().join(nodeId('n1')), {
 *   clock: systemClock,
 *   random: seededRandom(1),
 * });
 * transport.setRules([{ kind: 'disturb', lossRate: 0.2 }]);
 * transport.setRules([]); // The network has healed.
 * await transport.close();
 * ```
 */
export class FaultyTransport implements Transport {
  readonly localId: NodeId;
  readonly capabilities: TransportCapabilities;
  readonly #carrier: Transport;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #held: DeadlineQueue<HeldMessage>;
  readonly #heldBytesMax: number;
  readonly #counters: FaultCounters = {
    lostMessageCount: 0,
    duplicatedMessageCount: 0,
    delayedMessageCount: 0,
  };
  #heldBytes = 0;
  #rules: readonly FaultRule[];
  #isClosed = false;

  /**
   * @param carrier - Owned from now on: closing this transport closes it.
   * @throws RangeError if a rule asks for a chance outside 0..1 or a delay below 0.
   */
  constructor(carrier: Transport, options: FaultyTransportOptions) {
    const { clock, random, rules = [], heldBytesMax = HELD_BYTES_MAX } = options;
    checkRules(rules);
    this.localId = carrier.localId;
    // What the rules may do at any time, whatever they do now.
    this.capabilities = { ...carrier.capabilities, ordering: 'none', mayDuplicate: true };
    this.#carrier = carrier;
    this.#clock = clock;
    this.#random = random.fork(`faulty-transport/${carrier.localId}`);
    this.#rules = rules;
    this.#heldBytesMax = heldBytesMax;
    this.#held = new DeadlineQueue(clock, (message) => {
      this.#heldBytes -= message.payload.length;
      carrier.send(message.to, message.protocol, message.payload);
    });
  }

  /** What is wrong with the network now. */
  get rules(): readonly FaultRule[] {
    return this.#rules;
  }

  /** The faults so far. */
  get counters(): Readonly<FaultCounters> {
    return { ...this.#counters };
  }

  /**
   * Replaces the rules. Messages held back already keep their delay, unless a partition or cut
   * stops them where they arrive.
   *
   * @throws RangeError if a rule asks for a chance outside 0..1 or a delay below 0.
   */
  setRules(rules: readonly FaultRule[]): void {
    checkRules(rules);
    this.#rules = rules;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (this.#rules.length === 0 || this.#isClosed)
      return this.#carrier.send(to, protocol, payload);
    this.#check(payload);
    const message = { from: this.localId, to, protocol };
    const delaysMs = drawFate(this.#rules, message, this.#random);
    if (delaysMs.length === 0) this.#counters.lostMessageCount += 1;
    if (delaysMs.length > 1) this.#counters.duplicatedMessageCount += 1;
    let outcome: SendOutcome = 'accepted';
    for (const [index, delayMs] of delaysMs.entries()) {
      const sent =
        delayMs > 0
          ? this.#hold(to, protocol, payload, delayMs)
          : this.#carrier.send(to, protocol, payload);
      // A copy that the caller did not ask for is not its business.
      if (index === 0) outcome = sent;
    }
    return outcome;
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#carrier.subscribe(protocol, (delivery) => {
      if (isCutOff(this.#rules, delivery.from, this.localId)) this.#counters.lostMessageCount += 1;
      else listener(delivery);
    });
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#carrier.observePeers(listener);
  }

  /** Forgets what is held back and closes the carrier. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#held.clear();
    this.#heldBytes = 0;
    await this.#carrier.close();
  }

  /** A caller's bug must show even when the message would have been lost. */
  #check(payload: Uint8Array): void {
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`payload: expected a Uint8Array, got ${typeof payload}`);
    }
    const { maxPayloadBytes } = this.capabilities;
    if (payload.length > maxPayloadBytes) {
      throw new RangeError(
        `payload: expected at most ${maxPayloadBytes} bytes, got ${payload.length}`,
      );
    }
  }

  #hold(to: NodeId, protocol: ProtocolName, payload: Uint8Array, delayMs: number): SendOutcome {
    if (this.#heldBytes + payload.length > this.#heldBytesMax) return 'dropped';
    this.#heldBytes += payload.length;
    this.#counters.delayedMessageCount += 1;
    const deadlineMs = this.#clock.nowMs() + delayMs;
    // The caller may reuse its buffer as soon as `send` returns.
    const place = { deadlineMs, queueIndex: -1, queueOrder: 0 };
    this.#held.add({ to, protocol, payload: pooledCopy(payload), ...place });
    return 'accepted';
  }
}
