import type { NodeId } from '@quorate/transport';

import { CorruptBytesError, CrdtsError, ForkedReplicaError, PendingFullError } from '../errors.ts';
import type { Link, LinkTrouble } from './link.ts';
import type { Peer } from './peer.ts';
import type { Access, ReplicatorOptions } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';

/** What a guard needs. */
interface GuardOptions {
  readonly options: ReplicatorOptions & { readonly onError: (error: unknown) => void };
  readonly counters: ReplicatorCounters;
  readonly documents: ReadonlyMap<string, SharedDocument>;
}

/** Who may do what with a document, and what becomes of it when a replica or a function throws. */
export class Guard {
  readonly #given: GuardOptions;

  constructor(given: GuardOptions) {
    this.#given = given;
  }

  /** A document, if it is here and the peer may do with it what is needed. */
  sharedWith({ id }: Peer, document: string, needed: Access): SharedDocument | undefined {
    const shared = this.#given.documents.get(document);
    const access = shared === undefined ? 'none' : this.accessOf(id, document);
    if (access === 'write' || access === needed) return shared;
    this.#given.counters.strangerCount += 1;
    return undefined;
  }

  /** What a peer may do with a document. */
  accessOf(id: NodeId, document: string): Access {
    const { access, onError } = this.#given.options;
    try {
      return access?.(id, document) ?? 'write';
    } catch (error) {
      onError(error);
      return 'none';
    }
  }

  /**
   * Calls the replica. What it finds wrong ends the exchange, or is counted, or reported.
   *
   * @param onOther - Asked first whether it deals with what was thrown.
   * @returns Whether nothing was thrown.
   */
  attempt(
    peer: Peer,
    link: Link,
    shared: SharedDocument,
    call: () => void,
    onOther: (error: CrdtsError) => boolean = () => false,
  ): boolean {
    const { counters, options } = this.#given;
    try {
      call();
      return true;
    } catch (error) {
      if (error instanceof ForkedReplicaError) this.stop('forked', peer, link, shared, error);
      else if (error instanceof CrdtsError && onOther(error)) return false;
      else if (error instanceof CorruptBytesError) counters.corruptCount += 1;
      else if (error instanceof PendingFullError) counters.refusedCount += 1;
      else options.onError(error);
      return false;
    }
  }

  /** Exchanges a document no more, and says why. */
  stop(kind: LinkTrouble, peer: Peer, link: Link, shared: SharedDocument, error: CrdtsError): void {
    link.stop(kind);
    peer.behind.delete(shared.name);
    if (link.reported === kind) return;
    link.reported = kind;
    const { onProblem, onError } = this.#given.options;
    try {
      onProblem?.({ kind, document: shared.name, peer: peer.id, error });
    } catch (thrown) {
      onError(thrown);
    }
  }
}
