import type { RaftEvent, RaftStatus } from '@quorate/raft';

import type { RaftFigures } from './node-status.ts';

/** A Raft status as JSON can carry it. */
export function raftFigures(raft: RaftStatus): RaftFigures {
  const { nodeId: _, voters, configuration, leaderId, votedFor, peers, damaged, ...rest } = raft;
  const { failure, ...figures } = rest;
  const { learners, outgoingVoters } = configuration;
  return {
    ...figures,
    voters: [...voters],
    configuration: { learners: [...learners], outgoingVoters: [...outgoingVoters] },
    leaderId: leaderId ?? null,
    votedFor: votedFor ?? null,
    peers: Object.fromEntries(peers),
    damaged: damaged.map(({ logIndex, path, offset, reason }) => ({
      logIndex,
      path,
      offset,
      reason,
    })),
    failure: failure === undefined ? null : textOf(failure),
  };
}

/** The sentence an operator should read about this event, if there is one. */
export function noticeOf(event: RaftEvent): string | undefined {
  switch (event.kind) {
    case 'damaged': {
      const places = event.entries.map(
        ({ logIndex, path, offset, reason }) => `${logIndex} (${path} at ${offset}: ${reason})`,
      );
      return (
        `the log is damaged at entries ${places.join(', ')}; ` +
        'no vote and no acknowledgement until the leader has repaired them'
      );
    }
    case 'snapshotDamaged': {
      const files = event.snapshots.map(({ path, reason }) => `${path} (${reason})`);
      return `started without damaged snapshots: ${files.join(', ')}`;
    }
    case 'repaired':
      return 'the log is whole again';
    case 'stateDiverged':
      return (
        `the state of ${event.peer} is another at entry ${event.logIndex} ` +
        `(last equal at ${event.lastEqualIndex}): one of the two replicas is wrong`
      );
    case 'incompatiblePeer':
      return `${event.peer} speaks at best version ${event.spoken}, which this node does not`;
    case 'identityChanged':
      return event.identity.kind === 'refused'
        ? event.identity.error.message
        : 'the other nodes take this one for who it is again';
    case 'diskFull':
      return 'the disk is full: writes are refused until there is room, reads go on';
    case 'diskRecovered':
      return 'there is room on the disk again';
    case 'removed':
      return 'this node is no longer a member: it may be stopped';
    case 'failed':
      return `stopped for good: ${textOf(event.error)}`;
    case 'roleChanged':
    case 'configurationChanged':
    case 'applied':
    case 'snapshotTaken':
    case 'snapshotRestored':
      return undefined;
  }
}

/** What an operator may want to read of the ordinary course of things. */
export function newsOf(event: RaftEvent): string | undefined {
  return event.kind === 'roleChanged' ? `is ${event.role} in term ${event.term}` : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
