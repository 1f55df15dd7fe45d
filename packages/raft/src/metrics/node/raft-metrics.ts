import type { Clock, NodeId, SendOutcome } from '@quorate/transport';

import type { NodeMessage } from '../../codec/edge-messages.ts';
import { type MessageKind, messageKinds, tagOf } from '../../codec/kinds.ts';
import type { RaftEffect, RaftInput } from '../../effects.ts';
import type { RaftProbe, RequestKind } from '../../node/probe.ts';
import { Histogram } from '../histogram.ts';
import { Stopwatches } from '../stopwatches.ts';

/** What was counted of one kind of message. */
export interface MessageCounts {
  readonly sent: number;
  /** Not taken by the transport, or not offered to a peer that is too old. */
  readonly dropped: number;
  readonly sentBytes: number;
  readonly received: number;
  readonly receivedBytes: number;
}

/** Entries whose way to the commit is timed at once. */
const ENTRIES_TIMED = 65_536;
/** Writes under way that are timed at once. */
const WRITES_TIMED = 1_024;

/**
 * Counts what a node does: the option `probe` of that node and of no other. Everything only rises.
 *
 * @example
 * ```ts
 * import { RaftMetrics } from '@quorate/raft/metrics';
 * import { systemClock } from '@quorate/transport/system';
 *
 * const metrics = new RaftMetrics(systemClock);
 * metrics.electionsWon; // => 0
 * ```
 */
export class RaftMetrics implements RaftProbe {
  /** From when a leader took an entry in until it was committed and given to its state machine. */
  readonly commitSeconds: Histogram = new Histogram();
  /** From when a write of the log was asked for until it was durable. */
  readonly syncSeconds: Histogram = new Histogram();
  /** Campaigns for votes, after a pre-vote that was won. */
  electionsStarted = 0;
  electionsWon = 0;
  /** How often this node learned of another leader. */
  leaderChanges = 0;
  /** Writes of the log asked for, and the entries in them. */
  appendBatches = 0;
  appendedEntries = 0;
  /** Reports of the log that writes are durable, each after a sync. */
  syncs = 0;
  /** Commands handed to the state machine. */
  commandsApplied = 0;
  snapshotsSent = 0;
  snapshotsRestored = 0;
  /** Confirmations of reads: by a round of heartbeats, or by a lease. */
  readIndexRounds = 0;
  leaseReads = 0;
  malformedMessages = 0;
  readonly #clock: Clock;
  readonly #requests = new Map<RequestKind, Map<string, number>>();
  // By tag of the kind.
  readonly #sent = new Float64Array(256);
  readonly #dropped = new Float64Array(256);
  readonly #sentBytes = new Float64Array(256);
  readonly #received = new Float64Array(256);
  readonly #receivedBytes = new Float64Array(256);
  readonly #entries = new Stopwatches(ENTRIES_TIMED);
  readonly #writes = new Stopwatches(WRITES_TIMED);
  // Sizes of the batches that the core was offered and has not answered.
  readonly #offered = new Map<number, number>();
  #durableTicket = 0;
  #leaderId: NodeId | undefined = undefined;

  /** @param clock - That of the node. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many requests of `kind` ended how: 'committed', 'rejected', 'unknown', 'ready', …. */
  requests(kind: RequestKind): ReadonlyMap<string, number> {
    return this.#requests.get(kind) ?? new Map<string, number>();
  }

  /** What was sent and received, by kind of message. */
  messages(): ReadonlyMap<MessageKind, MessageCounts> {
    return new Map(
      messageKinds.map((kind) => {
        const tag = tagOf(kind);
        const counts: MessageCounts = {
          sent: this.#sent[tag] ?? 0,
          dropped: this.#dropped[tag] ?? 0,
          sentBytes: this.#sentBytes[tag] ?? 0,
          received: this.#received[tag] ?? 0,
          receivedBytes: this.#receivedBytes[tag] ?? 0,
        };
        return [kind, counts] as const;
      }),
    );
  }

  onRequest(kind: RequestKind, outcome: Promise<{ readonly kind: string }>): void {
    const counts = this.#requests.get(kind) ?? new Map<string, number>();
    this.#requests.set(kind, counts);
    void outcome.then(({ kind: how }) => counts.set(how, (counts.get(how) ?? 0) + 1));
  }

  onInput(input: RaftInput): void {
    switch (input.kind) {
      case 'propose':
        this.#offered.set(input.proposalId, input.payloads.length);
        return;
      case 'persisted':
        this.#onPersisted(input.ticket);
        return;
      case 'readIndex':
        this.readIndexRounds += 1;
        return;
      case 'leaseRead':
        this.leaseReads += 1;
        return;
      default:
    }
  }

  onEffect(effect: RaftEffect): void {
    switch (effect.kind) {
      case 'proposed':
        this.#onProposed(effect.proposalId, effect.firstIndex);
        return;
      case 'proposalRefused':
        this.#offered.delete(effect.proposalId);
        return;
      case 'persist':
        this.#writes.start(effect.ticket, this.#clock.nowMs());
        if (effect.entries.length === 0) return;
        this.appendBatches += 1;
        this.appendedEntries += effect.entries.length;
        return;
      case 'apply':
        this.#onApply(effect.entries);
        return;
      case 'restore':
        this.snapshotsRestored += 1;
        return;
      case 'sendSnapshot':
        this.snapshotsSent += 1;
        return;
      case 'roleChanged':
        if (effect.role === 'candidate') this.electionsStarted += 1;
        if (effect.role === 'leader') this.electionsWon += 1;
        this.#onLeader(effect.leaderId);
        return;
      default:
    }
  }

  onSent(
    _to: NodeId,
    { kind }: NodeMessage,
    sizeBytes: number,
    outcome: SendOutcome | 'unsupported',
  ): void {
    const tag = tagOf(kind);
    if (outcome === 'dropped' || outcome === 'unsupported') {
      add(this.#dropped, tag, 1);
      return;
    }
    add(this.#sent, tag, 1);
    add(this.#sentBytes, tag, sizeBytes);
  }

  onReceived(_from: NodeId, message: NodeMessage | undefined, sizeBytes: number): void {
    if (message === undefined) {
      this.malformedMessages += 1;
      return;
    }
    const tag = tagOf(message.kind);
    add(this.#received, tag, 1);
    add(this.#receivedBytes, tag, sizeBytes);
  }

  #onProposed(proposalId: number, firstIndex: number): void {
    const count = this.#offered.get(proposalId) ?? 0;
    this.#offered.delete(proposalId);
    const nowMs = this.#clock.nowMs();
    for (let place = 0; place < count; place += 1) this.#entries.start(firstIndex + place, nowMs);
  }

  #onPersisted(ticket: number): void {
    this.syncs += 1;
    const nowMs = this.#clock.nowMs();
    const first = Math.max(this.#durableTicket + 1, ticket - WRITES_TIMED);
    for (let each = first; each <= ticket; each += 1) {
      const seconds = this.#writes.stop(each, nowMs);
      if (seconds !== undefined) this.syncSeconds.observe(seconds);
    }
    this.#durableTicket = ticket;
  }

  #onApply(entries: Extract<RaftEffect, { kind: 'apply' }>['entries']): void {
    const nowMs = this.#clock.nowMs();
    for (const { kind, logIndex } of entries) {
      if (kind === 'command') this.commandsApplied += 1;
      const seconds = this.#entries.stop(logIndex, nowMs);
      if (seconds !== undefined) this.commitSeconds.observe(seconds);
    }
  }

  #onLeader(leaderId: NodeId | undefined): void {
    if (leaderId === undefined || leaderId === this.#leaderId) return;
    this.#leaderId = leaderId;
    this.leaderChanges += 1;
  }
}

function add(counts: Float64Array, tag: number, amount: number): void {
  counts[tag] = (counts[tag] ?? 0) + amount;
}
