import {
  type ClientOperation,
  damagedNodes,
  type Experiment,
  type Scenario,
  type Simulation,
  type Tuning,
  type Workload,
} from '@quorate/simulation';
import { type NodeId, nodeId, type Random } from '@quorate/transport';

import { type Configuration, configurationOf, membersOf } from '../../src/configuration.ts';
import type { RaftEvent } from '../../src/node/events.ts';
import type { IdentityStatus } from '../../src/node/identity.ts';
import type { RaftNodeOptions } from '../../src/node/options.ts';
import type { ReadOutcome } from '../../src/node/outcomes.ts';
import { ClientHistory, type KeyValueChange, NoAnswer } from './client-history.ts';
import { CommitTimeline } from './commit-timeline.ts';
import { describeMessage } from './describe-message.ts';
import { BrokenInvariant, isQuorum } from './invariants.ts';
import { MemberOperator } from './member-operator.ts';
import {
  changingStageOf,
  CLOCK_DRIFT_PPM,
  drawCommand,
  drawOperation,
  drawTuning,
  KEY_COUNT,
} from './raft-draws.ts';
import { type Command, commandOf } from './recording-machine.ts';
import {
  type ClientPort,
  NodeFailed,
  type PlantedBug,
  type RunningNode,
  SimulatedCluster,
} from './sim-cluster.ts';
import { stageOf } from './raft-stages.ts';
import { releases, type UpgradeKind, upgradeStage } from './upgrade-stage.ts';
import { wipeStage } from './wipe-stage.ts';

/** How often a client tries again after calm, in ms. */
const RETRY_MS = 300;

/** The register of the writes after calm, and the first of their ids. */
const MARKER = { key: 65_535, firstId: 1_000_000 };

/** What may be fixed about a workload. */
export interface RaftWorkloadOptions {
  readonly bug?: PlantedBug;
  /** 'history' holds answers to clients against each other only when all are in. */
  readonly answers?: 'each' | 'history';
  /** 'fixed' keeps the members that a cluster starts with. */
  readonly members?: 'changing' | 'fixed';
  /** Nodes of two releases, and operators who take them from one to the other. */
  readonly upgrade?: UpgradeKind;
  /** Disks are wiped, as many as nodes of which 'proven' is said can bear. */
  readonly wipes?: NonNullable<RaftNodeOptions['identity']>;
  /** Told of all that comes about, in few words: to count it. */
  readonly onHappening?: (what: string) => void;
}

/**
 * Whole Raft nodes under clients that write, compare-and-set and read registers, and operators who
 * change the members.
 */
export function raftWorkload(options: RaftWorkloadOptions = {}): Workload {
  const { upgrade, wipes } = options;
  const stage = options.members === 'fixed' ? stageOf : changingStageOf;
  return {
    name: 'raft',
    nodeCounts: { min: wipes === undefined ? 1 : 3, max: 7 },
    // Who vouches for others must keep its disk.
    ...(wipes !== undefined && { claims: () => ({ damagedMax: 0 }) }),
    ...(upgrade !== undefined && { releases: [...releases.keys()] }),
    drawTuning,
    drawOperation: options.members === 'fixed' ? drawCommand : drawOperation,
    stage: stageWith(options, stage),
    describeMessage,
    open: (simulation, scenario) => new RaftExperiment(simulation, scenario, options),
  };
}

type DrawStage = (random: Random, drawn: Scenario) => Scenario;

function stageWith({ upgrade, wipes }: RaftWorkloadOptions, stage: DrawStage): DrawStage {
  if (upgrade !== undefined) return upgradeStage(upgrade, stage);
  return wipes === undefined ? stage : wipeStage(stage);
}

/** One run: what clients were told, and whether it holds. */
class RaftExperiment implements Experiment {
  readonly #cluster: SimulatedCluster;
  readonly #options: RaftWorkloadOptions;
  readonly #history: ClientHistory;
  readonly #acknowledged = new Map<number, number>();
  readonly #refused = new Set<number>();
  #highestAcknowledged = 0;
  #leaderHint: NodeId | undefined;
  #violation: BrokenInvariant | undefined;
  #core: readonly NodeId[] = [];
  #hasCommitted = false;
  readonly #members: MemberOperator;
  readonly #hasLeases: boolean;
  readonly #receiving = new Set<NodeId>();
  readonly #timeline = new CommitTimeline();

  constructor(simulation: Simulation, scenario: Scenario, options: RaftWorkloadOptions) {
    const { nodeCount, tuning, faults, outsiders } = scenario;
    this.#options = options;
    this.#hasLeases = Number(tuning['maxClockDriftPpm'] ?? 0) > 0;
    this.#history = new ClientHistory(simulation.clock);
    const { voterCount, ...nodeTuning } = tuningOf(tuning);
    const isFixed = options.members === 'fixed' || tuning['isFixed'] === true;
    const damaged = damagedNodes(faults);
    this.#members = new MemberOperator({
      isFixed,
      damaged,
      outsiders: new Set(outsiders),
      onHappening: (what) => this.#happens(what),
    });
    this.#cluster = new SimulatedCluster(simulation, {
      nodeCount,
      voterCount: this.#members.voterCountOf(nodeCount, voterCount),
      tuning: {
        ...nodeTuning,
        forwardProposals: tuning['forwardProposals'] === true,
        ...(options.wipes !== undefined && { identity: options.wipes }),
      },
      hasPriorities: tuning['hasPriorities'] === true,
      bug: options.bug,
      releases: options.upgrade === undefined ? undefined : releases,
      onEvent: (event) => this.#happens(wordsOn(event)),
    });
    for (const id of this.#cluster.nodeIds) {
      if (damaged.has(id)) this.#cluster.checker.onDamaged(id);
    }
  }

  begin(operation: ClientOperation): void {
    const running = this.#target(operation);
    if (running === undefined) return;
    const { id } = operation;
    this.#cluster.simulation.note(
      `client asks to ${operation['kind']} (c${id})`,
      running.node.status().nodeId,
    );
    const timeoutMs = Number(operation['timeoutMs']);
    if (operation['kind'] === 'members') {
      this.#members.begin(running, operation, this.#cluster.nodeIds);
      return;
    }
    if (operation['kind'] === 'raise') {
      void this.#raise(running, timeoutMs);
      return;
    }
    if (operation['kind'] === 'transfer') {
      const to = operation['to'] === '' ? undefined : nodeId(String(operation['to']));
      void running.node
        .transferLeadership({ timeoutMs, ...(to !== undefined && { to }) })
        .then(({ kind }) => this.#happens(`transfer ${kind}`));
      return;
    }
    if (operation['kind'] === 'forgetLeader') {
      running.node.forgetLeader();
      return;
    }
    if (operation['kind'] === 'read') this.#beginRead(running, operation, timeoutMs);
    else void this.#write(running, operation, timeoutMs);
  }

  #happens(what: string): void {
    this.#options.onHappening?.(what);
  }

  check(): void {
    if (this.#options.onHappening !== undefined) this.#watchSnapshots();
    const { simulation, checker } = this.#cluster;
    this.#timeline.sample(simulation.clock.nowMs(), checker.highestCommitted);
    if (this.#violation !== undefined && this.#options.answers !== 'history') throw this.#violation;
  }

  /** Nothing but the status tells that a snapshot is on its way in pieces. */
  #watchSnapshots(): void {
    for (const [id, { node }] of this.#cluster.running) {
      const isReceiving = node.status().snapshotReceiving !== undefined;
      if (isReceiving && !this.#receiving.has(id)) this.#happens('snapshot comes in pieces');
      if (isReceiving) this.#receiving.add(id);
      else this.#receiving.delete(id);
    }
  }

  finish(): void {
    this.#expectRefusedGone();
    if (this.#hasCommitted && this.#hasRefusedNode()) this.#happens('goes on without a node');
    if (this.#hasCommitted) this.#expectAcknowledgedThere();
    this.#history.expectLinearizable();
  }

  #expectRefusedGone(): void {
    for (const commandId of this.#refused) {
      const logIndex = this.#cluster.checker.appliedAt(commandId);
      if (logIndex === undefined) continue;
      const detail = `command ${commandId} was refused, stands at ${logIndex}`;
      throw new BrokenInvariant('refused', detail);
    }
  }

  #expectAcknowledgedThere(): void {
    const members = this.#memberIds();
    for (const [id, { machine, node }] of this.#coreNodes()) {
      const { condition, configurationIndex, identity } = node.status();
      if (condition !== 'running' || !members.includes(id)) continue;
      if (this.#isCutOff(identity)) continue;
      this.#members.expectKnown(id, configurationIndex);
      for (const [commandId, logIndex] of this.#acknowledged) {
        if (machine.commandIds.has(commandId)) continue;
        const detail = `${id} lacks command ${commandId}, acknowledged at ${logIndex}`;
        throw new BrokenInvariant('acknowledged', detail);
      }
    }
  }

  /** Only damage and broken disks keep a node from starting or going on, and then it says so. */
  isExpected(error: unknown, id: NodeId): boolean {
    if (error instanceof NodeFailed) return isOfDisk(error.cause);
    if (this.#cluster.simulation.stateOf(id) !== 'down' || !isOfDisk(error)) return false;
    this.#cluster.onStartError(id, error);
    return true;
  }

  onCalm(core: readonly string[]): void {
    this.#core = this.#cluster.nodeIds.filter((id) => core.includes(id));
    this.#commitMarker(MARKER.firstId);
  }

  /**
   * A power loss may leave noise that no log can tell from damage. Such a node refuses to start, or
   * neither votes nor acknowledges before a leader has repaired it; where too many voters are of
   * those, nothing is owed but safety. Who is no member owes nothing either.
   */
  isRecovered(): boolean {
    const { startErrors } = this.#cluster;
    const lost = this.#core.filter((id) => {
      const running = this.#cluster.running.get(id);
      if (running === undefined) return startErrors.has(id);
      const { condition, identity } = running.node.status();
      return condition === 'recovering' || this.#isCutOff(identity);
    });
    const well = this.#core.filter((id) => !lost.includes(id));
    const inForce = this.#configurationsInForce();
    if (!inForce.every((each) => isQuorum(each, (voter) => well.includes(voter)))) return true;
    const nodes = this.#coreNodes().filter(([id]) => well.includes(id));
    if (!this.#hasCommitted || nodes.length < well.length) return false;
    const members = this.#memberIds();
    const { highestCommitted } = this.#cluster.checker;
    const states = nodes
      .filter(([id]) => members.includes(id))
      .map(([, { node, machine }]) => ({ ...node.status(), digest: machine.digestNumber }));
    return (
      new Set(states.map(({ lastApplied, digest }) => `${lastApplied} ${digest}`)).size === 1 &&
      states.every(({ condition }) => condition === 'running') &&
      states.every(({ lastApplied }) => lastApplied >= highestCommitted)
    );
  }

  #hasRefusedNode(): boolean {
    return this.#coreNodes().some(([, { node }]) => isRefused(node.status().identity));
  }

  /** Whether nobody vouches for a node, or whoever could is not there, as on a first start. */
  #isCutOff(identity: IdentityStatus | undefined): boolean {
    if (isRefused(identity)) return true;
    return identity?.kind === 'unproven' && identity.waitingFor.some((peer) => this.#isGone(peer));
  }

  #isGone(peer: NodeId): boolean {
    const running = this.#cluster.running.get(peer);
    return !this.#core.includes(peer) || isRefused(running?.node.status().identity);
  }

  /** The latest committed one, and those in the logs of the core that may still be committed. */
  #configurationsInForce(): readonly Configuration[] {
    const { committedConfiguration: latest } = this.#cluster.checker;
    const { startVoters } = this.#cluster;
    const later = this.#coreNodes()
      .map(([, { node }]) => node.status())
      .filter(({ configurationIndex }) => configurationIndex > (latest?.logIndex ?? 0))
      .map(({ configuration }) => configuration);
    return [latest?.configuration ?? configurationOf(startVoters), ...later];
  }

  #memberIds(): readonly NodeId[] {
    const { committedConfiguration } = this.#cluster.checker;
    return committedConfiguration === undefined
      ? this.#cluster.startVoters
      : membersOf(committedConfiguration.configuration);
  }

  describe(): string {
    const lines = this.#core.map((id) => {
      const running = this.#cluster.running.get(id);
      if (running === undefined) return `${id}: ${String(this.#cluster.startErrors.get(id))}`;
      const { peers, voters: _, ...status } = running.node.status();
      return `${id}: ${JSON.stringify({ ...status, peers: [...peers] })}`;
    });
    return lines.join('\n');
  }

  #coreNodes(): readonly (readonly [NodeId, RunningNode])[] {
    return [...this.#cluster.running].filter(([id]) => this.#core.includes(id));
  }

  #commitMarker(commandId: number): void {
    if (this.#hasCommitted) return;
    const { leader, running, simulation } = this.#cluster;
    const leading = leader === undefined ? undefined : running.get(leader);
    if (leading !== undefined) {
      const command = commandOf({ kind: 'write', id: commandId, key: MARKER.key }, 0);
      void leading.node.propose(command, { timeoutMs: 1_000 }).then(({ kind }) => {
        if (kind === 'committed') this.#hasCommitted = true;
      });
    }
    simulation.clock.setTimer(RETRY_MS, () => this.#commitMarker(commandId + 1));
  }

  async #raise({ node }: RunningNode, timeoutMs: number): Promise<void> {
    if (!('raiseProtocolVersion' in node)) return;
    const { kind } = await node.raiseProtocolVersion({ timeoutMs });
    this.#cluster.simulation.note(`raising the version: ${kind}`, node.status().nodeId);
  }

  /** A node whose process is at work: who stands still takes no calls. */
  #target({ node }: ClientOperation): RunningNode | undefined {
    const { running, simulation, nodeIds, leader } = this.#cluster;
    const told = node === 'told' ? this.#leaderHint : undefined;
    const id = nodeIds.find((each) => each === node) ?? told ?? leader;
    if (id === undefined || simulation.stateOf(id) !== 'running') {
      this.#leaderHint = undefined;
      return undefined;
    }
    return running.get(id);
  }

  #clientOf(running: RunningNode): ClientPort {
    return this.#options.bug?.wrapClient?.(running) ?? running.node;
  }

  #write(running: RunningNode, operation: ClientOperation, timeoutMs: number): Promise<void> {
    const key = this.#history.registerOf(Number(operation['key']), KEY_COUNT);
    const command = commandIn(operation, key);
    const { id } = command;
    return this.#history.write(`c${id}`, key, changeOf(command), async () => {
      const bytes = commandOf(command, Number(operation['sizeBytes']));
      const outcome = await this.#clientOf(running).propose(bytes, { timeoutMs });
      this.#happens(`${command.kind} ${outcome.kind}`);
      if (outcome.kind === 'rejected') {
        this.#refused.add(id);
        this.#leaderHint = outcome.leaderId;
      }
      if (outcome.kind !== 'committed') {
        throw new NoAnswer({ definite: outcome.kind === 'rejected' });
      }
      this.#onCommitted(id, outcome.logIndex);
      return command.kind === 'compareAndSet' ? outcome.result[0] === 1 : undefined;
    });
  }

  #onCommitted(commandId: number, logIndex: number): void {
    this.#acknowledged.set(commandId, logIndex);
    this.#highestAcknowledged = Math.max(this.#highestAcknowledged, logIndex);
    const applied = this.#cluster.checker.appliedAt(commandId);
    if (applied === logIndex) return;
    const detail = `command ${commandId}: acknowledged at ${logIndex}, applied at ${applied}`;
    this.#violation ??= new BrokenInvariant('acknowledged', detail);
  }

  #beginRead(running: RunningNode, operation: ClientOperation, timeoutMs: number): void {
    const { bug, upgrade } = this.#options;
    // Planted bugs are in another way, and older releases have no such reads.
    const canBeBounded = bug === undefined && upgrade === undefined;
    if (canBeBounded && operation['consistency'] === 'bounded')
      void this.#readBounded(running, operation, timeoutMs);
    else void this.#read(running, operation, timeoutMs);
  }

  /** What it sees may be old, so no history of newest values has a place for it. */
  async #readBounded(
    { node }: RunningNode,
    operation: ClientOperation,
    timeoutMs: number,
  ): Promise<void> {
    const maxStalenessMs = Number(operation['maxStalenessMs']);
    // The node's clocks may be slow.
    const boundMs = maxStalenessMs / (1 - CLOCK_DRIFT_PPM / 1_000_000);
    const owed = this.#timeline.committedAt(this.#cluster.simulation.clock.nowMs() - boundMs);
    const outcome = await node.read({ consistency: 'bounded', maxStalenessMs, timeoutMs });
    const { lastApplied } = node.status();
    if (outcome.kind !== 'ready' || lastApplied >= owed) return;
    const detail = `a read saw ${lastApplied}, ${owed} was committed ${boundMs} ms before it`;
    this.#violation ??= new BrokenInvariant('bounded read', detail);
  }

  /** By a lease where the run has them. Planted bugs are in the way that needs none. */
  #confirm(
    running: RunningNode,
    { consistency }: ClientOperation,
    timeoutMs: number,
  ): Promise<ReadOutcome> {
    if (!this.#hasLeases || this.#options.bug !== undefined || consistency !== 'lease') {
      return this.#clientOf(running).readIndex({ timeoutMs });
    }
    return running.node.read({ consistency, timeoutMs });
  }

  #read(running: RunningNode, operation: ClientOperation, timeoutMs: number): Promise<void> {
    const { machine } = running;
    const key = this.#history.registerOf(Number(operation['key']), KEY_COUNT);
    const writtenBefore = this.#highestAcknowledged;
    return this.#history.read(`c${operation['id']}`, key, async () => {
      const outcome = await this.#confirm(running, operation, timeoutMs);
      const how = this.#hasLeases ? String(operation['consistency']) : 'linearizable';
      this.#happens(`${how} read ${outcome.kind}`);
      if (outcome.kind !== 'ready') {
        this.#leaderHint = outcome.leaderId;
        throw new NoAnswer({ definite: true });
      }
      const { logIndex } = machine;
      if (logIndex < writtenBefore) {
        const detail = `a read saw ${logIndex}, ${writtenBefore} was acknowledged before it`;
        this.#violation ??= new BrokenInvariant('fresh read', detail);
      }
      return textOf(machine.get(key));
    });
  }
}

function wordsOn(event: RaftEvent): string {
  if (event.kind === 'roleChanged') return `${event.kind} ${event.role}`;
  return event.kind === 'identityChanged' ? `identity ${event.identity.kind}` : event.kind;
}

/** What damage to files and broken disks are reported with. */
const codesOfDisk = /^(DISK|LOG|RAFT|SNAPSHOT)_/;

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && codesOfDisk.test(String(error.code));
}

function commandIn({ kind, id, expected }: ClientOperation, key: number): Command {
  const common = { id: Number(id), key };
  if (kind === 'write') return { ...common, kind };
  return { ...common, kind: 'compareAndSet', expected: Number(expected) };
}

/** What `command` asks of the map that the registers stand for. */
function changeOf(command: Command): KeyValueChange {
  const value = String(command.id);
  if (command.kind === 'write') return { kind: 'put', value };
  return { kind: 'cas', expected: textOf(command.expected), value };
}

/** A register's content in the map: nothing, or the id of the command that wrote it. */
function textOf(commandId: number): string | null {
  return commandId === 0 ? null : String(commandId);
}

function tuningOf(tuning: Tuning): Readonly<Record<string, number>> {
  const isNumber = (entry: readonly [string, unknown]): entry is [string, number] =>
    typeof entry[1] === 'number';
  return Object.fromEntries(Object.entries(tuning).filter(isNumber));
}

/** A node of an older release has no identity to speak of. */
function isRefused(identity: IdentityStatus | undefined): boolean {
  return identity?.kind === 'refused';
}
