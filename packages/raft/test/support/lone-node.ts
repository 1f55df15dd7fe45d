import { type NodeId, nodeId, type Random } from '@quorate/transport';

import type { RaftEffect, RaftInput } from '../../src/effects.ts';
import { invariant } from '../../src/invariant.ts';
import type { Entry, RaftMessage } from '../../src/messages.ts';
import type { RaftOptions } from '../../src/options.ts';
import { createRaft, step, stepAll } from '../../src/raft.ts';
import type { Leadership, RaftState } from '../../src/state.ts';

export const a: NodeId = nodeId('a');
export const b: NodeId = nodeId('b');
export const c: NodeId = nodeId('c');
export const d: NodeId = nodeId('d');
export const e: NodeId = nodeId('e');

/** Always draws the largest number, so that election timeouts are as long as can be. */
export const patient: Random = {
  uint32: () => 2 ** 32 - 1,
  float: () => 0.999,
  int: (below) => below - 1,
  bytes: (count) => new Uint8Array(count).fill(255),
  fork: () => patient,
};

/** Commands of the given terms, from index `firstIndex` on. */
export function entriesOf(terms: readonly number[], firstIndex = 1): readonly Entry[] {
  return terms.map((term, place) => ({
    logIndex: firstIndex + place,
    term,
    kind: 'command',
    payload: Uint8Array.of(term, firstIndex + place),
  }));
}

type Sent = Extract<RaftEffect, { kind: 'send' }>;

/** One core, `a`, whose peers and disk are played by the test. */
export class LoneNode {
  readonly raft: RaftState;
  /** All it did in its last step. */
  effects: readonly RaftEffect[] = [];

  constructor(options: Partial<RaftOptions> = {}) {
    this.raft = createRaft({ id: a, voters: [a, b, c], random: patient, ...options });
  }

  /** A follower of three in `term` whose durable log has entries of these terms. */
  static withLog(
    terms: readonly number[],
    term: number = terms.at(-1) ?? 0,
    options: Partial<RaftOptions> = {},
  ): LoneNode {
    const hardState = { currentTerm: term, votedFor: undefined, promised: undefined };
    return new LoneNode({ hardState, entries: entriesOf(terms), ...options });
  }

  get leadership(): Leadership {
    const { role } = this.raft;
    invariant(role.kind === 'leader', 'the test made it a leader');
    return role;
  }

  /** Terms of its log, from the first entry in memory on. */
  get logTerms(): readonly number[] {
    const { firstIndex, lastIndex } = this.raft.log;
    if (lastIndex < firstIndex) return [];
    return this.raft.log.slice(firstIndex, lastIndex, Infinity).map(({ term }) => term);
  }

  step(input: RaftInput): readonly RaftEffect[] {
    this.effects = step(this.raft, input);
    return this.effects;
  }

  stepAll(...inputs: readonly RaftInput[]): readonly RaftEffect[] {
    this.effects = stepAll(this.raft, inputs);
    return this.effects;
  }

  receive(from: NodeId, message: RaftMessage): readonly RaftEffect[] {
    return this.step({ kind: 'receive', from, message });
  }

  tick(count = 1): readonly RaftEffect[] {
    const effects: RaftEffect[] = [];
    for (let done = 0; done < count; done += 1) effects.push(...this.step({ kind: 'tick' }));
    this.effects = effects;
    return effects;
  }

  /** All writes asked for so far are durable. */
  persist(): readonly RaftEffect[] {
    return this.step({ kind: 'persisted', ticket: this.raft.issuedTicket });
  }

  propose(...payloads: readonly string[]): readonly RaftEffect[] {
    const encoder = new TextEncoder();
    const encoded = payloads.map((payload) => encoder.encode(payload));
    return this.step({ kind: 'propose', proposalId: 1, payloads: encoded });
  }

  /** What the last step offered to the transport. */
  get sent(): readonly Sent[] {
    return this.effects.filter((effect) => effect.kind === 'send');
  }

  /** What the last step sent to `to`, of one kind. */
  sentTo<Kind extends RaftMessage['kind']>(
    to: NodeId,
    kind: Kind,
  ): readonly Extract<RaftMessage, { kind: Kind }>[] {
    return this.sent
      .filter((effect) => effect.to === to)
      .map((effect) => effect.message)
      .filter((message): message is Extract<RaftMessage, { kind: Kind }> => message.kind === kind);
  }

  /** What the last step did, of one kind. */
  did<Kind extends RaftEffect['kind']>(kind: Kind): readonly Extract<RaftEffect, { kind: Kind }>[] {
    return this.effects.filter(
      (effect): effect is Extract<RaftEffect, { kind: Kind }> => effect.kind === kind,
    );
  }

  /** Waits out the election timeout and gets a pre-vote of every peer. */
  becomeCandidate(): void {
    this.tick(2 * this.raft.tuning.electionTimeoutTicks - 1);
    const term = this.raft.currentTerm + 1;
    for (const peer of this.raft.peers) {
      this.receive(peer, { kind: 'preVoteReply', term, voteGranted: true });
    }
    this.persist();
  }

  /** Wins an election and makes the no-op of the term durable here. */
  becomeLeader(): void {
    this.becomeCandidate();
    const { currentTerm: term } = this.raft;
    for (const peer of this.raft.peers) {
      this.receive(peer, { kind: 'requestVoteReply', term, voteGranted: true });
    }
    this.persist();
  }

  /** `from` acknowledges everything up to `matchIndex`. */
  accept(from: NodeId, matchIndex: number): readonly RaftEffect[] {
    const { currentTerm: term } = this.raft;
    const result = { kind: 'accepted', matchIndex } as const;
    return this.receive(from, { kind: 'appendEntriesReply', term, result });
  }

  reject(
    from: NodeId,
    prevLogIndex: number,
    hintIndex: number,
    hintTerm: number,
  ): readonly RaftEffect[] {
    const { currentTerm: term } = this.raft;
    const result = { kind: 'rejected', prevLogIndex, hintIndex, hintTerm } as const;
    return this.receive(from, { kind: 'appendEntriesReply', term, result });
  }

  /** `from` leads `term` and sends entries of these terms after `prevLogIndex`. */
  append(
    from: NodeId,
    term: number,
    request: {
      readonly prevLogIndex?: number;
      readonly prevLogTerm?: number;
      readonly terms?: readonly number[];
      readonly leaderCommit?: number;
    },
  ): readonly RaftEffect[] {
    const { prevLogIndex = 0, prevLogTerm = 0, terms = [], leaderCommit = 0 } = request;
    return this.receive(from, {
      kind: 'appendEntries',
      term,
      prevLogIndex,
      prevLogTerm,
      leaderCommit,
      entries: entriesOf(terms, prevLogIndex + 1),
    });
  }
}
