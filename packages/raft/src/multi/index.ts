/**
 * Many Raft groups in one process: one transport, one log on disk, one timer.
 *
 * @packageDocumentation
 */
export {
  type GroupOptions,
  type HostOption,
  MultiRaft,
  type MultiRaftOptions,
  type MultiRaftStatus,
} from './multi-raft.ts';
