export { raftCodec } from './codec.ts';
export { createRaft, step, stepAll } from './raft.ts';
export type { DamagedLog, RaftOptions, RaftTuning } from './options.ts';
export type { Leadership, RaftState, Role, Transfer } from './state.ts';
export type { LogChanges, RaftLog } from './log.ts';
export type { Lease } from './lease.ts';
export type { Progress, ProgressState } from './progress.ts';
export type {
  ChangeMembership,
  ClockReading,
  HardState,
  MembershipRefusal,
  RaftEffect,
  RaftInput,
  RaftRole,
  RefusalReason,
  TransferRefusal,
} from './effects.ts';
export type {
  Configuration,
  ConfigurationAt,
  ConfigurationRefusal,
  MembershipChange,
} from './configuration.ts';
export type { CatchUp } from './catch-up.ts';
export type {
  AppendEntries,
  AppendEntriesReply,
  Entry,
  EntryKind,
  ForwardProposal,
  ForwardRefusal,
  ForwardReply,
  Heartbeat,
  HeartbeatReply,
  InstallSnapshot,
  InstallSnapshotReply,
  LogPosition,
  PreVote,
  PreVoteReply,
  RaftMessage,
  RequestVote,
  RequestVoteReply,
  Snapshot,
  SnapshotChunk,
  ReadIndexRequest,
  ReadIndexReply,
  FetchedEntries,
  FetchEntries,
  SnapshotChunkReply,
  SnapshotMetadata,
  TimeoutNow,
} from './messages.ts';
export { createRaftNode, type CreateRaftNodeOptions } from './create-raft-node.ts';
export type { StateMachine } from './state-machine.ts';
export type {
  DurableStateMachine,
  ReplicatedStateMachine,
  StreamingStateMachine,
} from './node/streaming-machine.ts';
export { RaftNode } from './raft-node.ts';
export {
  RaftIdentityError,
  type RaftIdentityErrorCode,
  RaftStartError,
  type RaftStartErrorCode,
} from './node/errors.ts';
export {
  type ForcedConfiguration,
  unsafeForceConfiguration,
  type UnsafeForceOptions,
} from './node/unsafe-force-configuration.ts';
export type { MembershipOptions } from './node/membership-request.ts';
export type { RaftEvent } from './node/events.ts';
export type { RaftNodeOptions } from './node/options.ts';
export type { TickSource } from './node/ticker.ts';
export type {
  ProposalDoubt,
  MembershipOutcome,
  ProposalOutcome,
  ProposalRejection,
  BoundedRead,
  ReadConsistency,
  ReadFreshness,
  ReadOptions,
  ReadOutcome,
  ReadRefusal,
  TransferOptions,
  TransferOutcome,
  WaitOptions,
} from './node/outcomes.ts';
export type { SnapshotReceiving, SnapshotRequest, SnapshotSending } from './node/snapshots.ts';
export type { FollowerStatus, RaftStatus, RepairStatus } from './node/status.ts';
export type { IdentityStatus } from './node/identity.ts';
export type { StateDivergence } from './node/state-hash.ts';
