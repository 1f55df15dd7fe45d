import type { RaftNode } from '@quorate/raft';

import type { Telemetry } from './telemetry.ts';

/** What requests ask of Raft. */
type AskedRaft = Pick<RaftNode, 'propose' | 'read' | 'status'>;

/** `raft`, with a span around each proposal and read that a request waits for. */
export function tracedRaft(raft: AskedRaft, telemetry: Telemetry | undefined): AskedRaft {
  if (telemetry === undefined) return raft;
  const describe = (outcome: { readonly kind: string }) => ({ 'raft.outcome': outcome.kind });
  return {
    propose: (...args) => telemetry.around('raft propose', () => raft.propose(...args), describe),
    read: (...args) => telemetry.around('raft read', () => raft.read(...args), describe),
    status: () => raft.status(),
  };
}
