/** What a node says of itself, as JSON: on `/admin/raft`, and in its events. */
export interface NodeStatus {
  readonly id: string;
  readonly uptimeMs: number;
  /** How late the event loop ran its last timer, in ms. */
  readonly loopDelayMs: number;
  readonly raft: RaftFigures;
  readonly store: StoreFigures;
  /** Peers that an injected partition keeps apart from this node. */
  readonly blockedPeers: readonly string[];
}

/** Raft's own figures. */
export interface RaftFigures {
  readonly role: string;
  readonly term: number;
  readonly leaderId: string | null;
  readonly votedFor: string | null;
  readonly firstLogIndex: number;
  readonly lastLogIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly voters: readonly string[];
  /** For a leader: how far each follower is known to be. */
  readonly peers: Readonly<Record<string, PeerFigures>>;
  readonly damaged: readonly DamagedFigures[];
  readonly isDiskFull: boolean;
  /** 'running', 'recovering', 'failed' or 'closed'. */
  readonly condition: string;
  /** What failed, if `condition` is 'failed'. */
  readonly failure: string | null;
}

/** How far one follower is. */
export interface PeerFigures {
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: string;
}

/** One entry of the log that cannot be read. */
export interface DamagedFigures {
  readonly logIndex: number;
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

/** The state machine's figures. */
export interface StoreFigures {
  readonly keyCount: number;
  readonly storeBytes: number;
  /** Eight hexadecimal digits over the whole state: equal on nodes that applied the same. */
  readonly digest: string;
}
