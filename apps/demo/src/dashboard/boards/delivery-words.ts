/** What a client says of itself, in words. */
import type { ClientState, Problem } from './board-client.ts';

/** A short text with a sign and a meaning: no meaning is told by colour alone. */
export interface Pill {
  readonly sign: string;
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'quiet';
}

const problemTexts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    unconfirmed: 'On one disk only. Other owners get it when they can be reached.',
    unreachable: 'The node does not answer.',
    read_timeout: 'The node does not answer.',
    outcome_unknown: 'The node did not answer in time. Whether it was done is not known.',
    no_owner: 'The node reaches none of the owners of this board.',
    not_found: 'The node has not heard of this board.',
    too_many_requests: 'The quota is used up for now.',
    unauthorized: 'The node does not let this page in.',
    too_large: 'The edit is too large.',
    behind: 'The owner lacks what the edit builds on.',
    damaged: 'What arrived was damaged, and was not taken in.',
  }),
);

/** Why something was not done. */
export function problemText({ code, detail }: Problem): string {
  return problemTexts.get(code) ?? `${code}: ${detail}`;
}

/** How the client stands with its node. */
export function connectionPill({ connection }: ClientState, nodeId: string): Pill {
  switch (connection) {
    case 'offline':
      return { sign: '○', text: 'offline', tone: 'quiet' };
    case 'connecting':
      return { sign: '…', text: `connecting to ${nodeId}`, tone: 'quiet' };
    case 'live':
      return { sign: '●', text: `live on ${nodeId}`, tone: 'good' };
    case 'lost':
      return { sign: '✕', text: `lost ${nodeId}, trying again`, tone: 'bad' };
  }
}

/** What became of its edits; nothing before there were any. */
export function deliveryPill(state: ClientState): Pill | undefined {
  const { connection, delivery, pendingCount } = state;
  const edits = pendingCount === 1 ? '1 edit' : `${pendingCount} edits`;
  if (connection === 'offline') {
    const text = `${edits} ${pendingCount === 1 ? 'waits' : 'wait'} here`;
    return pendingCount === 0 ? undefined : { sign: '◷', text, tone: 'warn' };
  }
  switch (delivery.kind) {
    case 'none':
      return undefined;
    case 'sending':
      return { sign: '↑', text: `sending ${edits}`, tone: 'quiet' };
    case 'confirmed':
      return { sign: '✓', text: `on ${delivery.copies} disks`, tone: 'good' };
    case 'unconfirmed':
      return { sign: '!', text: `${edits} on one disk only`, tone: 'warn' };
    case 'failed':
      return { sign: '✕', text: `${edits} not confirmed`, tone: 'bad' };
  }
}
