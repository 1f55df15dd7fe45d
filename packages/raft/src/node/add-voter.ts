import type { Clock, NodeId } from '@quorate/transport';

import type { MembershipChange } from '../configuration.ts';
import type { MembershipOptions } from './membership-request.ts';
import type { MembershipOutcome, WaitOptions } from './outcomes.ts';
import type { RaftStatus } from './status.ts';

/** What of a node this needs. */
interface MembershipPort {
  changeMembership(
    changes: readonly MembershipChange[],
    options: MembershipOptions,
  ): Promise<MembershipOutcome>;
  status(): Pick<RaftStatus, 'configuration'>;
}

/** Who is to vote, by whose doing. */
interface AddVoterRequest {
  readonly clock: Clock;
  /** How long to wait before a refusal that may pass is put to the test again. */
  readonly retryMs: number;
  readonly node: NodeId;
  readonly raft: MembershipPort;
}

const TIMEOUT_MS_DEFAULT = 60_000;

/** What passes by itself: ask again. */
const passing: ReadonlySet<string> = new Set([
  'notCaughtUp',
  'changePending',
  'termNotCommitted',
  'transferring',
]);

/** Gives a node a vote in two changes, with the time between them that it takes to catch up. */
export async function addVoter(
  request: AddVoterRequest,
  { timeoutMs = TIMEOUT_MS_DEFAULT, signal }: WaitOptions,
): Promise<MembershipOutcome> {
  const { clock, node, raft } = request;
  const deadlineMs = clock.nowMs() + timeoutMs;
  const change = async (kind: MembershipChange['kind']): Promise<MembershipOutcome> => {
    for (;;) {
      const leftMs = deadlineMs - clock.nowMs();
      if (leftMs <= 0) return { kind: 'unknown', reason: 'timeout' };
      const outcome = await raft.changeMembership([{ kind, node }], {
        timeoutMs: leftMs,
        ...(signal !== undefined && { signal }),
      });
      if (outcome.kind !== 'rejected' || !passing.has(outcome.reason)) return outcome;
      await pause(request);
    }
  };
  const { configuration } = raft.status();
  if (!configuration.voters.includes(node) && !configuration.learners.includes(node)) {
    const outcome = await change('addLearner');
    if (outcome.kind !== 'committed') return outcome;
  }
  return change('addVoter');
}

function pause({ clock, retryMs }: AddVoterRequest): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(retryMs, resolve));
}
