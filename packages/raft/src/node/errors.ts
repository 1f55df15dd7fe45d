/** Why a node could not start on its directory. */
export type RaftStartErrorCode =
  /** The directory holds the log of another node. */
  | 'RAFT_FOREIGN_DIRECTORY'
  /** The state machine holds commands that the log never had: it is of another node or cluster. */
  | 'RAFT_FOREIGN_STATE'
  /** `identity: 'proven'` on a directory whose cluster may still have members of version 1. */
  | 'RAFT_IDENTITY_TOO_EARLY'
  /** The log holds what this version does not know. */
  | 'RAFT_NEWER_LOG'
  /** `unsafeForceConfiguration` found no log that could stand for the cluster. */
  | 'RAFT_NOTHING_TO_FORCE'
  /** Term and vote are gone while a log or snapshot is there: it might vote twice. */
  | 'RAFT_RECORD_LOST';

/** Why the peers of a node do not take it for who it says it is. */
export type RaftIdentityErrorCode =
  /** They know its id under another directory, or a later state of it: it has forgotten things. */
  | 'RAFT_AMNESIAC'
  /** They met another process first, on a copy of the same directory. */
  | 'RAFT_DUPLICATE';

/** A node that its peers refuse. It runs on and says nothing. Match on `code`. */
export class RaftIdentityError extends Error {
  override readonly name = 'RaftIdentityError';
  readonly code: RaftIdentityErrorCode;

  constructor(code: RaftIdentityErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A node was asked to run on a directory it must not run on. Match on `code`, not `instanceof`. */
export class RaftStartError extends Error {
  override readonly name = 'RaftStartError';
  readonly code: RaftStartErrorCode;

  constructor(code: RaftStartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
