import { clients } from './clients.ts';
import { electionAndLog } from './election-and-log.ts';
import { liveness } from './liveness.ts';
import { membership } from './membership.ts';
import type { Mutation } from './mutation.ts';
import { reads } from './reads.ts';
import { redisRaft } from './redis-raft.ts';
import { snapshots } from './snapshots.ts';
import { storage } from './storage.ts';

/** All of them, in the order of the scenarios. */
export const mutations: readonly Mutation[] = [
  ...electionAndLog,
  ...membership,
  ...redisRaft,
  ...reads,
  ...clients,
  ...snapshots,
  ...storage,
  ...liveness,
].toSorted((left, right) => left.scenario.localeCompare(right.scenario));
