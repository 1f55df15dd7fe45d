/** Shapes that come again and again in traces: what belongs to one is found and shown together. */
import { isLost, type TraceEvent } from './trace-log.ts';

/** One kind of shape. */
export type Motif = 'request' | 'quorum' | 'retry';

/** All of them, with what they are called. */
export const motifs: readonly (readonly [Motif, string])[] = [
  ['request', 'request and response'],
  ['quorum', 'quorum round'],
  ['retry', 'retry'],
];

/** Replies that take longer belong to something else, in ms. */
const REPLY_MS_MAX = 2_000;
/** Messages of one round leave within so long, in ms. */
const ROUND_MS_MAX = 5;

/** The events that are part of a shape of this kind. */
export function eventsOf(
  motif: Motif,
  events: readonly TraceEvent[],
  nodeCount: number,
): ReadonlySet<TraceEvent> {
  const sends = events.filter(({ entry }) => entry.kind !== 'receive');
  switch (motif) {
    case 'request':
      return new Set(sends.flatMap((send) => exchangeOf(send, sends)));
    case 'quorum':
      return new Set(sends.flatMap((send) => roundOf(send, sends, nodeCount)));
    case 'retry':
      return new Set(sends.flatMap((send) => retryOf(send, sends, events.at(-1)?.atMs ?? 0)));
  }
}

/** A message that has a reply, and the reply: both ends of both; nothing if there is none. */
function exchangeOf(send: TraceEvent, sends: readonly TraceEvent[]): readonly TraceEvent[] {
  const arrival = send.partner;
  if (arrival === undefined || isReply(send)) return [];
  const reply = sends.find(
    (other) =>
      other.entry.node === send.entry.peer &&
      other.entry.peer === send.entry.node &&
      other.atMs >= arrival.atMs &&
      other.atMs <= arrival.atMs + REPLY_MS_MAX &&
      answers(other, send),
  );
  if (reply?.partner === undefined) return [];
  return [send, arrival, reply, reply.partner];
}

/** The same message to several peers at once, and replies of so many that they are a majority. */
function roundOf(
  first: TraceEvent,
  sends: readonly TraceEvent[],
  nodeCount: number,
): readonly TraceEvent[] {
  const { node, type, protocol } = first.entry;
  const isOfRound = ({ entry, atMs }: TraceEvent): boolean =>
    entry.node === node &&
    entry.type === type &&
    entry.protocol === protocol &&
    atMs >= first.atMs &&
    atMs <= first.atMs + ROUND_MS_MAX;
  const peers = new Map<string, TraceEvent>();
  for (const send of sends) if (isOfRound(send)) peers.set(send.entry.peer, send);
  const exchanges = [...peers.values()]
    .map((send) => exchangeOf(send, sends))
    .filter((exchange) => exchange.length > 0)
    .toSorted((left, right) => (left.at(-1)?.atMs ?? 0) - (right.at(-1)?.atMs ?? 0));
  const needed = Math.floor(nodeCount / 2);
  return needed > 0 && exchanges.length >= needed ? exchanges.slice(0, needed).flat() : [];
}

/** A message that was lost, and the same one sent again. */
function retryOf(
  send: TraceEvent,
  sends: readonly TraceEvent[],
  latestMs: number,
): readonly TraceEvent[] {
  if (!isLost(send, latestMs)) return [];
  const { node, peer, type, sizeBytes, protocol } = send.entry;
  const again = sends.find(
    ({ entry, atMs }) =>
      atMs > send.atMs &&
      atMs <= send.atMs + REPLY_MS_MAX &&
      entry.node === node &&
      entry.peer === peer &&
      entry.protocol === protocol &&
      entry.type === type &&
      entry.sizeBytes === sizeBytes,
  );
  if (again === undefined) return [];
  return [send, again, ...(again.partner ? [again.partner] : [])];
}

function isReply({ entry }: TraceEvent): boolean {
  return entry.type.endsWith('Reply');
}

/** Raft names its replies; other protocols answer in kind. */
function answers(reply: TraceEvent, { entry }: TraceEvent): boolean {
  if (reply.entry.protocol !== entry.protocol) return false;
  return entry.protocol === 'raft'
    ? reply.entry.type === `${entry.type}Reply`
    : reply.entry.type === entry.type;
}
