import type { NodeId } from '@quorate/transport';

import type { PeerStatus, ReceiptCounts } from '../peers/opinion.ts';
import type { OutboundState } from '../peers/outbound-link.ts';
import type { InboundState } from './events.ts';

/** What is known of a peer, and of the ways between us. */
export interface MonitoredPeer extends PeerStatus<NodeId> {
  readonly inbound: InboundState;
  readonly outbound: OutboundState;
}

/** What a monitor has done so far. All but the score only rise. */
export interface MonitorCounters {
  /** What became of the heartbeats that came. */
  readonly receipts: Readonly<ReceiptCounts>;
  /** Heartbeats that the transport took. */
  readonly sentCount: number;
  /** Heartbeats that it did not. */
  readonly droppedCount: number;
  /** Heartbeats that were left out because of other messages. */
  readonly suppressedCount: number;
  /** Messages that were none. */
  readonly malformedCount: number;
  /** Pauses of this process. */
  readonly pauseCount: number;
  /** What speaks against our own judgement now: 0..8. */
  readonly healthScore: number;
}
