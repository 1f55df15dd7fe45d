import { type NodeId, nodeId } from '@quorate/transport';
import type { FaultyTransport } from '@quorate/transport/faulty';

import { type Groups, unreachableFrom } from '../partition.ts';

/** A partition that this node takes part in, as rules of its transport. */
export class InjectedPartition {
  readonly #transport: FaultyTransport;
  #blockedPeers: readonly string[] = [];

  constructor(transport: FaultyTransport) {
    this.#transport = transport;
  }

  /** Whom this node neither reaches nor hears. */
  get blockedPeers(): readonly string[] {
    return this.#blockedPeers;
  }

  /** Replaces the partition; no groups heal it. @throws RangeError if a name is no node id. */
  set(groups: Groups): void {
    const named = groups.map((group) => group.map((name) => nodeId(name)));
    this.#transport.setRules(named.length === 0 ? [] : [{ kind: 'partition', groups: named }]);
    this.#blockedPeers = unreachableFrom(groups, this.#transport.localId);
  }

  /** Whether nothing passes between this node and `peer`. */
  isBlocked(peer: NodeId): boolean {
    return this.#blockedPeers.includes(peer);
  }
}
