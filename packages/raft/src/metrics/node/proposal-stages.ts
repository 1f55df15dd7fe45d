import type { Clock } from '@quorate/transport';

import type { RaftEffect, RaftInput } from '../../effects.ts';
import type { RaftProbe } from '../../node/probe.ts';

/** One step in the life of the entries from `firstIndex` to `lastIndex`. */
export interface ProposalStage {
  /**
   * 'appended': in the leader's log. 'persisted': on this node's own disk. 'committed': on a
   * majority of disks, and given to the state machine.
   */
  readonly stage: 'appended' | 'persisted' | 'committed';
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** On the clock of the node. */
  readonly atMs: number;
}

/** Writes whose entries are remembered until they are durable. */
const WRITES_KEPT = 10_000;

/**
 * A probe that tells `listener` how entries get on, for spans of a tracer. Tells of all entries of
 * the log, in ranges; a proposal knows its own by the `logIndex` of its outcome.
 */
export function proposalStages(clock: Clock, listener: (stage: ProposalStage) => void): RaftProbe {
  const offered = new Map<number, number>();
  // By ticket, oldest first.
  const writes = new Map<number, readonly [first: number, last: number]>();
  const tell = (stage: ProposalStage['stage'], firstIndex: number, lastIndex: number): void => {
    listener({ stage, firstIndex, lastIndex, atMs: clock.nowMs() });
  };
  const rangeOf = (entries: Extract<RaftEffect, { kind: 'apply' }>['entries']) => {
    const [first, last] = [entries[0], entries.at(-1)];
    return first && last ? ([first.logIndex, last.logIndex] as const) : undefined;
  };
  return {
    onInput: (input: RaftInput) => {
      if (input.kind === 'propose') offered.set(input.proposalId, input.payloads.length);
      if (input.kind !== 'persisted') return;
      for (const [ticket, [first, last]] of writes) {
        if (ticket > input.ticket) return;
        writes.delete(ticket);
        tell('persisted', first, last);
      }
    },
    onEffect: (effect: RaftEffect) => {
      if (effect.kind === 'proposalRefused') offered.delete(effect.proposalId);
      if (effect.kind === 'proposed') {
        const count = offered.get(effect.proposalId) ?? 1;
        offered.delete(effect.proposalId);
        tell('appended', effect.firstIndex, effect.firstIndex + count - 1);
      }
      if (effect.kind !== 'persist' && effect.kind !== 'apply') return;
      const range = rangeOf(effect.entries);
      if (range === undefined) return;
      if (effect.kind === 'apply') tell('committed', ...range);
      else if (writes.size < WRITES_KEPT) writes.set(effect.ticket, range);
    },
  };
}
