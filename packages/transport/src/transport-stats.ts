import type { NodeId } from './node-id.ts';

/** What one transport has counted since it began. Everything only rises. */
export interface TransportCounters {
  /** Messages given to listeners, or counted as unknown. */
  receivedMessageCount: number;
  /** Messages queued for a peer. */
  sentMessageCount: number;
  /** Bytes read from carriers, frames and handshakes included. */
  receivedBytes: number;
  /** Bytes given to carriers, frames and handshakes included. */
  sentBytes: number;
  /** Operations on carriers it took to send them. */
  carrierWriteCount: number;
  /** `send` calls answered 'dropped'. */
  droppedSendCount: number;
  /** Messages for a protocol that nobody here listens to. */
  unknownProtocolCount: number;
  /** Frames of a version or kind that this build does not know. */
  unknownFrameCount: number;
  /** Sessions ended because what came was not what a peer sends. */
  malformedStreamCount: number;
  /** Handshakes that ended without a session, duplicates excepted. */
  refusedHandshakeCount: number;
  /** Errors given to `onError`: of listeners, observers and hooks, and refusals of dialed peers. */
  reportedErrorCount: number;
}

/** One peer as it stands, for people and tests. */
export interface PeerStats {
  readonly peer: NodeId;
  readonly isUp: boolean;
  /** The newest incarnation that proved itself, or undefined if none did. */
  readonly incarnation: number | undefined;
  /** Bytes accepted for it and not yet written by the carrier. */
  readonly queuedBytes: number;
  /** Why the last dial or session failed, or undefined. */
  readonly lastError: string | undefined;
}

/** One transport as it stands, for people and tests. */
export interface TransportStats extends Readonly<TransportCounters> {
  readonly incarnation: number;
  /** Links that are not sessions yet, or no longer. */
  readonly handshakeCount: number;
  readonly peers: readonly PeerStats[];
}

/** All zero. */
export function createCounters(): TransportCounters {
  return {
    receivedMessageCount: 0,
    sentMessageCount: 0,
    receivedBytes: 0,
    sentBytes: 0,
    carrierWriteCount: 0,
    droppedSendCount: 0,
    unknownProtocolCount: 0,
    unknownFrameCount: 0,
    malformedStreamCount: 0,
    refusedHandshakeCount: 0,
    reportedErrorCount: 0,
  };
}
