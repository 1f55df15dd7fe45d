import type { Clock, NodeId } from '@quorate/transport';
import { pooledCopy } from '@quorate/transport/codec';

import { type MembershipChange, protocolVersionOf } from '../configuration.ts';
import type { ChangeMembership, ClockReading, RaftEffect, RaftInput } from '../effects.ts';
import type { Entry, LogPosition } from '../messages.ts';
import type { RaftState } from '../state.ts';
import { checkReadOptions } from './check-read-options.ts';
import { addsTooOld, commonVersion, type Speaks } from './common-version.ts';
import { checkMembershipRequest, type MembershipOptions } from './membership-request.ts';
import type {
  BoundedRead,
  MembershipOutcome,
  ProposalOutcome,
  ReadOptions,
  ReadOutcome,
  TransferOptions,
  TransferOutcome,
  WaitOptions,
} from './outcomes.ts';
import { Proposals } from './proposals.ts';
import { Reads } from './reads.ts';
import { Transfers } from './transfers.ts';

/** What of a node its users' requests need. */
interface RequestTarget {
  readonly clock: Clock;
  readonly raft: RaftState;
  readonly driver: {
    advance(input: RaftInput): void;
    advanceAll(inputs: readonly RaftInput[]): void;
  };
  readonly commandBytesMax: number;
  isRunning(): boolean;
  isDiskFull(): boolean;
  lastApplied(): number;
  readClock(): ClockReading;
  /** The protocol version that a node speaks at best, this one included, as far as is known. */
  readonly speaks: Speaks;
}

/** The core's answers to requests. */
type RequestEffect = Extract<
  RaftEffect,
  {
    readonly kind:
      | 'proposed'
      | 'proposalForwarded'
      | 'proposalLost'
      | 'proposalRefused'
      | 'membershipProposed'
      | 'membershipRefused'
      | 'transferRefused'
      | 'transferEnded'
      | 'readReady'
      | 'readRefused';
  }
>;

/**
 * What users ask of a node, each request from the call to its outcome.
 *
 * ```text
 *   call ─► declined at once │ queued for this turn ─► input ─► core ─► effect ─► outcome
 * ```
 */
export class Requests {
  readonly #target: RequestTarget;
  readonly #proposals: Proposals;
  readonly #reads: Reads;
  readonly #transfers: Transfers;
  #isFlushDue = false;

  constructor(target: RequestTarget) {
    this.#target = target;
    this.#proposals = new Proposals(target.clock, target.commandBytesMax);
    this.#reads = new Reads(target.clock, (readId) => {
      target.driver.advance({ kind: 'forgetRead', readId });
    });
    this.#transfers = new Transfers(target.clock);
  }

  /** See `RaftNode.propose`. */
  propose(command: Uint8Array, options: WaitOptions): Promise<ProposalOutcome> {
    if (!(command instanceof Uint8Array)) {
      throw new TypeError(`command: expected a Uint8Array, got ${typeof command}`);
    }
    const { commandBytesMax } = this.#target;
    if (command.length > commandBytesMax) {
      throw new RangeError(
        `command: expected at most ${commandBytesMax} bytes, which fit one message, ` +
          `got ${command.length}`,
      );
    }
    const reason = this.#reasonToReject(options.signal);
    if (reason !== undefined) {
      return Promise.resolve({ kind: 'rejected', reason, leaderId: this.#leaderId });
    }
    const outcome = this.#proposals.add(pooledCopy(command), options);
    this.#flushSoon();
    return outcome;
  }

  /** See `RaftNode.read`. */
  read(options: ReadOptions): Promise<ReadOutcome> {
    checkReadOptions(options, this.#target.raft.tuning);
    const reason = this.#reasonToDecline(options.signal);
    if (reason !== undefined) {
      return Promise.resolve({ kind: 'refused', reason, leaderId: this.#leaderId });
    }
    if (options.consistency === 'stale') {
      return Promise.resolve({ kind: 'ready', readIndex: this.#target.lastApplied() });
    }
    if (options.consistency === 'bounded') return this.#readBounded(options);
    const outcome = this.#reads.add(options.consistency ?? 'linearizable', options);
    this.#flushSoon();
    return outcome;
  }

  /** See `RaftNode.changeMembership`. */
  changeMembership(
    changes: readonly MembershipChange[],
    options: MembershipOptions,
  ): Promise<MembershipOutcome> {
    const { transition, ifConfigurationIndex, isForced } = options;
    checkMembershipRequest(changes, options);
    const { speaks, raft } = this.#target;
    return this.#change(options, {
      changes,
      ...(transition !== undefined && { transition }),
      ...(ifConfigurationIndex !== undefined && { ifConfigurationIndex }),
      ...(isForced !== undefined && { isForced }),
      isTooOld: addsTooOld(changes, protocolVersionOf(raft.configuration), speaks),
    });
  }

  /** See `RaftNode.raiseProtocolVersion`. */
  raiseProtocolVersion(options: WaitOptions): Promise<MembershipOutcome> {
    const { raft, speaks } = this.#target;
    const version = commonVersion(raft.configuration, speaks);
    const current = protocolVersionOf(raft.configuration);
    const isTooOld = version <= current && current < (speaks(raft.id) ?? 0);
    return this.#change(options, { changes: [], protocolVersion: version, isTooOld });
  }

  #change(
    options: WaitOptions,
    { isTooOld, ...change }: Omit<ChangeMembership, 'kind' | 'changeId'> & { isTooOld: boolean },
  ): Promise<MembershipOutcome> {
    const { role } = this.#target.raft;
    const reason =
      this.#reasonToReject(options.signal) ??
      (isTooOld && role.kind === 'leader' ? 'memberTooOld' : undefined);
    if (reason !== undefined) {
      return Promise.resolve({ kind: 'rejected', reason, leaderId: this.#leaderId });
    }
    const { changeId, outcome } = this.#proposals.addChange(options);
    this.#target.driver.advance({ kind: 'changeMembership', changeId, ...change });
    return outcome;
  }

  /** See `RaftNode.transferLeadership`. */
  transferLeadership(options: TransferOptions): Promise<TransferOutcome> {
    const { to, signal } = options;
    const reason = this.#reasonToDecline(signal);
    if (reason !== undefined) {
      return Promise.resolve({ kind: 'rejected', reason, leaderId: this.#leaderId });
    }
    const { transferId, outcome } = this.#transfers.add(to, options);
    this.#target.driver.advance({ kind: 'transferLeadership', transferId, to });
    return outcome;
  }

  /** The core answers a request. */
  carryOut(effect: RequestEffect): void {
    switch (effect.kind) {
      case 'proposed':
        this.#proposals.onProposed(
          effect.proposalId,
          { logIndex: effect.firstIndex, term: effect.term },
          this.#leaderId,
        );
        return;
      case 'proposalRefused':
        this.#proposals.onRefused(effect.proposalId, effect.reason, this.#leaderId);
        return;
      case 'proposalForwarded':
        this.#proposals.onForwarded(effect.proposalId);
        return;
      case 'proposalLost':
        this.#proposals.onLost(effect.proposalId);
        return;
      case 'membershipProposed': {
        const { changeId, logIndex, term } = effect;
        this.#proposals.onProposed(changeId, { logIndex, term }, this.#leaderId);
        return;
      }
      case 'membershipRefused':
        this.#proposals.onChangeRefused(effect.changeId, effect.reason, this.#leaderId);
        return;
      case 'transferRefused':
        this.#transfers.onRefused(effect.transferId, effect.reason, this.#leaderId);
        return;
      case 'transferEnded':
        this.#transfers.onEnded(effect);
        return;
      case 'readReady':
        this.#reads.onReady(effect.readId, effect.readIndex, this.#target.lastApplied());
        return;
      case 'readRefused':
        this.#reads.onRefused(effect.readId, effect.reason, this.#leaderId);
        return;
    }
  }

  /** `entry` is committed and applied with `result`. */
  onApplied(entry: Entry, result: Uint8Array): void {
    this.#proposals.onApplied(entry, result, this.#leaderId);
  }

  /** A snapshot replaced everything through `last`. */
  onRestored(last: LogPosition): void {
    this.#proposals.onRestored(last, this.#leaderId);
  }

  /** The state machine holds everything through `lastApplied`. */
  onProgress(lastApplied: number): void {
    this.#reads.onApplied(lastApplied);
  }

  /** Somebody leads, or nobody that this node knows. */
  onLeader(leaderId: NodeId | undefined): void {
    this.#transfers.onLeader(leaderId);
  }

  /** The node stops: whoever waits is told what is certain. */
  closeAll(): void {
    this.#proposals.closeAll(this.#leaderId);
    this.#reads.closeAll(this.#leaderId);
    this.#transfers.closeAll();
  }

  #readBounded(options: BoundedRead & WaitOptions): Promise<ReadOutcome> {
    const now = this.#target.readClock();
    const lastApplied = this.#target.lastApplied();
    const known = this.#reads.addBounded(options.maxStalenessMs, now, lastApplied, options);
    if (known !== undefined) return known;
    const outcome = this.#reads.add('linearizable', options);
    this.#flushSoon();
    return outcome;
  }

  get #leaderId(): NodeId | undefined {
    return this.#target.raft.leaderId;
  }

  /** Why this node does nothing for anyone, or not for whoever has aborted. */
  #reasonToDecline(signal: AbortSignal | undefined): 'stopped' | 'aborted' | undefined {
    if (!this.#target.isRunning()) return 'stopped';
    return signal?.aborted === true ? 'aborted' : undefined;
  }

  /** Why nothing that would have to be written is taken in. */
  #reasonToReject(signal: AbortSignal | undefined): 'stopped' | 'aborted' | 'diskFull' | undefined {
    return this.#reasonToDecline(signal) ?? (this.#target.isDiskFull() ? 'diskFull' : undefined);
  }

  /** What is proposed and read in one turn goes to the core together. */
  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    const inputs: RaftInput[] = [];
    for (const batch of this.#proposals.takeBatches()) inputs.push({ kind: 'propose', ...batch });
    if (this.#reads.hasQueued) inputs.push(...this.#takeReads(this.#target.readClock()));
    this.#target.driver.advanceAll(inputs);
  }

  #takeReads(clock: ClockReading): readonly RaftInput[] {
    const inputs: RaftInput[] = [];
    const readId = this.#reads.takeBatch('linearizable', clock);
    if (readId !== undefined) inputs.push({ kind: 'readIndex', readId });
    const leaseReadId = this.#reads.takeBatch('lease', clock);
    if (leaseReadId !== undefined) inputs.push({ kind: 'leaseRead', readId: leaseReadId, clock });
    return inputs;
  }
}
