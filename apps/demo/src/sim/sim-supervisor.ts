/**
 * The supervisor of a simulated cluster: what the real one does by signals, this one does by
 * faults, and where the real one waits, this one lets virtual time pass.
 *
 * Time passes in `pump` only, in slices of virtual time, as long as the caller allows. Whatever is
 * done in between waits for the end of a slice: a run can be repeated only if nothing was done to
 * it in the middle of an instant. Winding back makes the run anew, by pumping, too.
 */
import type { Verdict } from '@quorate/linearizability';
import type { Fault } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { DemoNode } from '../node/create-node.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import {
  isSound,
  type MachineChange,
  type MachineFaults,
  machineText,
  soundMachine,
} from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import { judge } from '../scenarios/claims.ts';
import { scenarios } from '../scenarios/index.ts';
import type { ClusterView, NodeView, PageEvent } from '../supervisor/cluster-view.ts';
import {
  ActionError,
  type ControlledCluster,
  type NodeRequest,
  NodeSilentError,
} from '../supervisor/controlled-cluster.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';
import { Broadcast } from '../supervisor/supervisor-events.ts';
import { afterFault, isOfMachine, machineSteps } from './machine-steps.ts';
import { formatLink, INPUT_MS_MAX, INPUTS_MAX, requestInput, type RunPlan } from './run-link.ts';
import { SimCharts } from './sim-charts.ts';
import type { SimAnswer } from './sim-cluster.ts';
import { SimChecks } from './sim-checks.ts';
import { type Doing, SimRun } from './sim-run.ts';
import type { SimState } from './sim-state.ts';

/** Virtual time between two looks at the real one, in ms: a few ms of computing. */
const SLICE_MS = 5;
/** How long a node may take to answer, in ms: a little longer than it gives itself. */
const NODE_TIMEOUT_MS = 4_000;
/** Five nodes share one thread: more would only be late. */
const LOAD_PER_SECOND_MAX = 200;
const SPEED_MIN = 0.01;
const SPEED_MAX = 100;
/** Virtual time between two verdicts: each looks at the whole history. */
const VERDICT_EVERY_MS = 1_000;

/** Real time between two views for the page, in ms. */
const REPORT_EVERY_MS = 100;

/** A request that has no answer yet. */
interface Waiting {
  readonly untilMs: number;
  readonly giveUp: () => void;
}

/** What is known of the configuration, and since when in virtual time. */
interface RunVerdict {
  readonly atMs: number;
  readonly checkedCount: number;
  readonly verdict: Verdict | null;
}

const notJudged: RunVerdict = { atMs: 0, checkedCount: 0, verdict: null };

/** A simulated cluster under control. */
export class SimSupervisor implements ControlledCluster {
  readonly pageEvents = new Broadcast<PageEvent>();
  /** What the bar of the page shows, whenever it has changed. */
  readonly states = new Broadcast<SimState>();
  #plan: Omit<RunPlan, 'atMs' | 'inputs'>;
  #run: SimRun;
  #charts: SimCharts;
  #groups: Groups = [];
  readonly #machines = new Map<string, MachineFaults>();
  readonly #statuses = new Map<NodeId, NodeStatus>();
  #isPlaying = true;
  #speed = 1;
  #targetMs = 0;
  #isSeeking = false;
  #horizonMs = 0;
  #isPumping = false;
  /** Real time since the page was last told. */
  #elapsedMs = 0;
  #atRest: (() => void)[] = [];
  readonly #waiting = new Set<Waiting>();
  #leadershipCount = 0;
  #verdict: RunVerdict = notJudged;
  readonly checks = new SimChecks({
    run: () => this.#run,
    verdict: () => this.#verdict,
    act: (doings) =>
      this.#whenAtRest(() => {
        for (const doing of doings) void this.#act(doing);
      }),
  });

  /** Plays `plan` from its start to its time, and then on. */
  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#charts = this.#newCharts();
    this.#run = this.#newRun(plan.inputs);
    this.#seekTo(plan.atMs);
  }

  get charts(): { readonly history: PageEvent } {
    return this.#charts;
  }

  /** How the run stands. */
  get state(): SimState {
    const { seed, scenario } = this.#plan;
    const { nowMs, inputs, isOver } = this.#run;
    return {
      seed,
      scenario: scenario ?? null,
      scenarios: scenarios.map(({ name, title }) => ({ name, title })),
      nowMs,
      horizonMs: this.#horizonMs,
      isPlaying: this.#isPlaying,
      isSeeking: this.#isSeeking,
      speed: this.#speed,
      hash: this.#run.played.cluster.hash(),
      link: formatLink({ seed, scenario, atMs: nowMs, inputs }),
      inputCount: inputs.length,
      judgements: isOver ? this.#judgements() : [],
    };
  }

  /** Whether `pump` has anything to do. */
  get isBusy(): boolean {
    return this.#isSeeking || this.#waiting.size > 0 || (this.#isPlaying && !this.#run.isOver);
  }

  /**
   * Lets time pass.
   *
   * @param elapsedMs - Real time since the last call.
   * @param mayGoOn - Asked after every slice; what is not done then is done by later calls.
   */
  async pump(elapsedMs: number, mayGoOn: () => boolean): Promise<void> {
    const { isBusy } = this;
    if (this.#isPumping || !isBusy) return;
    this.#isPumping = true;
    try {
      if (!this.#isSeeking) this.#targetMs = this.#run.nowMs + elapsedMs * this.#pace();
      this.#targetMs = Math.min(wholeUs(this.#targetMs), this.#run.played.endMs);
      let isDone = false;
      while (!isDone) {
        const run = this.#run;
        await run.runTo(Math.min(wholeUs(run.nowMs + SLICE_MS), this.#targetMs));
        this.#endSlice();
        isDone = this.#run.nowMs >= this.#targetMs || !mayGoOn();
      }
    } finally {
      this.#isPumping = false;
    }
    this.#elapsedMs += elapsedMs;
    if (this.#elapsedMs < REPORT_EVERY_MS && this.isBusy) return;
    this.#elapsedMs = 0;
    this.#report();
  }

  /** Goes on, or stands still. */
  setPlaying(isPlaying: 'playing' | 'standing'): void {
    this.#isPlaying = isPlaying === 'playing';
    this.#tell();
  }

  /** @throws ActionError if the speed is out of its range. */
  setSpeed(speed: number): void {
    if (!(speed >= SPEED_MIN && speed <= SPEED_MAX)) {
      throw new ActionError(`speed: expected ${SPEED_MIN}..${SPEED_MAX}, got ${speed}`);
    }
    this.#speed = speed;
    this.#tell();
  }

  /** Stands still `byMs` later. */
  async step(byMs: number): Promise<void> {
    await this.seek(this.#run.nowMs + byMs);
    this.setPlaying('standing');
  }

  /** Winds on or back to `atMs`; from there the run goes on if it was going on. */
  async seek(atMs: number): Promise<void> {
    await this.#whenAtRest(() => {
      if (atMs < this.#run.nowMs) this.#run = this.#newRun(this.#run.inputs);
      this.#seekTo(atMs);
    });
  }

  /** Begins another run. */
  async open(plan: RunPlan): Promise<void> {
    await this.#whenAtRest(() => {
      this.#plan = plan;
      this.#run = this.#newRun(plan.inputs);
      this.#horizonMs = 0;
      this.#seekTo(plan.atMs);
    });
  }

  async kill(id: string): Promise<void> {
    await this.#whenAtRest(() => {
      const node = this.#expect(id);
      if (this.#processOf(node) === 'stopped') throw new ActionError(`${id} is already stopped`);
      void this.#act({ kind: 'kill', node });
    });
  }

  async pause(id: string): Promise<void> {
    await this.#whenAtRest(() => {
      const node = this.#expect(id);
      const process = this.#processOf(node);
      if (process !== 'running') throw new ActionError(`${id} is ${process}`);
      void this.#act({ kind: 'pause', node });
    });
  }

  async resume(id?: string): Promise<void> {
    await this.#whenAtRest(() => {
      const isPaused = (node: Name): boolean => this.#processOf(node) === 'paused';
      const nodes = id === undefined ? this.#names().filter(isPaused) : [this.#expect(id)];
      for (const node of nodes) {
        if (!isPaused(node)) throw new ActionError(`${node} is ${this.#processOf(node)}`);
        void this.#act({ kind: 'resume', node });
      }
    });
  }

  async restart(id: string): Promise<void> {
    await this.#whenAtRest(() => {
      const node = this.#expect(id);
      if (this.#processOf(node) !== 'stopped') void this.#act({ kind: 'kill', node });
      void this.#act({ kind: 'restart', node });
    });
  }

  async partition(groups: Groups): Promise<void> {
    await this.#whenAtRest(() => {
      const sides = groups.map((group) => group.map((id) => this.#expect(id)));
      void this.#act({ kind: 'heal' });
      for (const [index, left] of sides.entries()) {
        for (const right of sides.slice(index + 1)) {
          void this.#act({ kind: 'partition', left, right, isOneWay: false });
        }
      }
    });
  }

  async setLinks(links: readonly LinkFault[]): Promise<void> {
    await this.#whenAtRest(() => {
      for (const id of links.flatMap(({ from, to }) => [from, to])) this.#expect(id);
      void this.#act({ kind: 'links', links: [...links] });
    });
  }

  async changeMachine(id: string, change: MachineChange): Promise<void> {
    await this.#whenAtRest(() => {
      this.#makeMachine(this.#expect(id), { ...this.#machineOf(id), ...change });
    });
  }

  async heal(): Promise<void> {
    await this.#whenAtRest(() => {
      void this.#act({ kind: 'heal' });
      if (this.#run.played.cluster.links.length > 0) void this.#act({ kind: 'links', links: [] });
      for (const node of this.#names()) this.#makeMachine(node, soundMachine);
    });
  }

  async setLoad(ratePerSecond: number): Promise<void> {
    await this.#whenAtRest(() => {
      if (ratePerSecond > LOAD_PER_SECOND_MAX) {
        throw new ActionError(`the simulation takes at most ${LOAD_PER_SECOND_MAX} requests/s`);
      }
      void this.#act({ kind: 'load', edits: ratePerSecond / 2, config: ratePerSecond / 2 });
    });
  }

  async askNode(id: string, request: NodeRequest): Promise<Response> {
    const input = requestInput({ ...request, node: this.#expect(id) });
    if (input === undefined) throw new ActionError('the simulation takes no such request');
    const answer = await this.#whenAtRest(() => this.#inTime(this.#act(input)));
    if (answer === undefined) throw new NodeSilentError(`${id} is down, or stands still`);
    const { status, headers, body } = answer;
    return new Response(body === '' ? null : body, { status, headers });
  }

  async openStream(id: string, path: string, signal: AbortSignal): Promise<Response> {
    const node = this.#run.played.cluster.node(nodeId(this.#expect(id)));
    if (node === undefined) throw new NodeSilentError(`${id} is down, or stands still`);
    return node.app.request(`http://${id}${path}`, { signal });
  }

  anyNodeId(): string {
    const running = this.#names().find((name) => this.#processOf(name) === 'running');
    return this.#leaderId() ?? running ?? 'n1';
  }

  view(): ClusterView {
    const { edits, configCalls, load } = this.#run.played;
    const confirmed = edits.filter(({ isConfirmed }) => isConfirmed);
    const answered = configCalls.filter(({ isAnswered }) => isAnswered);
    const { checkedCount, verdict } = this.#verdict;
    const violationCount = verdict === 'not-linearizable' ? 1 : 0;
    return {
      nodes: this.#names().map((id) => this.#viewOf(id)),
      leaderId: this.#leaderId() ?? null,
      groups: this.#groups,
      links: this.#run.played.cluster.links,
      machines: Object.fromEntries([...this.#machines].filter(([, faults]) => !isSound(faults))),
      load: {
        ratePerSecond: load.edits + load.config,
        totals: {
          acknowledgedCount: confirmed.length + answered.length,
          ...{ checkedCount, violationCount },
        },
      },
      dataDirectory: 'in this page',
      check: this.checks.state,
    };
  }

  #viewOf(id: Name): NodeView {
    const process = this.#processOf(id);
    const node = this.#run.played.cluster.node(nodeId(id));
    const last = process === 'stopped' ? undefined : this.#statuses.get(nodeId(id));
    return {
      ...{ id, api: `http://${id}`, raft: id, pid: null, process },
      status: node?.status() ?? last ?? null,
      statusAgeMs: 0,
    };
  }

  #names(): readonly Name[] {
    return names.slice(0, this.#run.played.cluster.ids.length);
  }

  #expect(id: string): Name {
    const name = this.#names().find((known) => known === id);
    if (name !== undefined) return name;
    throw new ActionError(`there is no node ${id}; there are ${this.#names().join(', ')}`);
  }

  #processOf(id: Name): NodeView['process'] {
    const state = this.#run.played.cluster.simulation.stateOf(nodeId(id));
    if (state !== 'down' && state !== 'stopping') return state;
    return this.#run.nowMs === 0 ? 'starting' : 'stopped';
  }

  #machineOf(id: string): MachineFaults {
    return this.#machines.get(id) ?? soundMachine;
  }

  #makeMachine(node: Name, wanted: MachineFaults): void {
    for (const step of machineSteps(node, this.#machineOf(node), wanted)) void this.#act(step);
  }

  /** The node that leads the newest term. */
  #leaderId(): string | undefined {
    const { cluster } = this.#run.played;
    const leaders = cluster.ids
      .map((id) => ({ id, raft: cluster.node(id)?.status().raft }))
      .filter(({ raft }) => raft?.role === 'leader');
    return leaders.toSorted((a, b) => (b.raft?.term ?? 0) - (a.raft?.term ?? 0))[0]?.id;
  }

  /** Virtual for real time. A run that stands still goes on at its pace while somebody waits. */
  #pace(): number {
    return this.#isPlaying ? this.#speed : 1;
  }

  #newCharts(): SimCharts {
    return new SimCharts((event) => {
      if (!this.#isSeeking) this.pageEvents.publish(event);
    });
  }

  #newRun(inputs: RunPlan['inputs']): SimRun {
    this.#charts = this.#newCharts();
    this.#groups = [];
    this.#machines.clear();
    this.#statuses.clear();
    this.#leadershipCount = 0;
    this.#verdict = notJudged;
    for (const { giveUp } of this.#waiting) giveUp();
    return new SimRun(
      { ...this.#plan, inputs },
      {
        onNode: (id, node) => this.#follow(id, node),
        onFault: (fault) => this.#noticeFault(fault),
        onAnswer: (answer) => this.#charts.answered(answer),
      },
    );
  }

  /** Always, whether anybody looks or not: a node that is watched has more timers. */
  #follow(id: NodeId, node: DemoNode): void {
    node.events.subscribe((event) => {
      if (event.kind === 'status') {
        this.#statuses.set(id, event.status);
        return;
      }
      this.#charts.sent(event.sent.reduce((sum, { count }) => sum + count, 0));
      if (this.#isSeeking) return;
      // As slowly as time passes on the page.
      const pace = this.#pace();
      const samples = event.samples.map((one) => ({ ...one, offsetMs: one.offsetMs / pace }));
      const windowMs = event.windowMs / pace;
      this.pageEvents.publish({ ...event, from: id, windowMs, samples });
    });
  }

  #noticeFault(fault: Fault): void {
    const isRepair = ['restart', 'resume', 'heal', 'calm'].includes(fault.kind);
    if ('node' in fault && isOfMachine(fault)) this.#noticeMachine(fault.node, fault);
    else {
      const node = 'node' in fault ? ` ${fault.node}` : '';
      const name = fault.kind === 'crash' ? 'kill' : fault.kind;
      this.#charts.mark(this.#run.nowMs, isRepair ? 'repair' : 'fault', `${name}${node}`);
    }
    if (fault.kind === 'calm') {
      for (const [id, faults] of this.#machines) this.#machines.set(id, afterFault(faults, fault));
    }
    if (fault.kind === 'heal' || fault.kind === 'calm') this.#groups = [];
    if (fault.kind !== 'partition') return;
    const isNew = (group: readonly string[]): boolean =>
      !this.#groups.some((known) => known.join() === group.join());
    this.#groups = [...this.#groups, ...[fault.left, fault.right].filter(isNew)];
  }

  #noticeMachine(id: string, fault: Fault): void {
    const faults = afterFault(this.#machineOf(id), fault);
    this.#machines.set(id, faults);
    const kind = isSound(faults) ? 'repair' : 'fault';
    this.#charts.mark(this.#run.nowMs, kind, `${id}: ${machineText(faults)}`);
  }

  #seekTo(atMs: number): void {
    this.#targetMs = wholeUs(Math.min(Math.max(0, atMs), this.#run.played.endMs));
    this.#isSeeking = this.#run.nowMs < this.#targetMs;
    if (!this.#isSeeking) this.#arrive();
    this.#tell();
  }

  /** The page sees nothing of the way: all at once when the time has come. */
  #arrive(): void {
    this.#isSeeking = false;
    this.pageEvents.publish(this.#charts.history);
    this.pageEvents.publish({ kind: 'view', view: this.view() });
  }

  /** Does something at once; this is at rest. */
  #act(doing: Doing): Promise<SimAnswer | undefined> {
    const { nowMs } = this.#run;
    if (nowMs > INPUT_MS_MAX || this.#isSeeking) {
      throw new ActionError(this.#isSeeking ? 'the run is being wound' : 'the run is over');
    }
    if (this.#run.doneCount >= INPUTS_MAX) {
      throw new ActionError(`a run takes at most ${INPUTS_MAX} actions; start another`);
    }
    this.#horizonMs = nowMs;
    return this.#run.act({ atMs: nowMs, ...doing });
  }

  /** `answer`, or undefined when a client would have lost patience, in virtual time. */
  async #inTime(answer: Promise<SimAnswer | undefined>): Promise<SimAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const untilMs = this.#run.nowMs + NODE_TIMEOUT_MS;
    const waiting = { untilMs, giveUp: () => resolve(undefined) };
    this.#waiting.add(waiting);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  #whenAtRest<Result>(action: () => Result): Promise<Awaited<Result>> {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<Result>>();
    const run = async (): Promise<void> => {
      try {
        resolve(await action());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    if (this.#isPumping) this.#atRest.push(() => void run());
    else void run();
    return promise;
  }

  #endSlice(): void {
    const { nowMs } = this.#run;
    for (const action of this.#atRest.splice(0)) action();
    for (const { untilMs, giveUp } of this.#waiting) if (untilMs <= nowMs) giveUp();
    this.#charts.advance(this.#run.nowMs);
    const fresh = this.#run.played.leaderships.slice(this.#leadershipCount);
    this.#leadershipCount += fresh.length;
    for (const { atMs, node, term } of fresh) {
      this.#charts.mark(atMs, 'election', `${node} leads term ${term}`);
    }
    this.#horizonMs = Math.max(this.#horizonMs, this.#run.nowMs);
    if (this.#isSeeking && this.#run.nowMs >= this.#targetMs) this.#arrive();
  }

  #report(): void {
    if (this.#isSeeking) {
      this.#tell();
      return;
    }
    const { nowMs, played } = this.#run;
    if (nowMs - this.#verdict.atMs >= VERDICT_EVERY_MS) {
      const checkedCount = played.history.length;
      this.#verdict = { atMs: nowMs, checkedCount, verdict: played.verdict() };
    }
    this.pageEvents.publish({ kind: 'view', view: this.view() });
    this.#tell();
  }

  #tell(): void {
    this.states.publish(this.state);
  }

  #judgements(): SimState['judgements'] {
    const { played } = this.#run;
    return played.scenario.claims.map((claim) => {
      const { holds, detail } = judge(claim, played);
      return { claim: claim.kind, holds, detail };
    });
  }
}

const names = ['n1', 'n2', 'n3', 'n4', 'n5'] as const;
type Name = (typeof names)[number];

/** The simulator's time has no finer parts. */
function wholeUs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
