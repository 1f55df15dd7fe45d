import type { NodeId } from '@quorate/transport';

import type { Decisions } from './decisions.ts';
import type { Incarnation } from './incarnation.ts';
import type { SimulatedTransport } from './simulated-transport.ts';
import type { Label } from './trace.ts';
import type { WaitingLine } from './waiting-line.ts';

/** Where a node meets the network, through all its lives. */
export interface Station {
  readonly nodeId: NodeId;
  readonly label: Label;
  /** The ways from here, by the id of the node they lead to. Made when first used. */
  readonly links: Map<string, Link>;
  /** The transport of the node's current life, if it has one. */
  endpoint: SimulatedTransport | undefined;
  /** The transport of its twin: an older life that goes on beside it. */
  older: SimulatedTransport | undefined;
}

/** The transport of one life, if it is not over. */
export function endpointOf(station: Station, life: Incarnation): SimulatedTransport | undefined {
  return [station.endpoint, station.older].find((endpoint) => endpoint?.incarnation === life);
}

/** The way from one node to another, through all their lives. */
export interface Link {
  readonly source: Station;
  readonly target: Station;
  /** What happens on it keeps its order, whatever else happens at the same instant. */
  readonly lane: number;
  readonly decisions: Decisions;
  /** How many messages were offered so far: the index of the next, which its decisions hang on. */
  messageCount: number;
  /** How many session notices were sent so far: the index of the next. */
  noticeCount: number;
  /** Rises with every reset. What an older session still had in flight is lost. */
  session: number;
  /** Whether a partition stands between. */
  isBlocked: boolean;
  /** How many clogs hold it. */
  clogCount: number;
  /** Where messages wait that arrive while it is clogged. */
  readonly line: WaitingLine;
  /** When the latest message arrives, with ordering 'session'. */
  lastArrivalUs: number;
  /** Until when it is busy sending, with a bandwidth. */
  busyUntilUs: number;
  /** What the source believes of the target. */
  readonly view: PeerView;
}

/** What one node believes of one peer. Forgotten when the node dies. */
export interface PeerView {
  isUp: boolean;
  /** The life of the peer it was told of. */
  incarnation: number;
  /** The session it was told of. */
  session: number;
  /** Whether sends are refused, because the session is known to be broken. */
  isRefusing: boolean;
}

/** What an endpoint has on the way to one peer. */
export interface Outbox {
  readonly owner: Incarnation;
  queuedBytes: number;
  isPressured: boolean;
}
