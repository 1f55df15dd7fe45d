/** How the kinds of messages look: a colour and a shape each, so that neither is needed alone. */

/** One look. */
export interface MessageLook {
  /** A CSS variable of the page. */
  readonly colour: string;
  readonly shape: 'disc' | 'ring' | 'diamond' | 'square' | 'triangle' | 'dot';
  readonly label: string;
}

const looks: Readonly<Record<string, MessageLook>> = {
  append: { colour: '--append', shape: 'disc', label: 'entries' },
  reply: { colour: '--append', shape: 'ring', label: 'acknowledgement' },
  heartbeat: { colour: '--heartbeat', shape: 'dot', label: 'heartbeat' },
  vote: { colour: '--vote', shape: 'diamond', label: 'vote' },
  snapshot: { colour: '--snapshot', shape: 'triangle', label: 'snapshot' },
  request: { colour: '--request', shape: 'square', label: 'client request handed over' },
};

/** All of them, for the legend. */
export const legend: readonly MessageLook[] = Object.values(looks);

const lookByType: Readonly<Record<string, keyof typeof looks>> = {
  appendEntries: 'append',
  appendEntriesReply: 'reply',
  heartbeat: 'heartbeat',
  heartbeatReply: 'heartbeat',
  preVote: 'vote',
  preVoteReply: 'vote',
  requestVote: 'vote',
  requestVoteReply: 'vote',
  installSnapshot: 'snapshot',
  installSnapshotReply: 'reply',
  snapshotChunk: 'snapshot',
  snapshotChunkReply: 'reply',
};

const requestLook: MessageLook = {
  colour: '--request',
  shape: 'square',
  label: 'client request handed over',
};

/** The look of a message of this type; what is not Raft's is a request between nodes. */
export function lookOf(type: string): MessageLook {
  return looks[lookByType[type] ?? 'request'] ?? requestLook;
}
