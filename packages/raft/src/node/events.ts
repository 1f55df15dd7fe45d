import type { DamagedEntry, DamagedSnapshot } from '@quorate/storage';
import type { NodeId } from '@quorate/transport';

import type { Configuration } from '../configuration.ts';
import type { RaftRole } from '../effects.ts';
import type { IdentityStatus } from './identity.ts';

/** What a node reports about itself, for logs, metrics and dashboards. */
export type RaftEvent =
  | {
      readonly kind: 'roleChanged';
      readonly role: RaftRole;
      readonly term: number;
      readonly leaderId: NodeId | undefined;
    }
  /** Another configuration is in force on this node. It is not committed yet, and may go again. */
  | {
      readonly kind: 'configurationChanged';
      readonly configuration: Configuration;
      readonly logIndex: number;
    }
  /** A configuration without this node is committed: it takes no part and may be closed. */
  | { readonly kind: 'removed'; readonly logIndex: number }
  /** The state machine now holds everything up to `lastApplied`. */
  | { readonly kind: 'applied'; readonly lastApplied: number }
  /** A snapshot of this node's own state is durable. */
  | {
      readonly kind: 'snapshotTaken';
      readonly lastIncludedIndex: number;
      readonly sizeBytes: number;
    }
  /** The state machine was replaced by the leader's snapshot. */
  | { readonly kind: 'snapshotRestored'; readonly lastIncludedIndex: number }
  /** Started with damage: no vote, and nothing acknowledged beyond it, until it is repaired. */
  | { readonly kind: 'damaged'; readonly entries: readonly DamagedEntry[] }
  /** Started from an older snapshot, or none: these could not be read. */
  | { readonly kind: 'snapshotDamaged'; readonly snapshots: readonly DamagedSnapshot[] }
  /**
   * The log is whole again, and the node takes part. `fetchedCount` entries came from peers that
   * were asked for them; the leader may have sent others.
   */
  | { readonly kind: 'repaired'; readonly fetchedCount: number }
  /**
   * The state of `peer` is another than this node's, though both applied the same log up to
   * `logIndex`: the state machine is not deterministic, or one replica lost part of its state.
   * Reported once for each peer, on both sides.
   */
  | {
      readonly kind: 'stateDiverged';
      readonly peer: NodeId;
      readonly logIndex: number;
      /** They were equal up to here; 0 if that was not seen since the start. */
      readonly lastEqualIndex: number;
    }
  /** Where this node stands with its peers is another than before. 'refused' needs an operator. */
  | { readonly kind: 'identityChanged'; readonly identity: IdentityStatus }
  /** Writes are refused until there is room; reads go on. */
  | { readonly kind: 'diskFull' }
  /** There is room again. */
  | { readonly kind: 'diskRecovered' }
  /**
   * `peer` speaks `spoken` at best: no version is common, or it is a member that cannot read the
   * log or never answers `identity: 'proven'`. See the README.
   */
  | { readonly kind: 'incompatiblePeer'; readonly peer: NodeId; readonly spoken: number }
  /** The node stopped for good: a disk operation or the state machine failed. Restart it. */
  | { readonly kind: 'failed'; readonly error: unknown };
