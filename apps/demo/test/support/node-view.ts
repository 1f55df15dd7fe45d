import type { BoardFigures, NodeStatus, RaftFigures } from '../../src/observe/node-status.ts';
import type { NodeView } from '../../src/supervisor/cluster-view.ts';

/** What a view of a node may say differently. */
export type NodeViewParts = Partial<NodeView> & {
  readonly raft?: string;
  readonly figures?: Partial<RaftFigures>;
  readonly boards?: Partial<BoardFigures>;
  readonly peers?: NodeStatus['peers'];
};

const raft: RaftFigures = {
  role: 'follower',
  term: 1,
  leaderId: null,
  votedFor: null,
  electionElapsedTicks: 0,
  electionDueTicks: 10,
  firstLogIndex: 1,
  lastLogIndex: 0,
  durableIndex: 0,
  commitIndex: 0,
  lastApplied: 0,
  voters: [],
  configuration: { learners: [], outgoingVoters: [] },
  peers: {},
  damaged: [],
  isDiskFull: false,
  condition: 'running',
  failure: null,
};

const board: BoardFigures = {
  ...{ copyCount: 0, underReplicatedCount: 0, epoch: 0, members: [], digests: {} },
  filter: { sizeBytes: 0, falsePositiveRate: 0 },
};

/** A node that runs and has nothing to say, but for what is given. */
export function nodeView(id: string, parts: NodeViewParts = {}): NodeView {
  const { figures, boards, peers = [], ...rest } = parts;
  const status: NodeStatus = {
    id,
    uptimeMs: 0,
    loopDelayMs: 0,
    hybridAheadMs: 0,
    raft: { ...raft, ...figures },
    store: { keyCount: 0, storeBytes: 0, digest: '' },
    boards: { ...board, ...boards },
    members: [],
    peers,
    blockedPeers: [],
  };
  return { id, api: '', raft: '', pid: 1, process: 'running', statusAgeMs: 0, status, ...rest };
}
