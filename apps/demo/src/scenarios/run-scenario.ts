/**
 * Plays a scenario: clients, what goes wrong, and in the end a judgement for each claim.
 *
 * The clients write down what they asked and what they were told, and nothing else counts: an edit
 * is confirmed when its answer said so, and the history of the configuration is what they saw.
 */
import type { History, Verdict } from '@quorate/linearizability';
import type { Fault, FaultEvent } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import type { BoardStatus } from '../board/board-status.ts';
import type { BoardReader } from '../check/board-reader.ts';
import type { ConfigInput, ConfigOutput } from '../check/config-model.ts';
import type { ReadMode } from '../config/read-mode.ts';
import type { OwnerFigures } from '../observe/node-status.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';
import { SimCluster, type SimClusterOptions } from '../sim/sim-cluster.ts';
import { BoardClients, type Edit } from './board-clients.ts';
import { type Judgement, judge } from './claims.ts';
import { ClientNetwork, type LoadAnswer } from './client-network.ts';
import { type ConfigCall, ConfigClients } from './config-clients.ts';
import { MemberWishes } from './member-wishes.ts';
import { faultsOf, type Scenario, type ScenarioStep, type StepNode } from './scenario.ts';

/** A moment at which a node began to lead. */
export interface Leadership {
  readonly atMs: number;
  readonly node: string;
  readonly term: number;
}

/** A moment at which nodes refused to ask another one, or suspected it. */
export interface Avoidance {
  readonly atMs: number;
  readonly about: string;
  /** How many nodes did. */
  readonly count: number;
}

/** A board whose status was set, at one moment. */
export interface StatusLook {
  /** What was set to it so far. */
  readonly set: readonly BoardStatus[];
  /** What each copy has: its status, and then those in conflict with it. */
  readonly copies: readonly (readonly string[])[];
}

/** What one node asked of owners of boards since it started. */
export interface GatewayFigures extends Omit<OwnerFigures, 'underWay'> {
  readonly uptimeMs: number;
}

/** What clients ask for per second. */
export interface ClientLoad {
  readonly edits: number;
  readonly config: number;
  /** Of boards, as they are. None, if left out. */
  readonly reads?: number | undefined;
}

/** Who looks on while a scenario is played. */
export interface RunWatcher extends Pick<SimClusterOptions, 'onNode' | 'onNotice'> {
  /** Gets everything that is done to the cluster, as it is done. */
  readonly onFault?: (fault: Fault) => void;
  readonly onAnswer?: (answer: LoadAnswer) => void;
}

/** Nodes of every scenario. */
const NODE_COUNT = 5;
/** When clients begin: there is a leader by then. */
const START_MS = 2_000;
/** How long the nodes have at the end, with everything repaired. */
const SETTLE_MS = 20_000;
/** How often a client reads what it lacks of a board. */
const READ_EVERY_MS = 500;
const TICK_MS = 100;

/** A scenario that is being played. */
export class ScenarioRun {
  readonly scenario: Scenario;
  readonly cluster: SimCluster;
  readonly leaderships: Leadership[] = [];
  readonly avoidances: Avoidance[] = [];
  /** Boards at the times at which claims look at their statuses. */
  readonly statusLooks = new Map<number, ReadonlyMap<string, StatusLook>>();
  readonly #boards: BoardClients;
  readonly #config: ConfigClients;
  readonly #steps: ScenarioStep[];
  readonly #mishaps: FaultEvent[];
  readonly #wishes: MemberWishes;
  #load: ClientLoad;
  #owedEdits = 0;
  #owedReads = 0;
  #owedConfig = 0;
  #isCalmed = false;
  #nextTickMs = 0;
  readonly #watcher: RunWatcher;

  /** @param mishaps - What goes wrong besides, in the order of time. */
  constructor(
    scenario: Scenario & Pick<SimClusterOptions, 'loadFactor'>,
    seed: number,
    watcher: RunWatcher = {},
    mishaps: readonly FaultEvent[] = [],
  ) {
    this.#mishaps = [...mishaps];
    const { onNode, onNotice, onAnswer } = watcher;
    this.#watcher = watcher;
    this.scenario = scenario;
    const watchers = { ...(onNode && { onNode }), ...(onNotice && { onNotice }) };
    const { loadFactor } = scenario;
    this.cluster = new SimCluster({ seed, nodeCount: NODE_COUNT, loadFactor, ...watchers });
    const random = seededRandom(seed).fork('clients');
    const network = new ClientNetwork(this.cluster, random, onAnswer);
    this.#boards = new BoardClients(network, scenario.load.boards);
    this.#config = new ConfigClients(network);
    this.#wishes = new MemberWishes(this.cluster, network);
    this.#steps = scenario.steps.toSorted((left, right) => left.atMs - right.atMs);
    this.#load = scenario.load;
  }

  /** When it is over, in ms. */
  get endMs(): number {
    return this.scenario.durationMs + SETTLE_MS;
  }

  /** What clients did to boards. */
  get edits(): Edit[] {
    return this.#boards.edits;
  }

  /** A client that reads boards through any node. */
  get reader(): BoardReader {
    return this.#boards.reader;
  }

  /** What each node asked of owners of boards. */
  get requests(): readonly GatewayFigures[] {
    const { cluster } = this;
    return cluster.ids.flatMap((id) => {
      const { boards, uptimeMs = 0 } = cluster.statusOf(id) ?? {};
      return boards?.requests === undefined ? [] : { ...boards.requests, uptimeMs };
    });
  }

  /** What clients did to the configuration. */
  get configCalls(): readonly ConfigCall[] {
    return this.#config.calls;
  }

  /** What is asked for per second. */
  get load(): ClientLoad {
    return this.#load;
  }

  /** How clients read the configuration: 'stale' promises less than they are held to. */
  get readMode(): ReadMode {
    return this.#config.readMode;
  }

  /** What clients saw of the configuration. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#config.history;
  }

  /** How many operations that are. */
  get operationCount(): number {
    return this.#config.operationCount;
  }

  /** Edits that were confirmed, and operations on the configuration that were answered. */
  get acknowledgedCount(): number {
    return this.#boards.confirmedCount + this.#config.answeredCount;
  }

  /** Plays on until `atMs`, or until the end of the instant at which `isDone` holds. */
  async runTo(atMs: number, isDone?: () => boolean): Promise<void> {
    const untilMs = Math.min(atMs, this.endMs);
    while (this.cluster.nowMs < untilMs && isDone?.() !== true) {
      // At the same times however the run is cut into slices.
      if (this.cluster.nowMs >= this.#nextTickMs) this.#tick();
      await this.cluster.runTo(Math.min(this.#nextTickMs, untilMs), isDone);
    }
  }

  /** Plays it to its end. @returns Each claim, and whether it holds. */
  async finish(): Promise<readonly Judgement[]> {
    await this.runTo(this.endMs);
    return this.scenario.claims.map((claim) => judge(claim, this));
  }

  /** The verdict about the configuration. */
  verdict(): Verdict {
    return this.#config.verdict();
  }

  #tick(): void {
    const { nowMs } = this.cluster;
    this.#nextTickMs += TICK_MS;
    while (this.#steps[0] !== undefined && this.#steps[0].atMs <= nowMs) {
      const step = this.#steps.shift();
      if (step !== undefined) this.take(step);
    }
    while (!this.#isCalmed && (this.#mishaps[0]?.atMs ?? Infinity) <= nowMs) {
      const mishap = this.#mishaps.shift();
      if (mishap === undefined) break;
      const { atMs: _atMs, ...fault } = mishap;
      this.#strike(fault);
    }
    if (nowMs >= START_MS && nowMs < this.scenario.durationMs) this.#write();
    if (nowMs >= this.scenario.durationMs && !this.#isCalmed) this.#calm();
    this.#noticeLeader();
    void this.#wishes.ask(this.#leader());
    this.#wishes.dismissGone(this.#leader());
    this.#noticeBreakers();
    this.#lookAtStatuses();
  }

  /** Does now what `step` says, whatever its time. */
  take(step: ScenarioStep): void {
    if (step.kind === 'load') this.#load = step;
    if (step.kind === 'reads') this.#config.readMode = step.mode;
    if (step.kind === 'join') this.#wishes.join(step.node);
    if (step.kind === 'leave') this.#wishes.leave(this.#nodeOf(step.node));
    if (step.kind === 'links') this.#setLinks(step.links);
    if (step.kind === 'status')
      this.#boards.setStatus(nodeId(this.#nodeOf(step.node)), step.status);
    const { ids } = this.cluster;
    const faults = faultsOf(step, (node) => this.#nodeOf(node), ids);
    for (const fault of faults) this.#strike(fault);
  }

  #setLinks(links: readonly LinkFault[]): void {
    void this.cluster.act({ kind: 'links', links });
  }

  #calm(): void {
    this.#isCalmed = true;
    if (this.cluster.links.length > 0) this.#setLinks([]);
    this.#strike({ kind: 'calm' });
  }

  #strike(fault: Fault): void {
    this.#watcher.onFault?.(fault);
    void this.cluster.act({ kind: 'fault', fault });
  }

  #nodeOf(node: StepNode): string {
    const { ids } = this.cluster;
    const leader = this.#leader() ?? ids[0] ?? '';
    const followers = ids.filter((id) => id !== leader);
    if (node === 'leader') return leader;
    if (node === 'follower') return followers[0] ?? leader;
    if (node === 'otherFollower') return followers[1] ?? leader;
    return node;
  }

  #leader(): NodeId | undefined {
    const { cluster } = this;
    return cluster.ids
      .map((id) => ({ id, raft: cluster.node(id)?.raft() }))
      .filter(({ raft }) => raft?.role === 'leader')
      .toSorted((left, right) => (right.raft?.term ?? 0) - (left.raft?.term ?? 0))[0]?.id;
  }

  #noticeLeader(): void {
    const node = this.#leader();
    const term = node === undefined ? 0 : (this.cluster.node(node)?.raft().term ?? 0);
    if (node === undefined || term <= (this.leaderships.at(-1)?.term ?? 0)) return;
    this.leaderships.push({ atMs: this.cluster.nowMs, node, term });
  }

  #noticeBreakers(): void {
    const { cluster } = this;
    const counts = new Map<string, number>();
    for (const { peer, breakers } of cluster.ids.flatMap(
      (id) => cluster.node(id)?.status().peers ?? [],
    )) {
      const isRefused = Object.values(breakers).some((state) => state === 'open');
      if (isRefused) counts.set(peer, (counts.get(peer) ?? 0) + 1);
    }
    const atMs = cluster.nowMs;
    for (const [about, count] of counts) this.avoidances.push({ atMs, about, count });
  }

  /** Once for each time at which a claim is about them. */
  #lookAtStatuses(): void {
    for (const claim of this.scenario.claims) {
      if (claim.kind !== 'statuses' || claim.atMs > this.cluster.nowMs) continue;
      if (!this.statusLooks.has(claim.atMs)) this.statusLooks.set(claim.atMs, this.#statuses());
    }
  }

  #statuses(): ReadonlyMap<string, StatusLook> {
    const looks = [...this.#boards.statuses].map(([boardId, set]): [string, StatusLook] => {
      const texts = this.cluster.ids.flatMap(
        (id) => this.cluster.node(id)?.boardText(boardId) ?? [],
      );
      return [boardId, { set: [...set], copies: texts.map(statusesIn) }];
    });
    return new Map(looks);
  }

  /** What clients do in one tick: as much as the load is, over time. */
  #write(): void {
    this.#owedEdits += (this.#load.edits * TICK_MS) / 1_000;
    this.#owedReads += ((this.#load.reads ?? 0) * TICK_MS) / 1_000;
    this.#owedConfig += (this.#load.config * TICK_MS) / 1_000;
    for (; this.#owedEdits >= 1; this.#owedEdits -= 1) this.#boards.editOrCreate();
    for (; this.#owedReads >= 1; this.#owedReads -= 1) void this.#boards.look();
    for (; this.#owedConfig >= 1; this.#owedConfig -= 1) void this.#config.call();
    if (this.cluster.nowMs % READ_EVERY_MS < TICK_MS) void this.#boards.read();
  }
}

/** What a copy has as status, and in conflict with it. */
function statusesIn(text: string): readonly string[] {
  const { status, statusConflicts } = JSON.parse(text) as {
    readonly status: string;
    readonly statusConflicts: readonly string[];
  };
  return [status, ...statusConflicts];
}
