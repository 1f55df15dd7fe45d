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
  | 'lease by choice';

/**
 * How each of some directives, by line or 'end', goes instead, as `digestOf` has it: an exception
 * covers the difference that was looked at, and not any other that may come.
 */
export type Digests = Readonly<Record<string, string>>;

/** Directives of one file that go otherwise than the file says, all for one reason. */
export interface Exception {
  readonly reason: Reason;
  /** Where other messages go, or in other steps, and all is then as the file says. */
  readonly output: Digests;
  /** After which nodes are not in the state that the file says. */
  readonly state: Digests;
}

/** What the names stand for. All are decisions but what says 'yet'. */
export const reasons: Readonly<Record<Reason, string>> = {
  'active at append':
    'A configuration is in force from when it is in the log, not from when it is applied: a new ' +
    'voter counts, and is sent to, before the change is committed; a removed one no longer.',
  'steps down':
    'A removed leader steps down as soon as the change is committed, always, tells a voter to ' +
    'take over, and leaves what comes after to it; until then it commits without counting itself.',
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
  'lease by choice':
    'etcd/raft forgets no leader while reads rely on its lease; the core has no such reads yet, ' +
    'so it always does.',
};

function because(
  reason: Reason,
  { output = {}, state = {} }: { readonly output?: Digests; readonly state?: Digests },
): Exception {
  return { reason, output, state };
}

const exceptions: Readonly<Record<string, readonly Exception[]>> = {
  'async_storage_writes.txt': [
    because('own vote first', { output: { 23: 'ba542d05' } }),
    because('commit rides along', {
      output: {
        361: '85ee3830',
        387: '07fb1888',
        465: '03272f2f',
        491: 'fc72db3d',
        590: 'aaf4148f',
        611: '79dcdd47',
      },
      state: { 616: '8429217c' },
    }),
    because('answers once', {
      output: {
        535: '633da598',
        576: '22ced46d',
        647: 'd463fe94',
        688: '633b7408',
        726: 'c8893596',
        755: '71b5e7a4',
        809: '71b5e7a4',
        822: '0d64db4d',
        840: '79dcdd47',
        857: '79dcdd47',
      },
    }),
  ],
  'async_storage_writes_append_aba_race.txt': [
    because('own vote first', { output: { 143: 'd7161c6f', 305: '267568e9' } }),
    because('answers once', { output: { 222: '48b8a985', 466: '2e31249d' } }),
  ],
  'checkquorum.txt': [because('stale leader', { output: { 67: '20f748a6' } })],
  'confchange_disable_validation.txt': [
    because('active at append', { output: { 36: 'c834af9f', 59: '669330cb' } }),
  ],
  'confchange_v1_add_single.txt': [because('active at append', { output: { 40: '3bd8e6d8' } })],
  'confchange_v1_remove_leader.txt': [
    because('active at append', {
      output: { 138: 'a5f52cda' },
      state: { 36: '58fd7021', 85: 'f0a9cc22', 117: '8eca4b2b' },
    }),
    because('steps down', {
      output: { 221: '79dcdd47' },
      state: { 146: 'd5ea5931', 246: '6261f1d6', end: 'db6ee193' },
    }),
  ],
  'confchange_v1_remove_leader_stepdown.txt': [
    because('active at append', {
      output: { 141: 'a5f52cda' },
      state: { 37: '58fd7021', 84: 'a3dc76af', 113: '936632d1', 120: '8eca4b2b' },
    }),
    because('steps down', { state: { 149: '102f98cb', end: 'da648d6e' } }),
  ],
  'confchange_v2_add_double_auto.txt': [
    because('active at append', {
      output: { 42: '180d403a', 80: '54c0f298', 156: 'e05d2e90', 334: '1d881d0c' },
      state: { 54: 'aa364ce2', 65: '485d6b65', 254: 'b6e7ac58', 288: 'f24ec6ef' },
    }),
  ],
  'confchange_v2_add_double_implicit.txt': [
    because('active at append', { output: { 43: 'f896d004' } }),
  ],
  'confchange_v2_add_single_auto.txt': [
    because('active at append', { output: { 41: '2599ea88' } }),
  ],
  'confchange_v2_add_single_explicit.txt': [
    because('active at append', { output: { 41: '2599ea88' } }),
    because('refuses changes', {
      state: {
        102: 'f7c1cd21',
        113: '5f8eb646',
        165: 'f7c1cd21',
        170: '5d533db7',
        end: '40863ba0',
      },
    }),
  ],
  'confchange_v2_replace_leader.txt': [because('active at append', { output: { 50: '92b321d9' } })],
  'confchange_v2_replace_leader_stepdown.txt': [
    because('steps down', { state: { 69: '77301b11', 163: '673dea2e' } }),
  ],
  'forget_leader_prevote_checkquorum.txt': [
    because('refusal teaches', { output: { 57: '79377f27' } }),
  ],
  'forget_leader_read_only_lease_based.txt': [
    because('lease by choice', { state: { 26: '021f4235' } }),
  ],
  'heartbeat_resp_recovers_from_probing.txt': [
    because('own progress', { state: { 40: '0f3888c4' } }),
  ],
  'lagging_commit.txt': [
    because('commit rides along', { output: { 66: '1b2b11a6', 108: '79dcdd47' } }),
  ],
  'prevote.txt': [because('commit rides along', { output: { 85: '55291d89' } })],
  'prevote_checkquorum.txt': [
    because('refusal teaches', {
      state: { 34: 'b4528b95', 89: '7509a23b', 206: 'cbc122bf', 230: '35ce6fd3' },
    }),
  ],
  'snapshot_succeed_via_app_resp.txt': [
    because('own progress', { state: { 42: '7cd36228', 97: 'dd9b7725' } }),
  ],
  'snapshot_succeed_via_app_resp_behind.txt': [
    because('own progress', { state: { 49: '7cd36228', 84: '308f2ae4' } }),
  ],
};

/** What may differ in the file of this name. */
export function exceptionsFor(name: string): readonly Exception[] {
  return exceptions[name] ?? [];
}
