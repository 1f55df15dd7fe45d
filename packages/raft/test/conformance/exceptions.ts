import type { Place } from './outcome.ts';

/** Names of the reasons why the core goes its own way. */
export type Reason =
  | 'active at append'
  | 'steps down'
  | 'refuses changes'
  | 'commit rides along'
  | 'answers once'
  | 'own vote first'
  | 'refusal teaches'
  | 'stale leader'
  | 'own progress'
  | 'no forgetLeader yet'
  | 'no transfer yet';

/** Directives of one file that go otherwise than the file says, all for one reason. */
export interface Exception {
  readonly reason: Reason;
  /** Where other messages go, or in other steps, and all is then as the file says. */
  readonly output: readonly Place[];
  /** After which nodes are not in the state that the file says. */
  readonly state: readonly Place[];
}

/** What the names stand for. All are decisions but those that say 'yet'. */
export const reasons: Readonly<Record<Reason, string>> = {
  'active at append':
    'A configuration is in force from when it is in the log, not from when it is applied: a new ' +
    'voter counts, and is sent to, before the change is committed; a removed one no longer.',
  'steps down':
    'A removed leader steps down as soon as the change is committed, always, and leaves what ' +
    'comes after it to the next leader; until then it commits without counting itself.',
  'refuses changes':
    'A change of members that cannot be made is refused; etcd/raft takes it in as an empty ' +
    'entry, so its log is longer from there on.',
  'commit rides along':
    'A new commit index goes with the next entries, or once what is under way was answered; ' +
    'etcd/raft sends a message for its sake at once.',
  'answers once':
    'Acknowledgements that wait for the same write become one, and an answer that promises ' +
    'nothing new waits for none: the commit index is not part of what a node must remember.',
  'own vote first':
    'A candidate asks for votes once its own vote is durable; etcd/raft asks beside that write.',
  'refusal teaches':
    'A pre-vote that the lease of a leader forbids is refused with a term; etcd/raft is silent, ' +
    'and the asker stays a pre-candidate.',
  'stale leader':
    'A heartbeat of an older term is answered as one; etcd/raft answers with an append response. ' +
    'Either carries the newer term, which is the point.',
  'own progress':
    'Own rules of progress: a follower counts as active until the first check of the quorum; ' +
    'after a report that it cannot be reached, it waits for a heartbeat to come back; the next ' +
    'index stands still while a snapshot is under way.',
  'no forgetLeader yet': 'The core cannot be told to forget a leader yet.',
  'no transfer yet': 'The core cannot be told to hand over leadership yet.',
};

function because(
  reason: Reason,
  { output = [], state = [] }: { output?: readonly Place[]; state?: readonly Place[] },
): Exception {
  return { reason, output, state };
}

const exceptions: Readonly<Record<string, readonly Exception[]>> = {
  'async_storage_writes.txt': [
    because('own vote first', { output: [23] }),
    because('commit rides along', {
      output: [361, 387, 465, 491, 590, 611],
      state: [616],
    }),
    because('answers once', {
      output: [535, 576, 647, 688, 726, 755, 809, 822, 840, 857],
    }),
  ],
  'async_storage_writes_append_aba_race.txt': [
    because('own vote first', { output: [143, 305] }),
    because('answers once', { output: [222, 466] }),
  ],
  'checkquorum.txt': [because('stale leader', { output: [67] })],
  'confchange_disable_validation.txt': [because('active at append', { output: [36, 59] })],
  'confchange_v1_add_single.txt': [because('active at append', { output: [40] })],
  'confchange_v1_remove_leader.txt': [
    because('active at append', { output: [138], state: [36, 85, 117] }),
    because('steps down', { output: [221], state: [146, 246, 'end'] }),
  ],
  'confchange_v1_remove_leader_stepdown.txt': [
    because('active at append', { output: [141], state: [37, 84, 113, 120] }),
    because('steps down', { state: [149, 'end'] }),
  ],
  'confchange_v2_add_double_auto.txt': [
    because('active at append', { output: [42, 80, 156, 334], state: [54, 65, 254, 288] }),
  ],
  'confchange_v2_add_double_implicit.txt': [because('active at append', { output: [43] })],
  'confchange_v2_add_single_auto.txt': [because('active at append', { output: [41] })],
  'confchange_v2_add_single_explicit.txt': [
    because('active at append', { output: [41] }),
    because('refuses changes', { state: [102, 113, 165, 170, 'end'] }),
  ],
  'confchange_v2_replace_leader.txt': [
    because('active at append', { output: [50] }),
    because('no transfer yet', { state: [149, 163, 311, 324, 409, 'end'] }),
  ],
  'confchange_v2_replace_leader_stepdown.txt': [because('steps down', { output: [69] })],
  'forget_leader.txt': [
    because('no forgetLeader yet', { state: [22, 35, 39, 46, 50, 58, 62, 135, 172], output: [74] }),
  ],
  'forget_leader_prevote_checkquorum.txt': [
    because('refusal teaches', { output: [57] }),
    because('no forgetLeader yet', {
      state: [90, 94, 118, 131, 154, 162, 166, 176, 187, 192, 204, 214, 231],
    }),
  ],
  'forget_leader_read_only_lease_based.txt': [because('no forgetLeader yet', { state: [22] })],
  'heartbeat_resp_recovers_from_probing.txt': [because('own progress', { state: [40] })],
  'lagging_commit.txt': [because('commit rides along', { output: [66, 108] })],
  'prevote.txt': [because('commit rides along', { output: [85] })],
  'prevote_checkquorum.txt': [because('refusal teaches', { output: [89, 230], state: [34, 206] })],
  'snapshot_succeed_via_app_resp.txt': [because('own progress', { state: [42, 97] })],
  'snapshot_succeed_via_app_resp_behind.txt': [because('own progress', { state: [49, 84] })],
};

/** What may differ in the file of this name. */
export function exceptionsFor(name: string): readonly Exception[] {
  return exceptions[name] ?? [];
}
