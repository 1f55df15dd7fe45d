import type { Clock } from './clock.ts';
import type { Link, LinkHandler, Turn } from './link.ts';
import type { NodeId } from './node-id.ts';
import type { Random } from './random.ts';
import type { Dialing } from './redialer.ts';
import type { SessionOptions } from './session-options.ts';

/** What a carrier reports about one attempt to dial: exactly one of the two, never at once. */
export interface DialListener {
  /** The link stands. */
  connected(link: Link): LinkHandler;
  /** There will be no link. */
  failed(error: unknown): void;
}

/** What a carrier gives the table. */
export interface PeerTableOptions extends SessionOptions {
  readonly localId: NodeId;
  /** Names the cluster: 1..64 bytes of UTF-8. Nodes of different clusters refuse each other. */
  readonly clusterId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly turn: Turn;
  /** Sixteen bytes that nobody can foresee. */
  readonly createNonce: () => Uint8Array;
  /** Whether the carrier encrypts; for `capabilities`. */
  readonly isEncrypted: boolean;
  /** Where errors go without `onError`. */
  readonly reportError: (error: unknown) => void;
  /** Starts to dial a peer; a carrier that cannot leaves it out. */
  readonly dial?: (peer: NodeId, listener: DialListener) => Dialing;
}
