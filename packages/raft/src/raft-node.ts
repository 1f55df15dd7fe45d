import { type LogStore, SnapshotStore, WriteAheadLog } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport, Unsubscribe } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import type { NodeMessage } from './codec/edge-messages.ts';
import { drawIdentity } from './codec/identity.ts';
import { sinceVersion } from './codec/kinds.ts';
import {
  type Configuration,
  configurationOf,
  type MembershipChange,
  membersOf,
  protocolVersionOf,
} from './configuration.ts';
import type { ClockReading, RaftEffect, RaftInput } from './effects.ts';
import type { Entry, LogPosition, RaftMessage } from './messages.ts';
import { Applier } from './node/applier.ts';
import { addVoter } from './node/add-voter.ts';
import { CoreDriver } from './node/core-driver.ts';
import type { RaftEvent } from './node/events.ts';
import type { MembershipOptions } from './node/membership-request.ts';
import { Identity, type IdentityRecord, type IdentityStatus } from './node/identity.ts';
import { peersBytesMax } from './node/node-record-codec.ts';
import { type NodeTuning, type RaftNodeOptions, resolveNodeTuning } from './node/options.ts';
import type {
  MembershipOutcome,
  ProposalOutcome,
  ReadOptions,
  ReadOutcome,
  TransferOptions,
  TransferOutcome,
  WaitOptions,
} from './node/outcomes.ts';
import { Peers } from './node/peers.ts';
import { Persistence } from './node/persistence.ts';
import { RaftStartError } from './node/errors.ts';
import { Quiescence } from './node/quiescence.ts';
import { recover, type RecoveredNode } from './node/recovery.ts';
import type { RaftProbe, RequestKind } from './node/probe.ts';
import { Requests } from './node/requests.ts';
import { restoreMachine } from './node/restore-machine.ts';
import { type SnapshotRequest, Snapshots } from './node/snapshots.ts';
import { digestOf, StateHashes } from './node/state-hash.ts';
import { coreStatus, type RaftStatus } from './node/status.ts';
import { Ticker } from './node/ticker.ts';
import { Wire, type WireListener } from './node/wire.ts';
import { protocolVersions } from './protocol-version.ts';
import { createRaft } from './raft.ts';
import { ownLastApplied, type ReplicatedStateMachine } from './node/streaming-machine.ts';
import type { RaftState } from './state.ts';

/**
 * One node of a Raft cluster: feeds the core what happens, and carries out what it asks for.
 *
 * ```text
 *   propose ─┐                       ┌─ send ────► Transport
 *   readIndex├─► step(input): effects├─ persist ─► write-ahead log ──► input 'persisted'
 *   messages ┤        (the core)     ├─ apply ───► StateMachine ─────► input 'applied'
 *   tick ────┘                       └─ readReady, proposed, … ──────► whoever waits
 * ```
 *
 * All decisions are the core's. What this class adds is order: effects are carried out in the order
 * in which they are given, and an input that comes up meanwhile waits for its turn.
 *
 * @remarks
 * A heartbeat touches neither the disk nor a promise. Time, randomness, disk and network come from
 * the ports it was opened with, so the same class runs in production and in a simulation.
 */
export class RaftNode {
  readonly #raft: RaftState;
  readonly #clock: Clock;
  readonly #driver: CoreDriver;
  readonly #quiescence: Quiescence;
  readonly #stopTicks: Unsubscribe;
  readonly #wire: Wire;
  readonly #tuning: NodeTuning;
  readonly #log: LogStore;
  readonly #persistence: Persistence;
  readonly #applier: Applier;
  readonly #stateMachine: ReplicatedStateMachine;
  readonly #stateHashes: StateHashes;
  readonly #snapshots: Snapshots;
  readonly #requests: Requests;
  readonly #probe: RaftProbe | undefined;
  readonly #identity: Identity | undefined;
  readonly #peers = new Peers((peer) => this.#identity?.onNewLife(peer));
  readonly #observers = new Set<(event: RaftEvent) => void>();
  readonly #onError: (error: unknown) => void;
  readonly #subscriptions: readonly Unsubscribe[];
  #damaged: RaftStatus['damaged'];
  #condition: 'running' | 'failed' | 'closed' = 'running';
  #failure: unknown = undefined;
  #closing: Promise<void> | undefined = undefined;

  private constructor(options: RaftNodeOptions, parts: NodeParts) {
    const { transport, clock = systemClock, random = systemRandom, stateMachine } = options;
    const { tuning, log, recovered } = parts;
    this.#onError = options.onError ?? throwLater;
    this.#clock = clock;
    this.#tuning = tuning;
    this.#log = log;
    this.#damaged = recovered.damagedEntries;
    this.#raft = createRaft({
      ...tuning.core,
      id: transport.localId,
      voters: options.voters,
      random: random.fork('raft'),
      hardState: recovered.hardState,
      configuration: recovered.snapshot?.configuration ?? {
        logIndex: 0,
        configuration: recovered.startConfiguration,
      },
      snapshot: recovered.snapshot?.position,
      logStart: recovered.logStart,
      entries: recovered.entries,
      damaged: recovered.damagedLog,
    });
    this.#probe = options.probe;
    const listener = {
      carryOut: (effect: RaftEffect) => this.#carryOut(effect),
      onBroken: (error: unknown) => this.#fail(error),
    };
    this.#driver = new CoreDriver(this.#raft, listener, options.probe);
    this.#identity = this.#createIdentity(options, recovered, random);
    const start = recovered.snapshot?.position ?? { logIndex: 0, term: 0 };
    this.#persistence = this.#createPersistence(clock, parts, start);
    this.#stateMachine = stateMachine;
    this.#stateHashes = new StateHashes((peer, divergence) =>
      this.#emit({ kind: 'stateDiverged', peer, ...divergence }),
    );
    this.#applier = new Applier(clock, stateMachine, start, {
      openSnapshot: ({ logIndex, term }) => parts.snapshots.openAt(logIndex, term),
      onApplied: (entry, result) => this.#onApplied(entry, result),
      onRestored: (last) => this.#onRestored(last),
      onProgress: (last) => this.#onProgress(last),
      onFailed: (error) => this.#fail(error),
    });
    this.#snapshots = this.#createSnapshots(options, parts, start);
    this.#requests = this.#createRequests(tuning);
    this.#wire = this.#createWire(transport);
    this.#subscriptions = [
      () => this.#wire.close(),
      transport.observePeers((event) => {
        if (event.kind === 'down') this.#quiescence.wake();
        this.#advanceIf(this.#peers.onPeerEvent(event));
      }),
    ];
    this.#quiescence = this.#createQuiescence(tuning);
    this.#stopTicks = this.#startTicks(options);
    this.#identity?.start();
    // Whoever opened the node subscribes to its events first.
    clock.setTimer(0, () => this.#reportDamage(recovered));
  }

  /**
   * Starts the node on what its directory remembers, or as a new one.
   *
   * @throws RangeError if an option is out of its range or contradicts another.
   * @throws RaftStartError if the directory is another node's or has lost its vote.
   * @throws DiskError, LogError or SnapshotError if the disk cannot be used.
   */
  static async open(options: RaftNodeOptions): Promise<RaftNode> {
    const tuning = resolveNodeTuning(options);
    const { disk, directory } = options;
    const log = options.log ?? (await openLog(options));
    try {
      const snapshots = await SnapshotStore.open({ disk, directory: `${directory}/snapshots` });
      const recovered = await recover({
        nodeId: options.transport.localId,
        configuration: configurationOf(options.voters),
        log,
        snapshots,
        trailingEntryCount: tuning.trailingEntryCount,
      });
      await startMachine(options.stateMachine, recovered, log.lastIndex);
      return new RaftNode(options, { tuning, log, snapshots, recovered });
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Messages from peers that did not decode. They were dropped. */
  get malformedCount(): number {
    return this.#wire.malformedCount;
  }

  /**
   * Offers `command` to the log. Only a leader can; others say who leads.
   *
   * @param command - Copied before the call returns.
   * @returns Once the fate of the command is known, or nobody waits for it any more. Commands
   *   proposed on one node in one turn enter the log together and in order.
   * @throws RangeError if `command` does not fit one message of the transport.
   */
  propose(command: Uint8Array, options: WaitOptions = {}): Promise<ProposalOutcome> {
    this.#quiescence.wake();
    return this.#watched('proposal', this.#requests.propose(command, options));
  }

  /**
   * Asks the cluster whether this node may be read, whoever leads. 'ready' promises that the state
   * machine holds all that was committed when the call was made: read it before the next `await`.
   */
  readIndex(options: WaitOptions = {}): Promise<ReadOutcome> {
    return this.read({ ...options, consistency: 'linearizable' });
  }

  /**
   * Whether this node may be read, by the guarantee that is asked for: see `ReadConsistency`.
   *
   * @throws RangeError if a lease is asked for without `maxClockDriftPpm`, or `maxStalenessMs` is
   *   not above 0.
   */
  read(options: ReadOptions = {}): Promise<ReadOutcome> {
    this.#quiescence.wake();
    return this.#watched('read', this.#requests.read(options));
  }

  /**
   * Changes who takes part. Only a leader can; others say who leads.
   *
   * @param changes - Made together, at most one for each node. None: leaves a joint configuration
   *   that an 'explicit' change entered.
   * @returns Once the change is committed or certainly is not, or nobody waits any more. A joint
   *   configuration that leaves itself may still be on its way out: `observe` tells.
   * @throws RangeError if two changes are about the same node, or an option is out of its range.
   *
   * @remarks
   * A node that gains a vote must have caught up as a learner, unless `isForced`: see `addVoter`.
   * In force from the moment it is in the log. Source: Ongaro's thesis, chapter 4.
   */
  changeMembership(
    changes: readonly MembershipChange[],
    options: MembershipOptions = {},
  ): Promise<MembershipOutcome> {
    this.#quiescence.wake();
    return this.#watched('membership', this.#requests.changeMembership(changes, options));
  }

  /** Lets `node` receive the log without a vote. A voter loses its vote. */
  addLearner(node: NodeId, options: WaitOptions = {}): Promise<MembershipOutcome> {
    return this.changeMembership([{ kind: 'addLearner', node }], options);
  }

  /**
   * Gives `node` a vote: first as a learner, until it has caught up, so that no commit waits for
   * it.
   *
   * @returns As `changeMembership`; 'unknown' if the node had not caught up in time. It is a
   *   learner then.
   */
  addVoter(node: NodeId, options: WaitOptions = {}): Promise<MembershipOutcome> {
    const { tickMs: retryMs } = this.#tuning;
    return addVoter({ clock: this.#clock, retryMs, node, raft: this }, options);
  }

  /** Takes `node` out of the cluster. A leader may remove itself, and steps down. */
  removeMember(node: NodeId, options: WaitOptions = {}): Promise<MembershipOutcome> {
    return this.changeMembership([{ kind: 'remove', node }], options);
  }

  /**
   * Ends a rolling upgrade: from here on the log may hold what only the new protocol version knows,
   * and no node can go back to an older release. Only a leader can; others say who leads.
   *
   * @returns As `changeMembership`. Refused as 'memberTooOld' while a member speaks only the old
   *   version, or has not been heard of by this leader; as 'versionNotHigher' once it was done.
   */
  raiseProtocolVersion(options: WaitOptions = {}): Promise<MembershipOutcome> {
    this.#quiescence.wake();
    return this.#watched('membership', this.#requests.raiseProtocolVersion(options));
  }

  /**
   * Hands leadership over, as before maintenance. Only a leader can; others say who leads.
   *
   * @returns Once another leads, or certainly none was made to. Proposals made meanwhile are
   *   rejected as 'transferring', for one election timeout at most.
   *
   * @remarks
   * Source: Ongaro's thesis, §3.10.
   */
  transferLeadership(options: TransferOptions = {}): Promise<TransferOutcome> {
    this.#quiescence.wake();
    return this.#watched('transfer', this.#requests.transferLeadership(options));
  }

  /**
   * Tells a follower that its leader is gone for certain, as when its machine was stopped: it
   * gives others a vote at once, where it would have refused for one election timeout.
   */
  forgetLeader(): void {
    this.#quiescence.wake();
    if (this.#condition === 'running') this.#driver.advance({ kind: 'forgetLeader' });
  }

  /**
   * Takes a snapshot of this node's state machine now, not when `snapshotEveryEntries` were
   * applied: before a backup, or to make the log short ahead of a restart.
   */
  takeSnapshot(): SnapshotRequest {
    if (this.#condition !== 'running') return 'stopped';
    return this.#snapshots.request(this.#applier.last);
  }

  /** What the node is and knows now. */
  status(): RaftStatus {
    const isRecovering = this.#condition === 'running' && this.#raft.promised !== undefined;
    return {
      ...coreStatus(this.#raft),
      lastApplied: this.#applier.last.logIndex,
      divergences: this.#stateHashes.divergences,
      damaged: this.#damaged,
      snapshotsSending: this.#snapshots.sending,
      snapshotReceiving: this.#snapshots.receiving,
      refusedChunkCount: this.#snapshots.refusedChunkCount,
      identity: this.#identity?.status ?? { kind: 'assumed' },
      refusedMessageCount: this.#identity?.refusedMessageCount ?? 0,
      isDiskFull: this.#persistence.isFull,
      isQuiescent: this.#quiescence.isQuiescent,
      condition: isRecovering ? 'recovering' : this.#condition,
      failure: this.#failure,
      unsupportedCount: this.#wire.unsupportedCount,
    };
  }

  /** The term of the entry at `logIndex`; `undefined` if it is compacted or beyond the end. */
  termAt(logIndex: number): number | undefined {
    return this.#raft.log.termAt(logIndex);
  }

  /** Calls `listener` with every event from now on, in order, never from inside a call. */
  observe(listener: (event: RaftEvent) => void): Unsubscribe {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  /**
   * Stops the node: whoever waits is told, what is being written is finished, the log is released.
   * The transport stays open. Idempotent.
   */
  close(): Promise<void> {
    this.#stop('closed');
    this.#closing ??= this.#log.close();
    return this.#closing;
  }

  #watched<Outcome extends { readonly kind: string }>(
    kind: RequestKind,
    outcome: Promise<Outcome>,
  ): Promise<Outcome> {
    this.#probe?.onRequest?.(kind, outcome);
    return outcome;
  }

  #createIdentity(
    options: RaftNodeOptions,
    { foundIdentity, startConfiguration }: RecoveredNode,
    random: Random,
  ): Identity | undefined {
    if (options.identity !== 'proven' && foundIdentity === undefined) return undefined;
    const { log, currentTerm } = this.#raft;
    if (foundIdentity === undefined && currentTerm > 0) {
      expectIntroducible(log.configurationAt(log.lastIndex).configuration);
    }
    const names = random.fork('identity');
    const port = {
      nodeId: this.#raft.id,
      peersBytesMax: peersBytesMax(this.#raft.id, startConfiguration),
      configuration: () => this.#raft.log.configurationAt(this.#raft.log.lastIndex),
      send: (to: NodeId, message: NodeMessage) => void this.#wire.send(to, message),
      save: (onDurable: () => void) => this.#persistence.saveIdentity(onDurable),
      onChanged: (identity: IdentityStatus) => this.#emit({ kind: 'identityChanged', identity }),
    };
    return new Identity(port, foundIdentity, () => drawIdentity(names));
  }

  #createWire(transport: Transport): Wire {
    const listener: WireListener = {
      onMessage: (from, message, incarnation) => {
        this.#advanceIf(this.#peers.onSeen(from, incarnation));
        this.#receive(from, message, incarnation);
      },
      onHeard: (peer, spoken) => this.#reportTooOld(peer, spoken),
      onIncompatible: (peer, spoken) => this.#emit({ kind: 'incompatiblePeer', peer, spoken }),
    };
    return new Wire(transport, protocolVersions, listener, this.#probe);
  }

  /** A member of a release which cannot read the log, or never vouches for this node. */
  #reportTooOld(peer: NodeId, spoken: number): void {
    const { configuration, peers } = this.#raft;
    const toVouch = this.#identity === undefined ? 0 : sinceVersion('introduce');
    const needed = Math.max(protocolVersionOf(configuration), toVouch);
    if (spoken >= needed || !peers.includes(peer)) return;
    this.#emit({ kind: 'incompatiblePeer', peer, spoken });
  }

  #createQuiescence({ quiesceAfterTimeouts }: NodeTuning): Quiescence {
    const afterTicks = quiesceAfterTimeouts * this.#raft.tuning.electionTimeoutTicks;
    return new Quiescence(this.#raft, afterTicks, (to, message) => {
      this.#wire.send(to, message);
    });
  }

  #startTicks({ ticks }: RaftNodeOptions): Unsubscribe {
    const onTick = (): void => {
      this.#tick();
    };
    if (ticks !== undefined) return ticks.subscribe(onTick);
    const ticker = new Ticker(this.#clock, this.#tuning.tickMs, onTick);
    return () => {
      ticker.stop();
    };
  }

  #createPersistence(clock: Clock, parts: NodeParts, snapshot: LogPosition): Persistence {
    const identity = (): IdentityRecord | undefined => this.#identity?.record;
    const target = { ...parts, ...parts.recovered, nodeId: this.#raft.id, clock, identity };
    return new Persistence(target, snapshot.logIndex, {
      onPersisted: (ticket) => this.#driver.advance({ kind: 'persisted', ticket }),
      claim: (installed) => this.#snapshots.claim(installed),
      onDiskFull: () => this.#emit({ kind: 'diskFull' }),
      onDiskRecovered: () => this.#emit({ kind: 'diskRecovered' }),
      onFailed: (error) => this.#fail(error),
    });
  }

  #createRequests({ commandBytesMax }: NodeTuning): Requests {
    return new Requests({
      clock: this.#clock,
      raft: this.#raft,
      driver: this.#driver,
      commandBytesMax,
      isRunning: () => this.#condition === 'running',
      isDiskFull: () => this.#persistence.isFull,
      lastApplied: () => this.#applier.last.logIndex,
      readClock: () => this.#readClock(),
      speaks: (node) =>
        node === this.#raft.id ? protocolVersions.max : this.#wire.versionOf(node),
    });
  }

  #createSnapshots(
    { transport, stateMachine }: RaftNodeOptions,
    { snapshots: store, tuning }: NodeParts,
    snapshot: LogPosition,
  ): Snapshots {
    const target = {
      clock: this.#clock,
      stateMachine,
      store,
      persistence: this.#persistence,
      tuning,
      retryMs: this.#raft.tuning.electionTimeoutTicks * tuning.tickMs,
      lastApplied: () => this.#applier.last,
      payloadBytesMax: transport.capabilities.maxPayloadBytes,
      configurationAt: (logIndex: number) => this.#raft.log.configurationAt(logIndex),
    };
    return new Snapshots(target, snapshot.logIndex, {
      onTaken: (position) => this.#onSnapshotTaken(position),
      offer: (peer, message) => {
        if (this.#identity?.isOpen === false) return 'dropped';
        const outcome = this.#wire.send(peer, message);
        return outcome === 'unsupported' ? 'dropped' : outcome;
      },
      input: (input) => this.#driver.advance(input),
      emit: (event) => this.#emit(event),
      onFailed: (error) => this.#fail(error),
    });
  }

  /** A clock is asked only where there are leases: a tick is to cost next to nothing. */
  #tick(): void {
    this.#identity?.onTick();
    if (!this.#quiescence.tick()) return;
    const hasLeases = this.#raft.tuning.maxClockDriftPpm > 0;
    this.#driver.advance({ kind: 'tick', ...(hasLeases && { clock: this.#readClock() }) });
  }

  #readClock(): ClockReading {
    return { nowMs: this.#clock.nowMs(), wallTimeMs: this.#clock.wallTimeMs() };
  }

  /** A request that a lease may answer is answered by what the clocks say now. */
  #clockFor(message: RaftMessage): { readonly clock?: ClockReading } {
    const isTimed = message.kind === 'readIndexRequest' && message.isLeaseEnough;
    return isTimed ? { clock: this.#readClock() } : {};
  }

  #advanceIf(input: RaftInput | undefined): void {
    if (input !== undefined) this.#driver.advance(input);
  }

  #carryOut(effect: RaftEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.#persistence.persist(effect);
        return;
      case 'send':
        this.#send(effect.to, effect.message);
        return;
      case 'sendSnapshot':
        this.#sendSnapshot(effect.to, effect.term);
        return;
      case 'storeChunk':
        this.#snapshots.storeChunk(effect.from, effect.chunk);
        return;
      case 'chunkAnswered':
        this.#snapshots.onChunkAnswered(effect.from, effect.reply);
        return;
      case 'apply':
        this.#applier.apply(effect.entries);
        return;
      case 'restore':
        this.#applier.restore(effect.snapshot);
        return;
      case 'compact':
        this.#persistence.compact(effect.throughIndex);
        return;
      case 'configurationChanged':
        this.#identity?.onConfiguration();
        this.#emit(effect);
        return;
      case 'recovered':
        this.#damaged = [];
        this.#emit({ kind: 'repaired', fetchedCount: effect.fetchedCount });
        return;
      case 'roleChanged':
        this.#requests.onLeader(effect.leaderId);
        this.#snapshots.onRoleChanged(effect.role === 'leader' ? effect.term : 0);
        this.#emit(effect);
        return;
      default:
        this.#requests.carryOut(effect);
    }
  }

  #receive(from: NodeId, message: NodeMessage, incarnation: number): void {
    if (message.kind === 'introduce') {
      this.#identity?.onIntroduce(from, message, incarnation);
      return;
    }
    if (message.kind === 'introduceReply') {
      this.#identity?.onReply(from, message);
      return;
    }
    if (this.#identity?.drops(from, incarnation) === true) return;
    this.#quiescence.onMessage(from, message);
    if (message.kind === 'quiesce') return;
    if (message.kind !== 'stateHash') {
      this.#driver.advance({ kind: 'receive', from, message, ...this.#clockFor(message) });
      if (message.kind === 'installSnapshotReply') {
        this.#snapshots.onInstalled(from, message.matchIndex);
      }
      return;
    }
    const { logIndex, digest } = message;
    if (membersOf(this.#raft.configuration).includes(from)) {
      this.#stateHashes.onHeard(from, logIndex, digest);
    }
  }

  /** As if lost, while nobody vouches for this node. */
  #send(to: NodeId, message: RaftMessage): void {
    const isSilent = this.#identity?.isOpen === false;
    const outcome = isSilent ? 'unsupported' : this.#wire.send(to, message);
    if (!isSilent) this.#advanceIf(this.#peers.onOffered(to, outcome !== 'dropped'));
    const isSent = outcome === 'accepted' || outcome === 'pressured';
    if (!isSent && message.kind === 'forwardProposal') {
      this.#driver.advance({ kind: 'forwardDropped', forwardId: message.forwardId });
    }
  }

  #sendSnapshot(to: NodeId, term: number): void {
    const { snapshot, log } = this.#raft;
    this.#snapshots.send(to, term, snapshot.logIndex, log.start.logIndex);
  }

  #onApplied(entry: Entry, result: Uint8Array): void {
    this.#requests.onApplied(entry, result);
    if (entry.kind === 'configuration') this.#onConfigurationApplied(entry);
    if (entry.logIndex % this.#tuning.digestEveryEntries === 0) this.#tellDigest(entry.logIndex);
  }

  /** Lost messages do no harm: there is another digest soon. */
  #tellDigest(logIndex: number): void {
    const digest = digestOf(this.#stateMachine);
    if (digest === undefined || this.#identity?.isOpen === false) return;
    const members = membersOf(this.#raft.configuration);
    this.#stateHashes.retain(members);
    this.#stateHashes.onOwn(logIndex, digest);
    for (const peer of members) {
      if (peer !== this.#raft.id) this.#wire.send(peer, { kind: 'stateHash', logIndex, digest });
    }
  }

  #onConfigurationApplied(entry: Entry): void {
    this.#identity?.onCommitted(this.#raft.log.configurationAt(entry.logIndex));
    this.#reportRemoval(entry);
  }

  /** A node that reads of times when it was no member yet, or was one again later, is none less. */
  #reportRemoval({ logIndex }: Entry): void {
    const { id, log, configuration } = this.#raft;
    const isMemberAt = (place: number): boolean =>
      membersOf(log.configurationAt(place).configuration).includes(id);
    if (membersOf(configuration).includes(id)) return;
    if (isMemberAt(logIndex - 1) && !isMemberAt(logIndex))
      this.#emit({ kind: 'removed', logIndex });
  }

  #onRestored(last: LogPosition): void {
    this.#identity?.onCommitted(this.#raft.log.configurationAt(last.logIndex));
    this.#requests.onRestored(last);
    this.#snapshots.onRestored(last);
  }

  #onProgress(last: LogPosition): void {
    this.#driver.advance({ kind: 'applied', logIndex: last.logIndex });
    this.#requests.onProgress(last.logIndex);
    this.#snapshots.onApplied(last);
    if (this.#observers.size > 0) this.#emit({ kind: 'applied', lastApplied: last.logIndex });
  }

  #onSnapshotTaken({ logIndex, term }: LogPosition): void {
    const { trailingEntryCount } = this.#tuning;
    const { configuration, logIndex: configurationIndex } =
      this.#raft.log.configurationAt(logIndex);
    const metadata = {
      lastIncludedIndex: logIndex,
      lastIncludedTerm: term,
      configuration,
      configurationIndex,
    };
    this.#driver.advance({ kind: 'snapshotTaken', metadata, trailingEntryCount });
  }

  #reportDamage({ damagedEntries, damagedSnapshots }: RecoveredNode): void {
    if (damagedSnapshots.length > 0) {
      this.#emit({ kind: 'snapshotDamaged', snapshots: damagedSnapshots });
    }
    if (damagedEntries.length > 0) this.#emit({ kind: 'damaged', entries: damagedEntries });
  }

  #emit(event: RaftEvent): void {
    for (const observer of this.#observers) {
      try {
        observer(event);
      } catch (error) {
        // The mistake of whoever watches must not stop the node it watches.
        this.#onError(error);
      }
    }
  }

  #fail(error: unknown): void {
    if (this.#condition !== 'running') return;
    this.#failure = error;
    this.#stop('failed');
    this.#emit({ kind: 'failed', error });
  }

  #stop(condition: 'failed' | 'closed'): void {
    if (this.#condition === 'running') {
      this.#driver.stop();
      this.#stopTicks();
      for (const unsubscribe of this.#subscriptions) unsubscribe();
      this.#applier.stop();
      this.#snapshots.stop();
      this.#persistence.stop();
      this.#requests.closeAll();
    }
    if (this.#condition !== 'failed') this.#condition = condition;
  }
}

/** Members of version 1 answer no introduction: a node that waits for them is silent for ever. */
function expectIntroducible(configuration: Configuration): void {
  const needed = sinceVersion('introduce');
  const version = protocolVersionOf(configuration);
  if (version >= needed) return;
  throw new RaftStartError(
    'RAFT_IDENTITY_TOO_EARLY',
    `identity: expected 'assumed' until raiseProtocolVersion() to ${needed}, got 'proven' in ` +
      `a cluster of version ${version}`,
  );
}

/** A log of the node's own. */
function openLog({ disk, directory, segmentBytes }: RaftNodeOptions): Promise<LogStore> {
  return WriteAheadLog.open({
    disk,
    directory: `${directory}/log`,
    ...(segmentBytes !== undefined && { segmentBytes }),
  });
}

/** Brings the state machine to the snapshot, unless it keeps its own state and is beyond. */
async function startMachine(
  machine: ReplicatedStateMachine,
  { snapshot }: RecoveredNode,
  lastLogIndex: number,
): Promise<void> {
  const ownIndex = ownLastApplied(machine);
  const { stream, position } = snapshot ?? {};
  try {
    if (ownIndex > Math.max(lastLogIndex, position?.logIndex ?? 0)) {
      throw new RaftStartError(
        'RAFT_FOREIGN_STATE',
        `the state machine has applied entry ${ownIndex}, the log ends at ${lastLogIndex}`,
      );
    }
    if (stream === undefined || position === undefined || ownIndex >= position.logIndex) return;
    await restoreMachine(machine, stream);
  } finally {
    await stream?.close();
  }
}

/** Makes `error` an uncaught one, once the code that runs now has returned. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

interface NodeParts {
  readonly tuning: NodeTuning;
  readonly log: LogStore;
  readonly snapshots: SnapshotStore;
  readonly recovered: RecoveredNode;
}
