/** The control plane: Raft, what it replicates, and who takes part. */
import { RaftNode } from '@quorate/raft';

import { ConfigStore } from '../../config/config-store.ts';
import { newsOf, noticeOf } from '../../observe/raft-figures.ts';
import { tracedRaft } from '../../telemetry/traced-raft.ts';
import type { NodeOptions } from '../node-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { ConfigService } from './config-service.ts';
import { Roster } from './roster.ts';

/** Clocks of machines go wrong by less. Reads by a lease rely on it, and nothing else. */
const CLOCK_DRIFT_PPM_MAX = 1_000;
/** Entries are kept in memory until a snapshot has them; the configuration itself is small. */
const SNAPSHOT_EVERY = 2_000;

/** A control plane that is open. */
export interface Control {
  readonly raft: RaftNode;
  readonly store: ConfigStore;
  readonly roster: Roster;
  readonly service: ConfigService;
}

/**
 * Opens what the disk remembers.
 *
 * @throws DiskError, LogError or RaftStartError if the disk cannot be used, see `RaftNode.open`.
 */
export async function openControl(
  { isJoining = false, voters, addressBook, raft: tuning }: NodeOptions,
  surroundings: Surroundings,
): Promise<Control> {
  const { transport, disk, clock, random, requestTimeoutMs } = surroundings;
  const { onNotice, onNews, telemetry } = surroundings;
  const store = new ConfigStore();
  const raft = await RaftNode.open({
    snapshotEveryEntries: SNAPSHOT_EVERY,
    ...tuning,
    ...{ transport, disk, directory: 'raft', stateMachine: store, clock, random },
    // Who joins waits to be told who takes part, and knows whom to listen to meanwhile.
    voters: isJoining ? [] : voters,
    ...{ forwardProposals: true, maxClockDriftPpm: CLOCK_DRIFT_PPM_MAX },
  });
  // At once: what it found on the disk it tells in this turn.
  raft.observe((event) => {
    const notice = noticeOf(event);
    if (notice !== undefined) onNotice(notice);
    const news = newsOf(event);
    if (news !== undefined) onNews(news);
  });
  const founders = voters.filter((id) => !isJoining || id !== transport.localId);
  const roster = new Roster({ store, raft, founders, addressBook });
  const service = new ConfigService({ raft: tracedRaft(raft, telemetry), store, requestTimeoutMs });
  return { raft, store, roster, service };
}
