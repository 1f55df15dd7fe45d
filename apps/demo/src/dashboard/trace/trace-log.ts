/**
 * What happened on all nodes, put together: which receipt belongs to which message, and what could
 * have caused what.
 *
 * Entries carry no name of their message, but vector clocks. A receipt by which a node learns of a
 * newer event of the sender than it knew of is the receipt of just that event. If it had already
 * heard of that event from somebody else, the order of the link decides: the first message of the
 * same type and size that is not yet taken. What was sent before a message that arrived, on the
 * same link, and did not arrive itself, is lost.
 */
import type { TraceEntry } from '../../observe/trace.ts';

/** One event on the diagram. */
export interface TraceEvent {
  readonly entry: TraceEntry;
  /** Its hybrid timestamp as milliseconds since 1970: later than all that it knows of. */
  readonly atMs: number;
  /** The other end of the message, once it is known. */
  partner: TraceEvent | undefined;
}

/** How one event stands to another. */
export type Relation = 'same' | 'past' | 'future' | 'concurrent';

interface Receipt {
  readonly event: TraceEvent;
  /** The life of the sender and the number of the event by it, where the receipt tells them. */
  readonly exact: { readonly process: string; readonly count: number } | undefined;
}

interface Link {
  sends: TraceEvent[];
  receipts: Receipt[];
}

const EVENT_COUNT_MAX = 20_000;
/** Longer than that nothing is on its way, in ms. */
const FLIGHT_MS_MAX = 2_000;
/** Streams of nodes are behind each other by less than that, in ms. */
const lateMsMax = 1_000;
/** Timestamps within one millisecond are spread over it. */
const countersPerMs = 64;

/** The last events of all nodes. */
export class TraceLog {
  readonly #eventCountMax: number;
  #events: TraceEvent[] = [];
  #sorted: TraceEvent[] | undefined;
  readonly #last = new Map<string, TraceEvent>();
  readonly #links = new Map<string, Link>();
  #latestMs = 0;

  /** @param eventCountMax - How many are kept, about. */
  constructor(eventCountMax: number = EVENT_COUNT_MAX) {
    this.#eventCountMax = eventCountMax;
  }

  /** The last events; those of one node in order. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** The newest timestamp so far. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** Takes entries of one node, in order. */
  add(entries: readonly TraceEntry[]): void {
    for (const entry of entries) {
      const atMs = entry.wallMs + Math.min(entry.counter, countersPerMs - 1) / countersPerMs;
      const event: TraceEvent = { entry, atMs, partner: undefined };
      this.#wait(event);
      this.#events.push(event);
      this.#last.set(entry.node, event);
      this.#latestMs = Math.max(this.#latestMs, atMs);
    }
    for (const link of this.#links.values()) this.#match(link);
    this.#sorted = undefined;
    if (this.#events.length > this.#eventCountMax * 1.2) {
      this.#events = this.#events.slice(-this.#eventCountMax);
    }
  }

  /** Events between two times, and those whose other end may be; in the order of time. */
  between(fromMs: number, toMs: number): readonly TraceEvent[] {
    const sorted = (this.#sorted ??= this.#events.toSorted((a, b) => a.atMs - b.atMs));
    const [from, to] = [fromMs - FLIGHT_MS_MAX, toMs + FLIGHT_MS_MAX];
    return sorted.slice(firstAt(sorted, from), firstAt(sorted, to));
  }

  #wait(event: TraceEvent): void {
    const { kind, node, peer } = event.entry;
    if (kind === 'drop') return;
    const key = kind === 'send' ? `${node}>${peer}` : `${peer}>${node}`;
    const link = this.#links.get(key) ?? { sends: [], receipts: [] };
    this.#links.set(key, link);
    if (kind === 'send') link.sends.push(event);
    else link.receipts.push({ event, exact: this.#learned(event.entry) });
  }

  /** The newest event of the sender that this receipt told of, if it told of one. */
  #learned({ node, peer, process, clock }: TraceEntry): Receipt['exact'] {
    const before = this.#last.get(node)?.entry;
    // Without the event before it is not known what was new.
    if (before?.process !== process) return undefined;
    for (const [life, count] of Object.entries(clock)) {
      const isNews = life.startsWith(`${peer}.`) && count > (before.clock[life] ?? 0);
      if (isNews) return { process: life, count };
    }
    return undefined;
  }

  #match(link: Link): void {
    let taken = 0;
    for (const { event, exact } of link.receipts) {
      const at = link.sends.findIndex((send) => isSendOf(send, event, exact));
      const sender = this.#last.get(event.entry.peer);
      const isReported =
        (sender !== undefined && sender.atMs >= event.atMs) ||
        this.#latestMs - event.atMs > lateMsMax;
      // What was sent may be told of later than what was received.
      if (!isReported && (at < 0 || exact === undefined)) break;
      taken += 1;
      const send = link.sends[at];
      if (send === undefined) continue;
      send.partner = event;
      event.partner = send;
      link.sends = link.sends.slice(at + 1);
    }
    link.receipts = link.receipts.slice(taken);
    const tooOldMs = this.#latestMs - 10 * lateMsMax;
    if ((link.sends[0]?.atMs ?? tooOldMs) >= tooOldMs) return;
    link.sends = link.sends.filter(({ atMs }) => atMs >= tooOldMs);
  }
}

/** The index of the first event at `atMs` or later. */
function firstAt(events: readonly TraceEvent[], atMs: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.atMs ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSendOf(send: TraceEvent, receipt: TraceEvent, exact: Receipt['exact']): boolean {
  const { process, clock, type, sizeBytes } = send.entry;
  const count = clock[process] ?? 0;
  if (exact !== undefined) return process === exact.process && count === exact.count;
  const isKnown = count <= (receipt.entry.clock[process] ?? 0);
  return isKnown && type === receipt.entry.type && sizeBytes === receipt.entry.sizeBytes;
}

/** Whether `other` came before `event`, after it, or neither can have caused the other. */
export function relationTo(event: TraceEvent, other: TraceEvent): Relation {
  if (event === other) return 'same';
  const { process, clock } = event.entry;
  const its = other.entry;
  if ((its.clock[its.process] ?? 0) <= (clock[its.process] ?? 0)) return 'past';
  return (clock[process] ?? 0) <= (its.clock[process] ?? 0) ? 'future' : 'concurrent';
}

/** Whether a message is one of those that say only that somebody lives. */
export function isHeartbeat({ type }: TraceEntry): boolean {
  return type === 'heartbeat' || type === 'heartbeatReply' || type === 'phi-accrual';
}

/** Whether a message that was sent so long ago should have arrived, but did not. */
export function isLost({ entry, atMs, partner }: TraceEvent, latestMs: number): boolean {
  if (entry.kind === 'drop') return true;
  return entry.kind === 'send' && partner === undefined && latestMs - atMs > lateMsMax;
}
