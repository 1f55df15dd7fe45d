import { type NodeId, nodeId, type Random } from '@quorate/transport';

import { raftCodec } from '../../src/codec.ts';
import type { MembershipChange } from '../../src/configuration.ts';
import type { ChangeMembership, RaftEffect, RaftInput } from '../../src/effects.ts';
import type { RaftMessage } from '../../src/messages.ts';
import type { RaftTuning } from '../../src/options.ts';
import { createRaft, stepAll } from '../../src/raft.ts';
import type { RaftState } from '../../src/state.ts';
import { CoreChecker } from './core-checker.ts';
import { type DurableState, emptyDisk, ModelDisk } from './model-disk.ts';
import { ModelStateMachine } from './model-state-machine.ts';

export const n1: NodeId = nodeId('n1');
export const n2: NodeId = nodeId('n2');
export const n3: NodeId = nodeId('n3');
export const n4: NodeId = nodeId('n4');
export const n5: NodeId = nodeId('n5');
export const n6: NodeId = nodeId('n6');

/** A message under way. */
export interface Parcel {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: RaftMessage;
}

/** One node of the cluster: the core while it runs, and the disk that outlives it. */
export interface CoreNode {
  readonly nodeId: NodeId;
  readonly disk: ModelDisk;
  readonly stateMachine: ModelStateMachine;
  /** `undefined` while crashed. */
  raft: RaftState | undefined;
  /** Inputs that the next step takes at once. */
  inbox: RaftInput[];
}

export interface CoreClusterOptions {
  readonly random: Random;
  readonly nodeCount: number;
  /** How many of them, the first ones, start the cluster; the others join. All by default. */
  readonly voterCount?: number;
  readonly tuning?: Partial<RaftTuning>;
  /** In the order of the nodes. 0 by default. */
  readonly priorities?: readonly number[];
  /** What the disks hold at first, in the order of the nodes. Empty by default. */
  readonly disks?: readonly DurableState[];
}

/**
 * Cores, disks and a network in memory, without any time of their own: whoever drives the cluster
 * decides what happens next. Every effect of every step passes the checker.
 */
export class CoreCluster {
  readonly nodes: ReadonlyMap<NodeId, CoreNode>;
  readonly checker: CoreChecker;
  /** Whether anyone can reach `to` from `from`. */
  isReachable: (from: NodeId, to: NodeId) => boolean = () => true;
  parcels: Parcel[] = [];
  readonly #random: Random;
  readonly #tuning: Partial<RaftTuning>;
  readonly #priorities: Map<NodeId, number>;
  readonly #startVoters: readonly NodeId[];
  #commandCount = 0;
  #readCount = 0;
  #incarnationCount = 0;

  constructor(options: CoreClusterOptions) {
    const { random, nodeCount, tuning = {}, disks = [], voterCount, priorities = [] } = options;
    this.#random = random;
    this.#tuning = tuning;
    const ids = Array.from({ length: nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    this.#priorities = new Map(ids.map((id, place) => [id, priorities[place] ?? 0]));
    this.#startVoters = ids.slice(0, voterCount ?? nodeCount);
    this.nodes = new Map(
      ids.map((id, place) => [
        id,
        {
          nodeId: id,
          disk: new ModelDisk(disks[place] ?? emptyDisk()),
          stateMachine: new ModelStateMachine(),
          raft: undefined,
          inbox: [],
        },
      ]),
    );
    this.checker = new CoreChecker(this.nodes);
    for (const id of ids) this.restart(id);
  }

  get ids(): readonly NodeId[] {
    return [...this.nodes.keys()];
  }

  /** The running leader of the highest term, if any. */
  get leader(): CoreNode | undefined {
    return [...this.nodes.values()]
      .filter(({ raft }) => raft?.role.kind === 'leader')
      .sort((left, right) => (right.raft?.currentTerm ?? 0) - (left.raft?.currentTerm ?? 0))[0];
  }

  node(id: NodeId): CoreNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new RangeError(`id: expected a node of the cluster, got ${id}`);
    return node;
  }

  raft(id: NodeId): RaftState {
    const { raft } = this.node(id);
    if (raft === undefined) throw new RangeError(`id: expected a running node, got ${id}`);
    return raft;
  }

  /** Gives a running node one input, along with those that wait in its inbox. */
  input(id: NodeId, input: RaftInput): readonly RaftEffect[] {
    const node = this.node(id);
    if (node.raft === undefined) return [];
    node.inbox.push(input);
    return this.flush(id);
  }

  /** Keeps an input for the node's next step. */
  enqueue(id: NodeId, input: RaftInput): void {
    const node = this.node(id);
    if (node.raft !== undefined) node.inbox.push(input);
  }

  /** Starts a node again with another priority. */
  prefer(id: NodeId, priority: number): void {
    this.#priorities.set(id, priority);
    this.crash(id, 0);
    this.restart(id);
  }

  /** One step over all inputs that wait. */
  flush(id: NodeId): readonly RaftEffect[] {
    const node = this.node(id);
    const { raft } = node;
    if (raft === undefined) return [];
    const inputs = node.inbox;
    node.inbox = [];
    const effects = stepAll(raft, inputs);
    this.checker.afterStep(node, raft, effects);
    for (const effect of effects) this.#perform(node, effect);
    return effects;
  }

  /** Proposes `count` commands that were never proposed before. */
  propose(id: NodeId, count = 1): void {
    const payloads = Array.from({ length: count }, () => {
      this.#commandCount += 1;
      return new TextEncoder().encode(`command-${this.#commandCount}`);
    });
    this.input(id, { kind: 'propose', proposalId: this.#commandCount, payloads });
  }

  /** Wants other members. The answer is among the effects of the step, which are returned. */
  change(
    id: NodeId,
    changes: readonly MembershipChange[],
    options: Pick<ChangeMembership, 'transition' | 'isForced'> = {},
  ): readonly RaftEffect[] {
    return this.input(id, { kind: 'changeMembership', changeId: 1, changes, ...options });
  }

  /** Asks to read; the checker holds the answer against what is committed now. */
  readIndex(id: NodeId): void {
    this.#readCount += 1;
    this.checker.readInvoked(this.#readCount);
    this.input(id, { kind: 'readIndex', readId: this.#readCount });
  }

  /** Delivers the parcel at `place`; what a crashed or cut-off node should get is lost. */
  deliver(place: number): void {
    const [parcel] = this.parcels.splice(place, 1);
    if (parcel === undefined) return;
    const { from, to, message } = parcel;
    if (!this.isReachable(from, to)) return;
    this.input(to, { kind: 'receive', from, message: raftCodec.decode(raftCodec.encode(message)) });
  }

  /** Finishes the first `count` writes of a node and reports the last of them. */
  completeWrites(id: NodeId, count: number): void {
    const ticket = this.node(id).disk.complete(count);
    if (ticket !== undefined) this.input(id, { kind: 'persisted', ticket });
  }

  /** Reports to a node what its state machine has applied. */
  completeApplies(id: NodeId): void {
    const { stateMachine } = this.node(id);
    this.input(id, { kind: 'applied', logIndex: stateMachine.logIndex });
  }

  /** Takes a snapshot of what the node has applied and compacts its log. */
  takeSnapshot(id: NodeId, trailingEntryCount: number): void {
    const { raft, disk, stateMachine } = this.node(id);
    if (raft === undefined) return;
    const { lastApplied: logIndex, log } = raft;
    const term = log.termAt(logIndex);
    // The state machine may be ahead of what it reported: a snapshot is of one moment.
    if (logIndex === 0 || term === undefined || stateMachine.logIndex !== logIndex) return;
    const metadata = {
      lastIncludedIndex: logIndex,
      lastIncludedTerm: term,
      configuration: log.configurationAt(logIndex).configuration,
      configurationIndex: log.configurationAt(logIndex).logIndex,
    };
    disk.saveSnapshot({ ...metadata, data: stateMachine.snapshot() });
    this.input(id, { kind: 'snapshotTaken', metadata, trailingEntryCount });
  }

  /** Stops a node. `survivingWrites` of those under way reach the disk, unreported. */
  crash(id: NodeId, survivingWrites: number): void {
    const node = this.node(id);
    node.disk.crash(survivingWrites);
    node.raft = undefined;
    node.inbox = [];
    this.checker.crashed(id);
  }

  /**
   * Starts a node from its disk. With `damagedIndex`, the log there can no longer be read. Unless
   * it is not reported, the others learn that the peer is a new incarnation.
   */
  restart(
    id: NodeId,
    damagedIndex?: number,
    { isReported = true }: { readonly isReported?: boolean } = {},
  ): void {
    const node = this.node(id);
    const durable = node.disk.recover(damagedIndex);
    node.stateMachine.restart(durable.snapshot);
    this.#incarnationCount += 1;
    node.raft = createRaft({
      ...this.#tuning,
      ...recoveredOptions(durable),
      id,
      priority: this.#priorities.get(id) ?? 0,
      voters: this.#startVoters.includes(id) ? this.#startVoters : [],
      random: this.#random.fork(`incarnation-${this.#incarnationCount}`),
    });
    for (const peer of this.ids) {
      if (isReported && peer !== id) this.input(peer, { kind: 'peerRestarted', peer: id });
    }
  }

  /** Lets everything that is under way happen, until nothing is. */
  settle(): void {
    for (let rounds = 0; rounds < 10_000; rounds += 1) {
      if (!this.settleOnce()) return;
    }
    throw new Error('the cluster does not come to rest');
  }

  /**
   * Makes `id` ask for votes after everyone but a leader has waited out the minimum election
   * timeout. Wants nodes whose timeouts are as long as can be.
   */
  campaign(id: NodeId): void {
    for (const { nodeId: other, raft } of this.nodes.values()) {
      if (raft === undefined || raft.role.kind === 'leader') continue;
      const { electionTimeoutTicks } = raft.tuning;
      const tickCount = other === id ? 2 * electionTimeoutTicks - 1 : electionTimeoutTicks;
      for (let tick = 0; tick < tickCount; tick += 1) this.input(other, { kind: 'tick' });
    }
  }

  /** From now on, only nodes of the same group reach each other. */
  split(...groups: readonly (readonly NodeId[])[]): void {
    this.isReachable = (from, to) =>
      groups.some((group) => group.includes(from) && group.includes(to));
  }

  /** Everyone reaches everyone again. */
  rejoin(): void {
    this.isReachable = () => true;
  }

  /** Campaigns as often as it takes to learn the term, and stops as soon as `id` leads. */
  elect(id: NodeId): void {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      this.campaign(id);
      for (let round = 0; round < 20; round += 1) {
        if (this.node(id).raft?.role.kind === 'leader') return;
        this.settleOnce();
      }
    }
    throw new Error(`nobody elects ${id}`);
  }

  /** One tick for everyone, and all that follows from it. */
  tick(): void {
    for (const id of this.ids) this.input(id, { kind: 'tick' });
    this.settle();
  }

  /** Delivers what is under way, then finishes the writes and applies. Whether there was any. */
  settleOnce(): boolean {
    let isBusy = this.parcels.length > 0;
    for (let left = this.parcels.length; left > 0; left -= 1) this.deliver(0);
    for (const { nodeId: id, disk, raft, stateMachine } of this.nodes.values()) {
      if (raft === undefined) continue;
      if (disk.pendingCount > 0) {
        isBusy = true;
        this.completeWrites(id, disk.pendingCount);
      }
      if (stateMachine.logIndex > raft.lastApplied) {
        isBusy = true;
        this.completeApplies(id);
      }
    }
    return isBusy;
  }

  #perform(node: CoreNode, effect: RaftEffect): void {
    const { nodeId: from, disk, stateMachine } = node;
    switch (effect.kind) {
      case 'persist':
        disk.write(effect);
        return;
      case 'send':
        this.parcels.push({ from, to: effect.to, message: effect.message });
        return;
      case 'sendSnapshot':
        this.#sendSnapshot(node, effect.to, effect.term);
        return;
      case 'apply':
        stateMachine.apply(effect.entries);
        return;
      case 'restore':
        stateMachine.restore(effect.snapshot);
        return;
      case 'compact':
        disk.compact(effect.throughIndex);
        return;
      case 'storeChunk':
      case 'chunkAnswered':
        throw new Error(`${effect.kind}: expected whole snapshots only`);
      case 'readReady':
      case 'readRefused':
      case 'proposed':
      case 'proposalRefused':
      case 'proposalForwarded':
      case 'proposalLost':
      case 'membershipProposed':
      case 'membershipRefused':
      case 'configurationChanged':
      case 'transferRefused':
      case 'transferEnded':
      case 'recovered':
      case 'roleChanged':
        // Looked at by the checker.
        return;
    }
  }

  #sendSnapshot(node: CoreNode, to: NodeId, term: number): void {
    const { snapshot } = node.disk.durable;
    const outcome = snapshot === undefined ? 'failed' : 'sent';
    if (snapshot !== undefined) {
      const message = { kind: 'installSnapshot', term, snapshot } as const;
      this.parcels.push({ from: node.nodeId, to, message });
    }
    this.enqueue(node.nodeId, { kind: 'snapshotSent', peer: to, outcome });
  }
}

function recoveredOptions(
  durable: DurableState,
): Pick<
  Parameters<typeof createRaft>[0],
  'hardState' | 'snapshot' | 'configuration' | 'logStart' | 'entries' | 'damaged'
> {
  const { hardState, snapshot, logStart, entries, damaged } = durable;
  return {
    hardState,
    snapshot: snapshot && {
      logIndex: snapshot.lastIncludedIndex,
      term: snapshot.lastIncludedTerm,
    },
    configuration: snapshot && {
      logIndex: snapshot.configurationIndex,
      configuration: snapshot.configuration,
    },
    logStart,
    entries,
    damaged,
  };
}
