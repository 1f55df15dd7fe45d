import type { LinkSecurity } from './link.ts';
import type { NodeId } from './node-id.ts';

/** What the local node has to prove. */
export interface ProofChallenge {
  /** To whom: the id the far end claims, not yet proven. */
  readonly peer: NodeId;
  /**
   * What to sign: both ends' opening words with their fresh nonces, the prover's first, and what
   * binds them to an encrypted link. Never the same twice.
   */
  readonly transcript: Uint8Array;
}

/** What the far end claims and shows. */
export interface ProofClaim {
  /** Who it says it is. */
  readonly claimedId: NodeId;
  /** What it showed; empty if it proves nothing. */
  readonly proof: Uint8Array;
  /** What it had to sign. The same bytes that its `prove` was given. */
  readonly transcript: Uint8Array;
  /** What an encrypted carrier knows about it, certificate names included. */
  readonly security: LinkSecurity | undefined;
}

/**
 * How nodes prove their ids to each other. Without it an id is only as good as the network: fine
 * against mistakes, worth nothing against an attacker.
 *
 * @remarks
 * Both ends prove, each with its own half. What a hook throws, or rejects with, is reported and
 * refuses the peer.
 */
export interface Authentication {
  /** The local node's proof over `challenge.transcript`: a signature or MAC of 0..1024 bytes. */
  prove(challenge: ProofChallenge): Uint8Array | Promise<Uint8Array>;
  /** Whether the claim holds. Compare MACs in constant time. */
  verify(claim: ProofClaim): boolean | Promise<boolean>;
}
