/** A run with all that a page shows of it: views, charts, and messages on their way. */
import type { Verdict } from '@quorate/linearizability';
import type { Fault } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import { isSound, type MachineFaults, machineText, soundMachine } from '../machine-faults.ts';
import type { DemoNode } from '../node/node-options.ts';
import type { Groups } from '../partition.ts';
import { type Judgement, judge } from '../scenarios/claims.ts';
import type { ClusterView, NodeView, PageEvent } from '../supervisor/cluster-view.ts';
import { mixOfRates } from '../supervisor/load-mix.ts';
import { afterFault, isOfMachine } from './machine-steps.ts';
import type { RunPlan } from './run-link.ts';
import { type HistoryEvent, SimCharts } from './sim-charts.ts';
import { SimRun } from './sim-run.ts';

/** Virtual time between two verdicts: each looks at what is new in the history. */
const VERDICT_EVERY_MS = 1_000;

/** What is known of the configuration, and since when in virtual time. */
export interface RunVerdict {
  readonly atMs: number;
  readonly checkedCount: number;
  readonly verdict: Verdict | null;
}

/** One run, watched. */
export class WatchedRun {
  readonly run: SimRun;
  /** Virtual for real time: messages on their way are shown as slowly as time passes. */
  pace = 1;
  readonly #charts: SimCharts;
  readonly #tell: (event: PageEvent) => void;
  #groups: Groups = [];
  readonly #machines = new Map<string, MachineFaults>();
  #isLoud = false;
  #leadershipCount = 0;
  #sentCount = 0;
  #verdict: RunVerdict = { atMs: 0, checkedCount: 0, verdict: null };
  readonly #nodes = new Map<NodeId, DemoNode>();
  readonly #stops = new Map<NodeId, () => void>();

  /** At its very start, and silent. */
  constructor(plan: Omit<RunPlan, 'atMs'>, tell: (event: PageEvent) => void) {
    this.#tell = (event) => {
      if (this.#isLoud) tell(event);
    };
    this.#charts = new SimCharts(this.#tell);
    this.run = new SimRun(plan, {
      onNode: (id, node) => {
        this.#nodes.set(id, node);
        if (this.#isLoud) this.#follow(id, node);
      },
      onNotice: (id, text) => this.#charts.mark(this.nowMs, 'log', `${id}: ${text}`),
      onFault: (fault) => this.#noticeFault(fault),
      onAnswer: (answer) => this.#charts.answered(answer),
    });
  }

  /** Virtual time since the start, in ms. */
  get nowMs(): number {
    return this.run.nowMs;
  }

  /** The last two minutes in numbers. */
  get history(): HistoryEvent {
    return this.#charts.history;
  }

  /** Tells all that happens from now on, or nothing. */
  setLoud(isLoud: boolean): void {
    if (isLoud === this.#isLoud) return;
    this.#isLoud = isLoud;
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
    if (isLoud) for (const [id, node] of this.#nodes) this.#follow(id, node);
  }

  /** Lets time pass. @param isDone - See `SimRun.runTo`. */
  async runTo(atMs: number, isDone?: () => boolean): Promise<void> {
    await this.run.runTo(atMs, isDone);
    this.#charts.sent(this.run.played.cluster.sentCount - this.#sentCount);
    this.#sentCount = this.run.played.cluster.sentCount;
    this.#charts.advance(this.nowMs);
    const { leaderships } = this.run.played;
    for (const { atMs: leadsAtMs, node, term } of leaderships.slice(this.#leadershipCount)) {
      this.#charts.mark(leadsAtMs, 'election', `${node} leads term ${term}`);
    }
    this.#leadershipCount = leaderships.length;
    this.run.played.cluster.wakeWatchers();
  }

  /** Looks at what clients saw, if the last look is some time ago. */
  look(): void {
    const { played, nowMs } = this.run;
    if (nowMs - this.#verdict.atMs < VERDICT_EVERY_MS) return;
    this.#verdict = { atMs: nowMs, checkedCount: played.operationCount, verdict: played.verdict() };
  }

  /** The last look at what clients saw. */
  get verdict(): RunVerdict {
    return this.#verdict;
  }

  /** What became of the claims; nothing before the end. */
  judgements(): readonly Judgement[] {
    const { played, isOver } = this.run;
    return isOver ? played.scenario.claims.map((claim) => judge(claim, played)) : [];
  }

  /** Everything at this moment. */
  view(): ClusterView {
    const { acknowledgedCount, load, cluster } = this.run.played;
    const { checkedCount, verdict } = this.#verdict;
    const violationCount = verdict === 'not-linearizable' ? 1 : 0;
    const mix = mixOfRates(load);
    return {
      nodes: cluster.ids.map((id) => this.#viewOf(id)),
      leaderId: this.leaderId() ?? null,
      groups: this.#groups,
      links: cluster.links,
      machines: Object.fromEntries([...this.#machines].filter(([, faults]) => !isSound(faults))),
      load: {
        ratePerSecond: load.edits + (load.reads ?? 0) + load.config,
        ...(mix !== undefined && { mix }),
        totals: { acknowledgedCount, checkedCount, violationCount },
      },
      dataDirectory: 'in this page',
    };
  }

  /** What a node does, as far as can be seen from outside. */
  processOf(id: string): NodeView['process'] {
    const state = this.run.played.cluster.simulation.stateOf(nodeId(id));
    if (state !== 'down' && state !== 'stopping') return state;
    return this.nowMs === 0 ? 'starting' : 'stopped';
  }

  /** What is wrong with the machine under a node. */
  machineOf(id: string): MachineFaults {
    return this.#machines.get(id) ?? soundMachine;
  }

  /** The node that leads the newest term. */
  leaderId(): string | undefined {
    const { cluster } = this.run.played;
    const leaders = cluster.ids
      .map((id) => ({ id, raft: cluster.node(id)?.raft() }))
      .filter(({ raft }) => raft?.role === 'leader');
    return leaders.toSorted((a, b) => (b.raft?.term ?? 0) - (a.raft?.term ?? 0))[0]?.id;
  }

  #viewOf(id: NodeId): NodeView {
    const process = this.processOf(id);
    const status = this.run.played.cluster.statusOf(id) ?? null;
    return { ...{ id, api: `http://${id}`, raft: id, pid: null, process }, status, statusAgeMs: 0 };
  }

  #follow(id: NodeId, node: DemoNode): void {
    this.#stops.get(id)?.();
    const stop = node.events.subscribe((event) => {
      if (event.kind !== 'messages') return;
      const { pace, nowMs: atMs } = this;
      const samples = event.samples.map((one) => ({ ...one, offsetMs: one.offsetMs / pace }));
      this.#tell({ ...event, atMs, from: id, windowMs: event.windowMs / pace, samples });
    });
    this.#stops.set(id, stop);
  }

  #noticeFault(fault: Fault): void {
    const isRepair = ['restart', 'resume', 'heal', 'calm'].includes(fault.kind);
    if ('node' in fault && isOfMachine(fault)) this.#noticeMachine(fault.node, fault);
    else {
      const node = 'node' in fault ? ` ${fault.node}` : '';
      const name = fault.kind === 'crash' ? 'kill' : fault.kind;
      this.#charts.mark(this.nowMs, isRepair ? 'repair' : 'fault', `${name}${node}`);
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
    const faults = afterFault(this.machineOf(id), fault);
    this.#machines.set(id, faults);
    const kind = isSound(faults) ? 'repair' : 'fault';
    this.#charts.mark(this.nowMs, kind, `${id}: ${machineText(faults)}`);
  }
}
