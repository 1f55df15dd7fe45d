import type { NodeId } from './node-id.ts';
import type { ProtocolName } from './protocol-name.ts';

/** Stops what the call that returned it started. Safe to call twice. */
export type Unsubscribe = () => void;

/** What became of one `send`, as far as this side can know at once. */
export type SendOutcome =
  | 'accepted' // Queued, and the queue to this peer is below its high-water mark.
  | 'pressured' // Queued, but hold back until this peer's 'drained' event, or 'down'.
  | 'dropped'; // Refused on this side: unknown or unreachable peer, queue full, closing.

/** One message as it arrived, with what the carrier knows about it. */
export interface Delivery {
  /** Proven by the carrier's handshake, never read from the payload. */
  readonly from: NodeId;
  /** A safe integer that rises with every restart of `from`. */
  readonly incarnation: number;
  /** Borrowed until the listener returns; copy what you keep. */
  readonly payload: Uint8Array;
  /** `Clock.nowMs()` when the carrier read it. */
  readonly receivedAtMs: number;
}

/** What a carrier adds to the contract every transport keeps. */
export interface TransportCapabilities {
  /** Largest payload `send` takes, in bytes. At least 1 200. */
  readonly maxPayloadBytes: number;
  /** 'session': first in, first out for each protocol, within one session. 'none': any order. */
  readonly ordering: 'none' | 'session';
  /** Whether one `send` may be delivered more than once. */
  readonly mayDuplicate: boolean;
  /** Whether `Delivery.from` is proven against an attacker, not only against mistakes. */
  readonly authenticated: boolean;
  /** Whether payloads are hidden from the network. */
  readonly encrypted: boolean;
}

/** Why a peer went down, for logs and tests. Never proof of a crash. */
export type PeerDownReason =
  | 'closed' // The peer said goodbye.
  | 'reset' // The session broke.
  | 'timeout' // Nothing was heard for too long.
  | 'refused' // Handshake failed: wrong cluster, version or proof.
  | 'superseded'; // Another session to the same peer took over.

/** A hint about one peer. Never proof of a crash or of life. */
export type PeerEvent =
  | { readonly kind: 'up'; readonly peer: NodeId; readonly incarnation: number }
  | { readonly kind: 'down'; readonly peer: NodeId; readonly reason: PeerDownReason }
  | { readonly kind: 'drained'; readonly peer: NodeId };

/**
 * Carries bytes between nodes. The only way anything in this repository reaches a peer.
 *
 * A transport may lose, delay, duplicate and reorder messages; it never alters or invents one.
 * Callers must be correct under all four faults, and `@quorate/simulation` injects all four.
 *
 * The contract, one suite for every carrier (`@quorate/transport/contract`):
 *
 * - C1 what is delivered is byte-identical to what `from` sent;
 * - C2 order and uniqueness hold only where `capabilities` say so, within one incarnation pair;
 * - C3 `send` never throws for anything the network did, only for a caller's bug;
 * - C4 `send` is O(1) and memory is bounded: past the queue limit it answers 'dropped';
 * - C5 nothing is delivered from inside `send`, not even to the sender itself;
 * - C6 nothing is delivered before the transport was started or after `close`;
 * - C7 a slow peer never delays another;
 * - C8 two sessions between the same pair collapse to one, deterministically;
 * - C9 frames of an older incarnation are discarded once a newer one was seen;
 * - C10 unknown protocols and versions are counted and ignored;
 * - C11 a throwing listener is reported to `onError` and kills nothing.
 */
export interface Transport {
  /** The node on whose behalf this transport sends. Constant for the transport's lifetime. */
  readonly localId: NodeId;

  /** What this carrier adds to the contract: size limit, ordering, duplicates, security. */
  readonly capabilities: TransportCapabilities;

  /**
   * Offers `payload` to the network and returns at once. Best effort: 'accepted' promises nothing,
   * because no sender can tell a crashed `to` from a lost message. After `close`: 'dropped'.
   *
   * @param to - The receiver; the local id is allowed and is delivered like any other.
   * @param protocol - Which listener of the receiver gets it.
   * @param payload - Copied or sent before `send` returns: the caller may reuse it.
   * @throws RangeError if `payload` is larger than `capabilities.maxPayloadBytes`.
   * @throws TypeError if `payload` is not a `Uint8Array`.
   */
  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome;

  /**
   * Calls `listener` once per message delivered for `protocol`, never from inside `send`.
   *
   * @throws RangeError if `protocol` already has a listener: two would both believe to own it.
   */
  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe;

  /** Reports peers going 'up', 'down' or 'drained'. Hints: never proof of a crash or of life. */
  observePeers(listener: (event: PeerEvent) => void): Unsubscribe;

  /** Stops deliveries and releases resources. Idempotent. */
  close(): Promise<void>;
}
