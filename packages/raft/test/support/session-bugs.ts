import {
  parseSessionCommand,
  sessionAnswerCodec,
  sessionSnapshotCodec,
} from '../../src/sessions/codec.ts';
import type { SessionRequest } from '../../src/sessions/messages.ts';
import type { SessionBug } from './session-cluster.ts';

type CallRequest = Extract<SessionRequest, { readonly kind: 'call' }>;

/** Snapshots know the sessions, but not what they were answered. */
export const forgetfulSnapshot: SessionBug = {
  wrapMachine: (machine) => ({
    apply: (command, logIndex) => machine.apply(command, logIndex),
    restore: (snapshot) => {
      machine.restore(snapshot);
    },
    snapshot: () => {
      const { table, inner } = sessionSnapshotCodec.decode(machine.snapshot());
      const sessions = table.sessions.map((each) => ({ ...each, responses: new Map() }));
      return sessionSnapshotCodec.encode({ table: { ...table, sessions }, inner });
    },
  }),
};

/** A call that was applied before is kept waiting, as if its turn were still to come. */
export const repeatedCallWaits: SessionBug = {
  wrapMachine: (machine) => {
    const applied = new Set<string>();
    return {
      snapshot: () => machine.snapshot(),
      restore: (snapshot) => {
        machine.restore(snapshot);
      },
      apply: (command, logIndex) => {
        const request = parseSessionCommand(command)?.request;
        const name = request?.kind === 'call' ? `${request.sessionId} ${request.sequence}` : '';
        const isRepeated = name !== '' && applied.has(name);
        applied.add(name);
        return isRepeated
          ? sessionAnswerCodec.encode({ kind: 'refused', reason: 'backlog' })
          : machine.apply(command, logIndex);
      },
    };
  },
};

/** The client gives every attempt a number of its own. */
export const newNumberEachAttempt: SessionBug = {
  wrapClient: (options) => {
    let attemptCount = 0;
    return {
      ...options,
      port: {
        attempt: (to, request, wait) => {
          if (request.kind !== 'call') return options.port.attempt(to, request, wait);
          attemptCount += 1;
          const sequence = 1_000_000 + attemptCount;
          const acknowledgedThrough = sequence - 1;
          return options.port.attempt(to, { ...request, sequence, acknowledgedThrough }, wait);
        },
      },
    };
  },
};

/** No bug: the network loses the reply to the first attempt at each call that `isLost` names. */
export function losingReplies(bug: SessionBug, isLost: (call: CallRequest) => boolean): SessionBug {
  const lost = new Set<number>();
  return {
    ...bug,
    wrapClient: (options) => ({
      ...options,
      port: {
        attempt: async (to, request, wait) => {
          const attempt = await options.port.attempt(to, request, wait);
          if (request.kind !== 'call' || attempt.kind !== 'answered') return attempt;
          if (lost.has(request.sequence) || !isLost(request)) return attempt;
          lost.add(request.sequence);
          return { kind: 'unknown' };
        },
      },
    }),
  };
}
