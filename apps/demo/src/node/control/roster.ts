/**
 * Who takes part, as far as this node has applied the log.
 *
 * `cluster/members` names the nodes of the cluster; those of them that do not still join hold the
 * boards. Raft's own members follow that list, with some delay: see member-changes.ts. A node is
 * spoken to while either of the two names it.
 */
import type { RaftNode } from '@quorate/raft';
import { nodeId, type NodeId } from '@quorate/transport';

import { type Address, addressOf } from '../../address.ts';
import { type Member, membersKey, parseMembers } from '../../config/cluster-map.ts';
import type { ConfigStore } from '../../config/config-store.ts';

/** What a roster is read from, and what follows it. */
export interface RosterOptions {
  readonly store: Pick<ConfigStore, 'get'>;
  readonly raft: Pick<RaftNode, 'observe' | 'status'>;
  /** The members until somebody writes a list. */
  readonly founders: readonly NodeId[];
  /** Where peers are; left out where the carrier finds them by their names. */
  readonly addressBook: AddressBook | undefined;
}

/** How a carrier is told where to find whom. */
export interface AddressBook {
  setPeer(peer: NodeId, address: Address): void;
  removePeer(peer: NodeId): void;
}

/** Who holds boards, and at which revision of the store that was written; 0 for the founders. */
export interface Membership {
  readonly epoch: number;
  readonly members: readonly Member[];
}

/** The members, and who wants to know when they change. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #localId: NodeId;
  readonly #listeners = new Set<(peers: readonly NodeId[]) => void>();
  readonly #stop: () => void;
  #revision = 0;
  #members: readonly Member[];
  #peers: readonly NodeId[] = [];

  constructor(options: RosterOptions) {
    const { raft, founders } = options;
    this.#options = options;
    this.#localId = raft.status().nodeId;
    this.#members = founders.map((id) => ({ id, weight: 1 }));
    this.#look();
    this.#stop = raft.observe(({ kind }) => {
      if (kind === 'configurationChanged') this.#look();
      if (kind !== 'applied' && kind !== 'snapshotRestored') return;
      if ((options.store.get(membersKey)?.revision ?? 0) > this.#revision) this.#look();
    });
  }

  /** All nodes of the cluster, those that still join included. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** Who holds boards. */
  get membership(): Membership {
    const members = this.#members.filter(({ isJoining }) => isJoining !== true);
    return { epoch: this.#revision, members };
  }

  /** All others that take part, those that still leave included. */
  get peers(): readonly NodeId[] {
    return this.#peers;
  }

  /** Whether `cluster/members` names a node. */
  has(id: string): boolean {
    return this.#members.some((member) => member.id === id);
  }

  /** Calls `listener` with the peers now, and whenever they or the members have changed. */
  follow(listener: (peers: readonly NodeId[]) => void): void {
    this.#listeners.add(listener);
    listener(this.#peers);
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const { store, raft, addressBook } = this.#options;
    const stored = store.get(membersKey);
    this.#revision = stored?.revision ?? 0;
    this.#members = parseMembers(stored?.value ?? '') ?? this.#members;
    const { voters, outgoingVoters, learners } = raft.status().configuration;
    const listed = this.#members.map(({ id }) => nodeId(id));
    const all = new Set([...listed, ...voters, ...outgoingVoters, ...learners]);
    const before = this.#peers;
    this.#peers = [...all].filter((id) => id !== this.#localId);
    for (const { id, address = '' } of this.#members) {
      const parsed = id === this.#localId ? undefined : addressOf(address);
      if (parsed !== undefined) addressBook?.setPeer(nodeId(id), parsed);
    }
    for (const peer of before) if (!this.#peers.includes(peer)) addressBook?.removePeer(peer);
    for (const listener of this.#listeners) listener(this.#peers);
  }
}
