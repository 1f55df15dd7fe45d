/**
 * Plays a scenario: clients, what goes wrong, and in the end a judgement for each claim.
 *
 * The clients write down what they asked and what they were told, and nothing else counts: an edit
 * is confirmed when its answer said so, and the history of the configuration is what they saw.
 */
import type { History, Verdict } from '@quorate/linearizability';
import type { Fault, FaultEvent } from '@quorate/simulation';
import { type NodeId, nodeId, type Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import { BoardReader } from '../check/board-reader.ts';
import { actions, ClientMemory } from '../check/client-memory.ts';
import type { ReadMode } from '../config/read-mode.ts';
import { learntFrom, NoAnswer, requestOf } from '../check/config-exchange.ts';
import { type ConfigInput, configModel, type ConfigOutput } from '../check/config-model.ts';
import { GrowingVerdict } from '../check/growing-verdict.ts';
import { LoadHistory } from '../check/load-history.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';
import { SimCluster, type SimClusterOptions, type SimRequest } from '../sim/sim-cluster.ts';
import { type Judgement, judge } from './claims.ts';
import { faultsOf, type Scenario, type ScenarioStep, type StepNode } from './scenario.ts';

/** One edit of a board. */
export interface Edit {
  readonly boardId: string;
  /** Of the line of the checklist that it added. */
  readonly itemId: string;
  readonly atMs: number;
  /** Whether it was confirmed; false without a confirmation, be it that it happened. */
  isConfirmed: boolean;
}

/** One operation on the configuration. */
export interface ConfigCall {
  readonly atMs: number;
  isAnswered: boolean;
}

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

/** One answer to the load, or that there was none. */
export interface LoadAnswer {
  readonly outcome: 'done' | 'refused' | 'unknown';
  /** How long it took, in ms. */
  readonly latencyMs: number;
}

/** What clients ask for per second. */
export interface ClientLoad {
  readonly edits: number;
  readonly config: number;
  /** Of boards, as they are. None, if left out. */
  readonly reads?: number | undefined;
}

/** Who looks on while a scenario is played. */
export interface RunWatcher extends Pick<SimClusterOptions, 'onNode'> {
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
const CONFIG_CLIENTS = 4;
/** How often a client reads what it lacks of a board. */
const READ_EVERY_MS = 500;
/** Keys, and how long clients stay with them: see `generation` below. */
const CONFIG_KEYS = 3;
const GENERATION_MS = 4_000;
const TICK_MS = 100;

/** A scenario that is being played. */
export class ScenarioRun {
  readonly scenario: Scenario;
  readonly cluster: SimCluster;
  readonly edits: Edit[] = [];
  readonly configCalls: ConfigCall[] = [];
  readonly leaderships: Leadership[] = [];
  readonly avoidances: Avoidance[] = [];
  /** A client that reads boards through any node. */
  readonly reader = new BoardReader();
  readonly #random: Random;
  readonly #verdict = new GrowingVerdict(configModel);
  readonly #seen = new LoadHistory({
    nowMs: () => this.cluster.nowMs,
    keepCount: Infinity,
    onNews: (operation) => this.#verdict.take(operation),
  });
  readonly #steps: ScenarioStep[];
  readonly #mishaps: FaultEvent[];
  readonly #boardIds: string[] = [];
  readonly #memories = new Map<string, ClientMemory>();
  readonly #busy = new Set<string>();
  #load: ClientLoad;
  #readMode: ReadMode = 'index';
  /** What was not yet taken of who is to join and to leave. */
  readonly #changes: Pick<SimRequest, 'method' | 'path' | 'body'>[] = [];
  readonly #leaving = new Set<string>();
  #isAsking = false;
  #createdCount = 0;
  #acknowledgedCount = 0;
  #owedEdits = 0;
  #owedReads = 0;
  #owedConfig = 0;
  #isCalmed = false;
  #nextTickMs = 0;
  readonly #watcher: RunWatcher;

  /** @param mishaps - What goes wrong besides, in the order of time. */
  constructor(
    scenario: Scenario,
    seed: number,
    watcher: RunWatcher = {},
    mishaps: readonly FaultEvent[] = [],
  ) {
    this.#mishaps = [...mishaps];
    const { onNode } = watcher;
    this.#watcher = watcher;
    this.scenario = scenario;
    this.cluster = new SimCluster({ seed, nodeCount: NODE_COUNT, ...(onNode && { onNode }) });
    this.#random = seededRandom(seed).fork('clients');
    this.#steps = scenario.steps.toSorted((left, right) => left.atMs - right.atMs);
    this.#load = scenario.load;
  }

  /** When it is over, in ms. */
  get endMs(): number {
    return this.scenario.durationMs + SETTLE_MS;
  }

  /** What is asked for per second. */
  get load(): ClientLoad {
    return this.#load;
  }

  /** How clients read the configuration: 'stale' promises less than they are held to. */
  get readMode(): ReadMode {
    return this.#readMode;
  }

  /** What clients saw of the configuration. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#seen.history;
  }

  /** How many operations that are. */
  get operationCount(): number {
    return this.#seen.size;
  }

  /** Edits that were confirmed, and operations on the configuration that were answered. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
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
    return this.#verdict.verdict();
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
    void this.#askForChange();
    this.#noticeGone();
    this.#noticeBreakers();
  }

  /** Whoever is told must know a leader, so it is said again until it is taken. */
  async #askForChange(): Promise<void> {
    const [change] = this.#changes;
    if (change === undefined || this.#isAsking) return;
    this.#isAsking = true;
    const headers = { 'content-type': 'application/json' };
    const node = this.#leader() ?? this.#anyNode();
    const answer = await this.cluster.act({
      kind: 'request',
      request: { ...change, node, headers },
    });
    this.#isAsking = false;
    if (answer !== undefined && answer.status < 500) this.#changes.shift();
  }

  /** Ends those that were sent away and that the leader lists no more. */
  #noticeGone(): void {
    const leader = this.#leader();
    const members = leader === undefined ? undefined : this.cluster.node(leader)?.status().members;
    if (members === undefined || this.#changes.length > 0) return;
    for (const node of this.#leaving) {
      if (members.some(({ id }) => id === node)) continue;
      this.#leaving.delete(node);
      void this.cluster.act({ kind: 'dismiss', node });
    }
  }

  /** Does now what `step` says, whatever its time. */
  take(step: ScenarioStep): void {
    if (step.kind === 'load') this.#load = step;
    if (step.kind === 'reads') this.#readMode = step.mode;
    if (step.kind === 'join') {
      void this.cluster.act({ kind: 'start', node: step.node });
      const body = JSON.stringify({ id: step.node, address: `${step.node}:5000` });
      this.#changes.push({ method: 'POST', path: '/admin/nodes', body });
    }
    if (step.kind === 'leave') {
      const node = this.#nodeOf(step.node);
      this.#changes.push({ method: 'DELETE', path: `/admin/nodes/${node}` });
      this.#leaving.add(node);
    }
    if (step.kind === 'links') this.#setLinks(step.links);
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

  /** What clients do in one tick: as much as the load is, over time. */
  #write(): void {
    this.#owedEdits += (this.#load.edits * TICK_MS) / 1_000;
    this.#owedReads += ((this.#load.reads ?? 0) * TICK_MS) / 1_000;
    this.#owedConfig += (this.#load.config * TICK_MS) / 1_000;
    for (; this.#owedEdits >= 1; this.#owedEdits -= 1) this.#editOrCreate();
    for (; this.#owedReads >= 1; this.#owedReads -= 1) void this.#lookAtBoard();
    for (; this.#owedConfig >= 1; this.#owedConfig -= 1) void this.#callConfig();
    if (this.cluster.nowMs % READ_EVERY_MS < TICK_MS) void this.#readBoard();
  }

  #editOrCreate(): void {
    if (this.#createdCount < this.scenario.load.boards) void this.#create();
    else if (this.#boardIds.length > 0) void this.#edit();
  }

  async #create(): Promise<void> {
    this.#createdCount += 1;
    const key = `board ${this.#random.uint32()}`;
    const answer = await this.#post('/v1/boards', { title: key }, key);
    const id: unknown = answer?.status === 201 ? Reflect.get(JSON.parse(answer.body), 'id') : 0;
    if (typeof id === 'string') this.#boardIds.push(id);
    else this.#createdCount -= 1;
  }

  async #edit(): Promise<void> {
    const boardId = this.#boardIds[this.#random.int(this.#boardIds.length)] ?? '';
    const itemId = `i${this.edits.length}`;
    const edit: Edit = { boardId, itemId, atMs: this.cluster.nowMs, isConfirmed: false };
    this.edits.push(edit);
    const operations = [{ kind: 'addItem', id: itemId, text: itemId }];
    const answer = await this.#post(`/v1/boards/${boardId}/ops`, { operations }, itemId);
    edit.isConfirmed = answer?.status === 202;
    if (edit.isConfirmed) this.#acknowledgedCount += 1;
    // An edit that was not confirmed may be there all the same.
    this.#tell(edit.isConfirmed ? 'done' : 'unknown', edit.atMs);
  }

  /** Reads a board as it is, for the load alone. */
  async #lookAtBoard(): Promise<void> {
    const boardId = this.#boardIds[this.#random.int(Math.max(1, this.#boardIds.length))];
    if (boardId === undefined) return;
    const startedAtMs = this.cluster.nowMs;
    const request = { node: this.#anyNode(), method: 'GET', path: `/v1/boards/${boardId}` };
    const answer = await this.cluster.act({ kind: 'request', request });
    this.#tell(answer?.status === 200 ? 'done' : 'refused', startedAtMs);
  }

  /** Reads what the client lacks of a board; a node that cannot answer is another one's turn. */
  async #readBoard(): Promise<void> {
    const boardId = this.#boardIds[this.#random.int(Math.max(1, this.#boardIds.length))];
    if (boardId === undefined) return;
    const since = encodeURIComponent(this.reader.versionOf(boardId));
    const path = `/v1/boards/${boardId}/sync?since=${since}`;
    const request = { node: this.#anyNode(), method: 'GET', path };
    const answer = await this.cluster.act({ kind: 'request', request });
    if (answer?.status !== 200) return;
    const { updates } = JSON.parse(answer.body) as { readonly updates: readonly string[] };
    this.reader.take(boardId, updates);
  }

  #post(path: string, body: unknown, key: string): ReturnType<SimCluster['act']> {
    const node = this.#anyNode();
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const request = { node, method: 'POST', path, headers, body: JSON.stringify(body) };
    return this.cluster.act({ kind: 'request', request });
  }

  async #callConfig(): Promise<void> {
    const client = `c${this.#random.int(CONFIG_CLIENTS)}`;
    // One operation at a time each.
    if (this.#busy.has(client)) return;
    this.#busy.add(client);
    const memory = this.#memories.get(client) ?? new ClientMemory();
    this.#memories.set(client, memory);
    const generation = Math.floor(this.cluster.nowMs / GENERATION_MS);
    const key = `k${this.#random.int(CONFIG_KEYS)}.${generation}`;
    const action = actions[this.#random.int(actions.length)] ?? 'get';
    const input = memory.inputOf(action, key, `v${this.configCalls.length}`);
    const call: ConfigCall = { atMs: this.cluster.nowMs, isAnswered: false };
    this.configCalls.push(call);
    const end = this.#seen.begin(input);
    try {
      const output = await this.#askConfig(input);
      end(output);
      call.isAnswered = true;
      this.#acknowledgedCount += 1;
      this.#tell('done', call.atMs);
      memory.saw(key, output);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      end(error);
      this.#tell(error.definite ? 'refused' : 'unknown', call.atMs);
    } finally {
      this.#busy.delete(client);
    }
  }

  #tell(outcome: LoadAnswer['outcome'], atMs: number): void {
    this.#watcher.onAnswer?.({ outcome, latencyMs: this.cluster.nowMs - atMs });
  }

  async #askConfig(input: ConfigInput): Promise<ConfigOutput> {
    const { method, path, headers, body } = requestOf(input, this.#readMode);
    const request = { node: this.#anyNode(), method, path, headers };
    const answer = await this.cluster.act({
      kind: 'request',
      request: body === undefined ? request : { ...request, body },
    });
    if (answer === undefined) throw new NoAnswer('indefinite', 'the node is down');
    const etag = answer.headers['etag'];
    const learnt = learntFrom(input, { status: answer.status, etag, body: answer.body });
    if (learnt.kind === 'noAnswer') throw learnt.error;
    return learnt.output;
  }

  #anyNode(): NodeId {
    // As a balancer in front of them would: it notices those that refuse connections, no others.
    const up = this.cluster.ids.filter((id) => this.cluster.node(id) !== undefined);
    return up[this.#random.int(Math.max(1, up.length))] ?? nodeId('n1');
  }
}
