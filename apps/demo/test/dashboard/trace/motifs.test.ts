import { expect, test } from 'vitest';

import { eventsOf } from '../../../src/dashboard/trace/motifs.ts';
import type { TraceEvent } from '../../../src/dashboard/trace/trace-log.ts';

const end = (kind: 'send' | 'receive', node: string, peer: string, type: string, atMs: number) => ({
  entry: {
    ...{ node, kind, peer, protocol: 'raft', type, sizeBytes: 9 },
    ...{ wallMs: atMs, counter: 0, process: `${node}.x`, clock: {} },
  },
  atMs,
});

/** A message from `from` to `to`; without `arrivesMs` it is lost. */
function message(
  [from, to]: readonly [string, string],
  type: string,
  sentMs: number,
  arrivesMs?: number,
): TraceEvent[] {
  const send: TraceEvent = { ...end('send', from, to, type, sentMs), partner: undefined };
  if (arrivesMs === undefined) return [send];
  const receipt = { ...end('receive', to, from, type, arrivesMs), partner: send };
  send.partner = receipt;
  return [send, receipt];
}

const append = (to: string, sentMs: number, arrivesMs?: number): TraceEvent[] =>
  message(['n1', to], 'appendEntries', sentMs, arrivesMs);
const reply = (from: string, sentMs: number, arrivesMs: number): TraceEvent[] =>
  message([from, 'n1'], 'appendEntriesReply', sentMs, arrivesMs);

test('a request and its response are both ends of both', () => {
  const [asked, answered] = [append('n2', 0, 2), reply('n2', 3, 5)];
  const other = message(['n2', 'n1'], 'heartbeatReply', 3, 5);
  const alone = append('n3', 0, 2);
  const found = eventsOf('request', [...asked, ...answered, ...other, ...alone], 3);
  expect(found).toEqual(new Set([...asked, ...answered]));
});

test('a quorum round ends with the reply that makes a majority', () => {
  const sent = ['n2', 'n3', 'n4', 'n5'].map((id) => append(id, 0, 2));
  const replies = ['n2', 'n3', 'n4'].map((id, index) => reply(id, 3, 5 + index));
  const all = [...sent, ...replies].flat();
  const found = eventsOf('quorum', all, 5);
  expect(found).toEqual(new Set([sent[0], replies[0], sent[1], replies[1]].flat()));
  // Two replies are no majority of seven.
  const few = [...sent, ...replies.slice(0, 2)].flat();
  expect(eventsOf('quorum', few, 7).size).toBe(0);
});

test('a retry is a message that was lost, and the same one again', () => {
  const [lost, again, different] = [append('n2', 0), append('n2', 50, 52), append('n3', 60, 62)];
  const late = append('n2', 5_000, 5_001);
  const found = eventsOf('retry', [...lost, ...again, ...different, ...late], 3);
  expect(found).toEqual(new Set([...lost, ...again]));
});
