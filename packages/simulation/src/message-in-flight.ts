import type { ProtocolName } from '@quorate/transport';

import { messageOverheadBytes } from './network-options.ts';
import { endpointOf, type Link, type Outbox } from './link.ts';
import type { SimulatedEvent } from './scheduler.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedTransport } from './simulated-transport.ts';
import type { Label } from './trace.ts';

/** Why a message does not arrive. */
export type LossReason =
  | 'loss' // The network dropped it at random.
  | 'burst' // Likewise, within a bad spell of its link.
  | 'damage' // Bits flipped on the way, and a checksum caught it.
  | 'overflow' // The buffer of a busy link was full.
  | 'partition' // A partition stood between, when it was sent or when it would have arrived.
  | 'reset' // Its session was reset while it was on the way.
  | 'down' // Nobody is there.
  | 'closed' // The receiver has closed its transport.
  | 'stale' // A newer life of the sender was heard before.
  | 'unheard'; // The receiver has no listener for its protocol.

/** What is known of a message when it is sent. */
export interface MessageParts {
  readonly network: SimulatedNetwork;
  readonly link: Link;
  readonly outbox: Outbox;
  /** Which life of the receiver the sender knows. */
  readonly knownLife: number;
  readonly protocol: ProtocolName;
  /** The name of the protocol in the trace. */
  readonly label: Label;
  readonly payload: Uint8Array;
  readonly digest: number;
}

/** A message on its way; the event is its arrival. */
export class MessageInFlight implements SimulatedEvent {
  readonly parts: MessageParts;
  /** Its own copy: nobody else holds it. */
  readonly payload: Uint8Array;
  readonly #isReplay: boolean;
  readonly #session: number;
  #hasArrived = false;

  /** @param isReplay - A replay outlives the session it was sent in. */
  constructor(parts: MessageParts, isReplay: boolean) {
    this.parts = parts;
    this.payload = parts.payload.slice();
    this.#isReplay = isReplay;
    this.#session = parts.link.session;
    parts.outbox.queuedBytes += this.payload.length + messageOverheadBytes;
  }

  /** Whether the session it was sent in is still the one between the two. */
  get isOfThisSession(): boolean {
    return this.#isReplay || this.#session === this.parts.link.session;
  }

  fire(): boolean {
    const { link, network } = this.parts;
    if (!this.isOfThisSession) return this.lose('reset');
    // What waits at a receiver that is paused or slow is past all that can happen on the way.
    if (!this.#hasArrived) {
      if (link.isBlocked) return this.lose('partition');
      if (!link.line.admits(this)) {
        network.record('hold', link.target, link.source, this);
        return false;
      }
      this.#hasArrived = true;
    }
    const endpoint = this.#addressee();
    if (endpoint === undefined) return this.lose('down');
    const { incarnation } = endpoint;
    if (!incarnation.isAlive) return this.lose('down');
    // A paused receiver keeps it, and keeps the sender's queue full: its kernel's buffers are.
    if (!incarnation.admits(this)) return false;
    const refusal = endpoint.refusalOf(link.source.label.text, this);
    if (refusal !== undefined) return this.lose(refusal);

    network.record('deliver', link.target, link.source, this);
    endpoint.deliver(this);
    network.release(this);
    return true;
  }

  /** Who has known only the older of two processes still has its session with that one. */
  #addressee(): SimulatedTransport | undefined {
    const { link, outbox, knownLife } = this.parts;
    const { source, target } = link;
    if (source === target) return endpointOf(target, outbox.owner);
    return target.older?.incarnation.number === knownLife ? target.older : target.endpoint;
  }

  /** Ends the way of this message without a delivery. @returns false: no code of a node ran. */
  lose(reason: LossReason): false {
    const { link, network } = this.parts;
    network.record('lose', link.target, link.source, this, reason);
    network.release(this);
    return false;
  }
}
