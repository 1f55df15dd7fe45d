import { electionAndLog } from './election-and-log.ts';
import type { Mutation } from './mutation.ts';
import { redisRaft } from './redis-raft.ts';

/** All of them, in the order of the scenarios. */
export const mutations: readonly Mutation[] = [...electionAndLog, ...redisRaft].toSorted(
  (left, right) => left.scenario.localeCompare(right.scenario),
);
