import { type NodeId, nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import { type Configuration, configurationOf, isVoter } from '../../../src/configuration.ts';
import { configurationCodec } from '../../../src/codec/configuration.ts';
import type { RaftEffect, RaftInput } from '../../../src/effects.ts';
import type { Entry, LogPosition, RaftMessage, Snapshot } from '../../../src/messages.ts';
import { createRaft, step } from '../../../src/raft.ts';
import type { RaftState } from '../../../src/state.ts';

/** How a file wants its nodes. */
export interface NodeSettings {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** The log starts after a snapshot of this index and term 1; 0: it starts empty. */
  readonly index: number;
  readonly content: string;
  readonly maxInflightMessages: number;
  readonly isAsync: boolean;
  readonly hasPreVote: boolean;
  readonly hasCheckQuorum: boolean;
  /** Whether the state machine takes entries one by one. */
  readonly appliesOneByOne: boolean;
}

/** A message under way. */
export interface Parcel {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: RaftMessage;
}

/** What a node shows of itself whenever its output is taken. */
export interface Shown {
  readonly term: number;
  readonly vote: NodeId | undefined;
  readonly commit: number;
  readonly lead: NodeId | undefined;
  readonly role: RaftState['role']['kind'];
}

/** The output of a node since the last was taken: what etcd/raft calls Ready. */
export interface Ready {
  readonly before: Shown;
  readonly now: Shown;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  readonly committed: readonly Entry[];
  readonly messages: readonly Parcel[];
}

/** How a proposal was answered, if the last input was one. */
export type Answer =
  | { readonly kind: 'taken'; readonly logIndex: number; readonly term: number }
  | { readonly kind: 'refused'; readonly reason: string };

type Write = Extract<RaftEffect, { kind: 'persist' }>;
type Apply = Extract<RaftEffect, { kind: 'apply' | 'restore' }>;

/** Election timeout and heartbeat of all nodes in these files. */
const timing = { electionTimeoutTicks: 3, heartbeatTicks: 1 };

/**
 * The core as a node of an interaction file: with storage, a state machine that appends, and output
 * that is taken only on demand.
 *
 * The files switch features on and off that the core always has. Where one has them off, the node
 * helps with inputs and with time, never with what it decides:
 *
 * - Without pre-vote, it is granted at once in the name of the others, and none is sent.
 * - Without check-quorum, a request for a vote arrives as if the leader had been silent for the
 *   minimum election timeout, and a leader's time until the check of its quorum stands still.
 *
 * Timeouts are as long as can be, so nobody campaigns but whom the file tells to.
 */
export class InteractionNode {
  readonly id: NodeId;
  readonly settings: NodeSettings;
  readonly raft: RaftState;
  /** What is on disk. */
  storage: { readonly start: LogPosition; readonly entries: readonly Entry[] };
  /** Writes under way, in the groups in which the outputs asked for them. */
  readonly appendWork: (readonly Write[])[] = [];
  readonly applyWork: Apply[] = [];
  /** The state machine after each entry; the last is what a slow follower would get. */
  readonly history: Snapshot[];
  /** As the last output had it. */
  shown: Shown;
  /** The log as the outputs so far had it, on disk or on the way. */
  shownLog: readonly Entry[] = [];
  /** Up to where the outputs so far handed entries to the state machine. */
  shownApplied: number;
  /** To the last input. */
  answer: Answer | undefined;
  #pending: RaftEffect[] = [];
  #electionDueTicks: number | undefined;

  constructor(id: NodeId, settings: NodeSettings) {
    this.id = id;
    this.settings = settings;
    const { voters, learners, index } = settings;
    const start = { logIndex: index, term: index === 0 ? 0 : 1 };
    const configuration = { ...configurationOf(voters), learners: [...learners].sort() };
    const { term } = start;
    this.raft = createRaft({
      ...timing,
      id,
      voters: voters.includes(id) ? voters : [],
      configuration: { logIndex: 0, configuration },
      snapshot: start,
      hardState: { currentTerm: term, votedFor: undefined, promised: undefined },
      random: seededRandom(0),
      maxInflightMessages: settings.maxInflightMessages,
    });
    this.#fixTimeout();
    // The files begin in term 0 with a log of term 1, which the core takes for a contradiction.
    this.raft.currentTerm = 0;
    this.raft.issuedHardState = { ...this.raft.issuedHardState, currentTerm: 0 };
    this.raft.announced = { ...this.raft.announced, term: 0 };
    this.storage = { start, entries: [] };
    this.history = [
      {
        lastIncludedIndex: index,
        lastIncludedTerm: term,
        configuration,
        configurationIndex: 0,
        data: new TextEncoder().encode(settings.content),
      },
    ];
    this.shown = this.#now();
    this.shownApplied = index;
  }

  /** The newest state of the state machine. */
  get applied(): Snapshot {
    return this.history.at(-1)!;
  }

  /** Whether taking the output would show anything. */
  get hasReady(): boolean {
    return this.#pending.length > 0 || !isSame(this.shown, this.#now());
  }

  /** Gives the core one input and keeps its output. */
  input(input: RaftInput): void {
    const { raft } = this;
    const { currentTerm, role } = raft;
    this.answer = undefined;
    this.#keep(this.#step(input));
    if (raft.role.kind === 'preCandidate' && !this.settings.hasPreVote) this.#grantPreVote();
    if (raft.currentTerm !== currentTerm || raft.role.kind !== role.kind) {
      this.#electionDueTicks = undefined;
    }
    this.#fixTimeout();
  }

  /** One tick of the clock. */
  tick(): void {
    const { raft, settings } = this;
    if (raft.role.kind === 'leader' && !settings.hasCheckQuorum) raft.electionElapsedTicks = 0;
    this.input({ kind: 'tick' });
  }

  /** The election timeout passes, unless the node leads. */
  campaign(): void {
    const { raft } = this;
    if (raft.role.kind === 'leader') return;
    raft.electionElapsedTicks = raft.electionDueTicks - 1;
    this.input({ kind: 'tick' });
  }

  /** Fixes the election timeout until term or role change. */
  setElectionTimeout(ticks: number): void {
    this.#electionDueTicks = ticks;
    this.raft.electionDueTicks = ticks;
  }

  /** Takes the output. Without async storage, does what it asks of disk and state machine. */
  takeReady(): Ready {
    const before = this.shown;
    const effects = this.#pending;
    this.#pending = [];
    const messages: Parcel[] = [];
    const writes: Write[] = [];
    const applies: Apply[] = [];
    for (const effect of effects) {
      if (effect.kind === 'send') messages.push(this.#parcel(effect.to, effect.message));
      else if (effect.kind === 'sendSnapshot') messages.push(this.#snapshotFor(effect));
      else if (effect.kind === 'persist') writes.push(effect);
      else if (effect.kind === 'apply' || effect.kind === 'restore') applies.push(effect);
    }
    const now = this.#now();
    this.shown = now;
    for (const write of writes) this.#show(write);
    if (this.settings.isAsync) {
      messages.push(...this.#startWrites(writes));
      this.applyWork.push(...applies);
    } else {
      const { promises, rest } = this.#persist(writes);
      messages.push(...promises);
      // What was committed when the output was taken goes to the state machine with it.
      const isDue = (effect: RaftEffect): effect is Apply =>
        effect.kind === 'restore' ||
        (effect.kind === 'apply' && (effect.entries.at(-1)?.logIndex ?? 0) <= now.commit);
      applies.push(...rest.filter(isDue));
      this.#keep(rest.filter((effect) => !isDue(effect)));
      if (this.settings.appliesOneByOne) this.#postponeAllButFirst(applies);
      for (const apply of applies) this.apply(apply);
    }
    const committed = applies.flatMap((one) => (one.kind === 'apply' ? one.entries : []));
    this.shownApplied = Math.max(this.shownApplied, committed.at(-1)?.logIndex ?? 0);
    const { entries, snapshot } = written(writes);
    if (snapshot !== undefined) this.shownApplied = snapshot.lastIncludedIndex;
    return { before, now, entries, snapshot, committed, messages };
  }

  /** Does the next writes. Returns what may leave because of them. */
  processAppend(): readonly Parcel[] | undefined {
    const writes = this.appendWork.shift();
    if (writes === undefined) return undefined;
    const { promises, rest } = this.#persist(writes);
    this.#keep(rest);
    return promises;
  }

  /** Hands the next batch to the state machine. */
  processApply(): boolean {
    const apply = this.applyWork.shift();
    if (apply !== undefined) this.apply(apply);
    return apply !== undefined;
  }

  /** Drops the log up to and including `throughIndex`, as a user may at any time. */
  compact(throughIndex: number): void {
    const { raft, storage } = this;
    raft.log.compact(throughIndex);
    const entries = storage.entries.filter(({ logIndex }) => logIndex > throughIndex);
    this.storage = { start: raft.log.start, entries };
  }

  /** Takes in committed entries, or a snapshot, and tells the core. */
  apply(apply: Apply): void {
    if (apply.kind === 'restore') this.history.push(apply.snapshot);
    else for (const entry of apply.entries) this.history.push(after(this.applied, entry));
    const { applied: metadata } = this;
    this.input({ kind: 'applied', logIndex: metadata.lastIncludedIndex });
    // Every state is a snapshot that could be sent, and none of them asks to forget the log.
    const trailingEntryCount = Number.MAX_SAFE_INTEGER;
    this.input({ kind: 'snapshotTaken', metadata, trailingEntryCount });
  }

  /** Whether the node has a vote in the configuration it obeys. */
  get isVoter(): boolean {
    return isVoter(this.raft.configuration, this.id);
  }

  /** As long as can be, unless the file says otherwise: whoever is to campaign is told to. */
  #fixTimeout(): void {
    const longest = 2 * timing.electionTimeoutTicks - 1;
    this.raft.electionDueTicks = this.#electionDueTicks ?? longest;
  }

  #step(input: RaftInput): readonly RaftEffect[] {
    const { raft, settings } = this;
    const isVote =
      input.kind === 'receive' &&
      (input.message.kind === 'preVote' || input.message.kind === 'requestVote');
    if (!isVote || settings.hasCheckQuorum) return step(raft, input);
    const { electionElapsedTicks } = raft;
    raft.electionElapsedTicks = timing.electionTimeoutTicks;
    const effects = step(raft, input);
    if (raft.electionElapsedTicks === timing.electionTimeoutTicks) {
      raft.electionElapsedTicks = electionElapsedTicks;
    }
    return effects;
  }

  #grantPreVote(): void {
    const { raft } = this;
    this.#pending = this.#pending.filter(
      (effect) => effect.kind !== 'send' || effect.message.kind !== 'preVote',
    );
    const message = {
      kind: 'preVoteReply',
      term: raft.currentTerm + 1,
      voteGranted: true,
    } as const;
    for (const from of raft.peers) {
      // A vote that was won is over.
      if (!isPreCandidate(raft)) return;
      this.#keep(step(raft, { kind: 'receive', from, message }));
    }
  }

  #keep(effects: readonly RaftEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
        case 'sendSnapshot':
        case 'persist':
        case 'apply':
        case 'restore':
          this.#pending.push(effect);
          break;
        case 'proposed':
          this.answer = { kind: 'taken', logIndex: effect.firstIndex, term: effect.term };
          break;
        case 'membershipProposed':
          this.answer = { kind: 'taken', logIndex: effect.logIndex, term: effect.term };
          break;
        case 'proposalRefused':
        case 'membershipRefused':
          this.answer = { kind: 'refused', reason: effect.reason };
          break;
        default:
          // What the user would be told, and nothing to do.
          break;
      }
    }
  }

  /** Keeps all but the first entry for the next output. */
  #postponeAllButFirst(applies: Apply[]): void {
    const [first, ...rest] = applies.splice(0);
    if (first === undefined) return;
    const [entry, ...later] = first.kind === 'apply' ? first.entries : [];
    applies.push(entry === undefined ? first : { kind: 'apply', entries: [entry] });
    if (later.length > 0) rest.unshift({ kind: 'apply', entries: later });
    this.#pending.unshift(...rest);
  }

  #persist(writes: readonly Write[]): {
    readonly promises: readonly Parcel[];
    readonly rest: readonly RaftEffect[];
  } {
    const { raft } = this;
    const last = writes.at(-1);
    if (last === undefined) return { promises: [], rest: [] };
    for (const write of writes) this.storage = stored(this.storage, write);
    const waiting = raft.withheld.filter(({ ticket }) => ticket <= last.ticket);
    const promised = new Set(waiting.map(({ message }) => message));
    const effects = step(raft, { kind: 'persisted', ticket: last.ticket });
    const isPromise = (effect: RaftEffect): boolean =>
      effect.kind === 'send' && promised.has(effect.message);
    const promises = effects.flatMap((effect) =>
      effect.kind === 'send' && isPromise(effect) ? [this.#parcel(effect.to, effect.message)] : [],
    );
    return { promises, rest: effects.filter((effect) => !isPromise(effect)) };
  }

  /**
   * Where etcd/raft sends requests for votes beside the write of the own vote, the core sends them
   * after it; so a disk without other work does that write at once.
   */
  #startWrites(writes: readonly Write[]): readonly Parcel[] {
    const isOwnVote = writes.some(({ hardState }) => hardState?.votedFor === this.id);
    const isQuick = isOwnVote && this.appendWork.length === 0;
    if (writes.length > 0) this.appendWork.push(writes);
    return isQuick ? (this.processAppend() ?? []) : [];
  }

  #show(write: Write): void {
    const { start, entries } = stored({ start: this.storage.start, entries: this.shownLog }, write);
    this.shownLog = entries.filter(({ logIndex }) => logIndex > start.logIndex);
  }

  #parcel(to: NodeId, message: RaftMessage): Parcel {
    return { from: this.id, to, message };
  }

  #snapshotFor({ to, term }: Extract<RaftEffect, { kind: 'sendSnapshot' }>): Parcel {
    this.input({ kind: 'snapshotSent', peer: to, outcome: 'sent' });
    return this.#parcel(to, { kind: 'installSnapshot', term, snapshot: this.applied });
  }

  #now(): Shown {
    const { currentTerm, votedFor, commitIndex, leaderId, role } = this.raft;
    return {
      term: currentTerm,
      vote: votedFor,
      commit: commitIndex,
      lead: leaderId,
      role: role.kind,
    };
  }
}

function isPreCandidate({ role }: RaftState): boolean {
  return role.kind === 'preCandidate';
}

function isSame(left: Shown, right: Shown): boolean {
  return (
    left.term === right.term &&
    left.vote === right.vote &&
    left.commit === right.commit &&
    left.lead === right.lead &&
    left.role === right.role
  );
}

/** A log on disk after a write. */
function stored(
  { start, entries }: { readonly start: LogPosition; readonly entries: readonly Entry[] },
  write: Write,
): { readonly start: LogPosition; readonly entries: readonly Entry[] } {
  if (write.snapshot !== undefined) {
    const { lastIncludedIndex: logIndex, lastIncludedTerm: term } = write.snapshot;
    return { start: { logIndex, term }, entries: write.entries };
  }
  const cut = write.truncateFrom ?? Infinity;
  const kept = entries.filter(({ logIndex }) => logIndex < cut);
  return { start, entries: [...kept, ...write.entries] };
}

/** What several writes come to. */
function written(writes: readonly Write[]): Pick<Ready, 'entries' | 'snapshot'> {
  let entries: readonly Entry[] = [];
  let snapshot: Snapshot | undefined;
  for (const write of writes) {
    if (write.snapshot !== undefined) ({ snapshot } = write);
    entries = stored({ start: { logIndex: 0, term: 0 }, entries }, write).entries;
  }
  return { entries, snapshot };
}

/** The state machine of these files keeps all it was ever given. */
function after(earlier: Snapshot, { logIndex, term, kind, payload }: Entry): Snapshot {
  const isConfiguration = kind === 'configuration';
  const configuration: Configuration = isConfiguration
    ? configurationCodec.decode(payload)
    : earlier.configuration;
  const { data: before = new Uint8Array(0) } = earlier;
  const data = isConfiguration ? before : Uint8Array.from([...before, ...payload]);
  return {
    lastIncludedIndex: logIndex,
    lastIncludedTerm: term,
    configuration,
    configurationIndex: isConfiguration ? logIndex : earlier.configurationIndex,
    data,
  };
}

/** The name of the node with this number. */
export function idOf(number: number | string): NodeId {
  return nodeId(String(number));
}
