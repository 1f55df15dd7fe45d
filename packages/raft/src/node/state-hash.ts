import type { NodeId } from '@quorate/transport';

import { DIGEST_BYTES_MAX } from '../codec/state-hash.ts';
import type { ReplicatedStateMachine } from './streaming-machine.ts';

/**
 * Whether replicas that applied the same log hold the same state.
 *
 * Raft gives every replica the same commands in the same order, and cannot know what they do with
 * them. A state machine that asks a clock, iterates in another order after a restart, or saves its
 * state and its place in the log in two steps (etcd 3.5, issue 13766) makes replicas differ, and
 * nobody notices until leadership moves. So each replica takes a digest of its state at every index
 * that `everyEntries` divides, tells it to the others, and compares:
 *
 * ```text
 *   index      1000      2000      3000
 *   n1         a41f      77c0      0b1e
 *   n2         a41f      77c0      0b1e
 *   n3         a41f      77c0      52d9      ← differs; the commands of 2001..3000 say where
 * ```
 *
 * Digests of the same index only are compared: replicas apply at different times. Both sides keep
 * the last few, so that one may lag; what is older goes uncompared. A difference is reported and
 * changes nothing: which replica is wrong is not for a vote, and a cluster that stopped would only
 * be worse.
 */

/** How two replicas came to differ. */
export interface StateDivergence {
  /** The first index at which their digests were seen to differ. */
  readonly logIndex: number;
  /** The last index before it at which they were seen to be equal; 0 if none since the start. */
  readonly lastEqualIndex: number;
}

/** Digests kept of oneself, and of each peer while they wait for one's own. */
const KEPT_COUNT = 8;

interface PeerHashes {
  /** By index, oldest first. */
  readonly waiting: Map<number, Uint8Array>;
  lastEqualIndex: number;
  divergence: StateDivergence | undefined;
}

/** Compares digests of this node's state with those of its peers. No I/O, bounded memory. */
export class StateHashes {
  readonly #own = new Map<number, Uint8Array>();
  readonly #peers = new Map<NodeId, PeerHashes>();
  readonly #onDiverged: (peer: NodeId, divergence: StateDivergence) => void;

  /** @param onDiverged - Called once when a peer begins to differ. */
  constructor(onDiverged: (peer: NodeId, divergence: StateDivergence) => void) {
    this.#onDiverged = onDiverged;
  }

  /** Who differs from this node, and since when. */
  get divergences(): ReadonlyMap<NodeId, StateDivergence> {
    const found = new Map<NodeId, StateDivergence>();
    for (const [peer, { divergence }] of this.#peers) {
      if (divergence !== undefined) found.set(peer, divergence);
    }
    return found;
  }

  /** This node has applied `logIndex`. */
  onOwn(logIndex: number, digest: Uint8Array): void {
    keep(this.#own, logIndex, digest);
    for (const [peer, hashes] of this.#peers) {
      const theirs = hashes.waiting.get(logIndex);
      for (const waitingIndex of hashes.waiting.keys()) {
        if (waitingIndex <= logIndex) hashes.waiting.delete(waitingIndex);
      }
      if (theirs !== undefined) this.#compare(peer, hashes, logIndex, theirs);
    }
  }

  /** A peer that is a member has applied `logIndex`. */
  onHeard(peer: NodeId, logIndex: number, digest: Uint8Array): void {
    let hashes = this.#peers.get(peer);
    if (hashes === undefined) {
      hashes = { waiting: new Map(), lastEqualIndex: 0, divergence: undefined };
      this.#peers.set(peer, hashes);
    }
    if (this.#own.has(logIndex)) this.#compare(peer, hashes, logIndex, digest);
    else keep(hashes.waiting, logIndex, digest);
  }

  /** Forgets whoever is no member any more. */
  retain(members: readonly NodeId[]): void {
    for (const peer of this.#peers.keys()) {
      if (!members.includes(peer)) this.#peers.delete(peer);
    }
  }

  #compare(peer: NodeId, hashes: PeerHashes, logIndex: number, theirs: Uint8Array): void {
    // Late news, as of a peer that restarted and applies its log again, takes nothing back.
    if (logIndex < Math.max(hashes.lastEqualIndex, hashes.divergence?.logIndex ?? 0)) return;
    const own = this.#own.get(logIndex);
    if (own === undefined) return;
    if (isSame(own, theirs)) {
      hashes.lastEqualIndex = logIndex;
      hashes.divergence = undefined;
      return;
    }
    if (hashes.divergence !== undefined) return;
    hashes.divergence = { logIndex, lastEqualIndex: hashes.lastEqualIndex };
    this.#onDiverged(peer, hashes.divergence);
  }
}

/**
 * The digest of `machine`, owned by the caller; `undefined` of one that offers none.
 *
 * @throws RangeError if it has another length than a message carries.
 */
export function digestOf(machine: ReplicatedStateMachine): Uint8Array | undefined {
  const digest = machine.digest?.();
  if (digest === undefined) return undefined;
  const { length } = digest;
  if (length > 0 && length <= DIGEST_BYTES_MAX) return digest.slice();
  throw new RangeError(`digest: expected 1..${DIGEST_BYTES_MAX} bytes, got ${length}`);
}

/** Keeps the digests of the highest indexes. */
function keep(digests: Map<number, Uint8Array>, logIndex: number, digest: Uint8Array): void {
  digests.set(logIndex, digest);
  if (digests.size > KEPT_COUNT) digests.delete(Math.min(...digests.keys()));
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, place) => byte === right[place]);
}
