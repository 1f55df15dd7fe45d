import type { NodeId, PeerEvent } from '@quorate/transport';

import type { RaftInput } from '../effects.ts';

/** Follows who restarted and who cannot be reached, and says so to the core, once per change. */
export class Peers {
  readonly #incarnations = new Map<NodeId, number>();
  readonly #unreachable = new Set<NodeId>();
  readonly #onNewLife: (peer: NodeId) => void;

  /** @param onNewLife - Called once for each life of a peer, the first one included. */
  constructor(onNewLife: (peer: NodeId) => void) {
    this.#onNewLife = onNewLife;
  }

  /** Something of `peer` under `incarnation` was seen. */
  onSeen(peer: NodeId, incarnation: number): RaftInput | undefined {
    const last = this.#incarnations.get(peer);
    if (last !== undefined && incarnation <= last) return undefined;
    this.#incarnations.set(peer, incarnation);
    this.#onNewLife(peer);
    return last === undefined ? undefined : { kind: 'peerRestarted', peer };
  }

  /** The transport says how `peer` is. */
  onPeerEvent(event: PeerEvent): RaftInput | undefined {
    switch (event.kind) {
      case 'up':
        this.#unreachable.delete(event.peer);
        return this.onSeen(event.peer, event.incarnation);
      case 'down':
        return this.#becomeUnreachable(event.peer);
      case 'drained':
        return undefined;
    }
  }

  /** The transport took a message for `peer`, or did not. */
  onOffered(peer: NodeId, isTaken: boolean): RaftInput | undefined {
    if (!isTaken) return this.#becomeUnreachable(peer);
    if (this.#unreachable.size > 0) this.#unreachable.delete(peer);
    return undefined;
  }

  #becomeUnreachable(peer: NodeId): RaftInput | undefined {
    if (this.#unreachable.has(peer)) return undefined;
    this.#unreachable.add(peer);
    return { kind: 'peerUnreachable', peer };
  }
}
