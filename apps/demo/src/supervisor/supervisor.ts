/**
 * The running demo: processes, what is wrong with them, who takes part, load and checks.
 *
 * It holds no opinion of its own about the cluster: roles, terms and indexes come from the nodes'
 * event streams, process states from the processes, and faults of links are rules inside each node.
 */
import { randomBytes } from 'node:crypto';

import type { Random } from '@quorate/transport';
import { systemRandom } from '@quorate/transport/system';

import type { MachineChange } from '../machine-faults.ts';
import type { NodeEvent } from '../observe/node-events.ts';
import type { Groups } from '../partition.ts';
import { Charts } from './charts.ts';
import type { ClusterView, PageEvent } from './cluster-view.ts';
import type { ControlledCluster, NodeRequest } from './controlled-cluster.ts';
import { Faults } from './faults.ts';
import type { LaunchOptions, NodePlan } from './launch.ts';
import type { LinkFault } from './link-faults.ts';
import { LoadCheck } from './load-check.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadMix } from './load-mix.ts';
import { Membership } from './membership.ts';
import { NodeClient } from './node-client.ts';
import { type Journal, type NodeProcess, Processes, viewOf } from './processes.ts';
import { Broadcast, type SupervisorEvent } from './supervisor-events.ts';

/** What to run. */
export interface SupervisorOptions extends LaunchOptions {
  readonly plans: readonly NodePlan[];
  /** So many of them, the first ones, found the cluster and vote. Default all. */
  readonly voterCount?: number;
  /** Lets whoever knows it administer nodes. Default: nobody but this supervisor knows it. */
  readonly adminToken?: string;
  /** Draws what the load asks for. Default: differently each time. */
  readonly random?: Random;
  /** Told who is there after a node has come or gone. */
  readonly onNodes?: (nodeIds: readonly string[]) => void;
}

const LEADER_TIMEOUT_MS = 10_000;
const VIEW_INTERVAL_MS = 200;

/** Starts the nodes, breaks them on demand, and knows what they last said of themselves. */
export class Supervisor implements ControlledCluster {
  /** For the terminal. */
  readonly events = new Broadcast<SupervisorEvent>();
  /** For the page. */
  readonly pageEvents = new Broadcast<PageEvent>();
  readonly charts: Charts;
  readonly load: LoadGenerator;
  readonly checks: LoadCheck;
  readonly #options: SupervisorOptions;
  readonly #processes: Processes;
  readonly #faults: Faults;
  readonly #membership: Membership;
  readonly #client: NodeClient;
  readonly #viewTimer: NodeJS.Timeout;
  #leader: { readonly id: string; readonly term: number } | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const journal: Journal = {
      tell: (event) => this.events.publish(event),
      mark: (kind, text) => this.charts.mark(kind, text),
    };
    const [adminToken, peerSecret] = [options.adminToken ?? secret(), secret()];
    const voterCount = options.voterCount ?? options.plans.length;
    const processes = new Processes({
      ...{ ...options, plans: options.plans.slice(0, voterCount) },
      ...{ adminToken, peerSecret, journal },
      faultsOf: (id) => this.#faults.of(id),
      onEvent: (node, event) => this.#onNodeEvent(node, event),
      // It was born into the faults of that moment, which may have changed while it started.
      onServing: (node) => this.#faults.tell(node),
    });
    const client = new NodeClient((id) => processes.get(id).api, adminToken);
    this.#processes = processes;
    this.#client = client;
    this.#faults = new Faults({ processes, client, journal });
    this.#membership = new Membership({
      ...{ processes, client, journal, host: options.host },
      onGone: (id) => this.#faults.forget(id),
      onChange: () => {
        this.load.setTargets(processes.all);
        options.onNodes?.(this.nodeIds);
      },
    });
    this.checks = new LoadCheck({
      nodes: () => this.#health(),
      ask: (id, request) => this.askNode(id, request),
      look: (id, path) => this.administer(id, { method: 'GET', path, headers: {} }),
      wait,
    });
    const onViolation = (text: string): void => journal.tell({ event: 'violation', text });
    this.load = new LoadGenerator({
      ...{ targets: processes.all, onViolation, history: this.checks.history },
      ...{ random: options.random ?? systemRandom, name: `load-${Date.now()}` },
    });
    this.charts = new Charts(this.load, this.pageEvents);
    this.#viewTimer = setInterval(() => {
      if (this.pageEvents.audienceCount === 0) return;
      this.pageEvents.publish({ kind: 'view', view: this.view() });
    }, VIEW_INTERVAL_MS);
  }

  get isBreakable(): boolean {
    return this.#options.settings.allowsFaults;
  }

  /** Names of the nodes, in order. */
  get nodeIds(): readonly string[] {
    return this.#processes.ids;
  }

  anyNodeId(): string {
    return this.#processes.anyId;
  }

  /** Starts all nodes and waits for the first leader. @throws Error if a node does not start. */
  async start(): Promise<void> {
    await Promise.all(this.#processes.all.map((node) => this.#processes.start(node)));
    const deadlineMs = performance.now() + LEADER_TIMEOUT_MS;
    while (!this.#leader && performance.now() < deadlineMs) await wait(20);
    const { plans, voterCount = plans.length } = this.#options;
    for (const plan of plans.slice(voterCount)) await this.#membership.addObserver(plan);
    this.load.setTargets(this.#processes.all);
    await this.#membership.announceMoved();
  }

  askNode(id: string, request: NodeRequest): Promise<Response> {
    return this.#client.ask(id, request);
  }

  administer(id: string, request: NodeRequest): Promise<Response> {
    return this.#client.administer(id, request);
  }

  openStream(id: string, path: string, signal: AbortSignal): Promise<Response> {
    return this.#client.openStream(id, path, signal);
  }

  addNode(): Promise<string> {
    return this.#membership.add();
  }

  removeNode(id: string): Promise<void> {
    return this.#membership.remove(id);
  }

  kill(id: string): Promise<void> {
    return this.#processes.kill(id);
  }

  /** Kills a node, and takes its boards from its disk. @throws ActionError on a stranger. */
  loseBoards(id: string): Promise<void> {
    return this.#processes.loseBoards(id);
  }

  pause(id: string): void {
    this.#processes.pause(id);
  }

  resume(id?: string): void {
    this.#processes.resume(id);
  }

  restart(id: string): Promise<void> {
    return this.#processes.restart(id);
  }

  partition(groups: Groups): Promise<void> {
    return this.#faults.partition(groups);
  }

  setLinks(links: readonly LinkFault[]): Promise<void> {
    return this.#faults.setLinks(links);
  }

  changeMachine(id: string, change: MachineChange): Promise<void> {
    return this.#faults.changeMachine(id, change);
  }

  heal(): Promise<void> {
    return this.#faults.heal();
  }

  setLoad(ratePerSecond: number, mix: LoadMix = this.load.mix): void {
    this.load.setMix(mix);
    this.load.setRate(ratePerSecond);
    this.events.publish({ event: 'load', ratePerSecond, mix });
  }

  view(): ClusterView {
    const { groups, links, machines } = this.#faults;
    return {
      nodes: this.#processes.all.map(viewOf),
      leaderId: this.#processes.leader?.id ?? null,
      ...{ groups, links, machines },
      load: this.load.view,
      dataDirectory: this.#options.dataDirectory,
      isBreakable: this.isBreakable,
      check: this.checks.state,
    };
  }

  /** Stops the load and the nodes, one after the other. */
  async close(): Promise<void> {
    clearInterval(this.#viewTimer);
    this.charts.close();
    this.checks.close();
    this.load.close();
    this.events.publish({ event: 'stopping' });
    await this.#processes.close();
    this.#client.close();
    this.events.publish({ event: 'bye' });
  }

  /** Ends all processes without waiting for anything. */
  abandon(): void {
    this.#processes.abandon();
  }

  /** The nodes that run, and whether nothing is wrong with anything. */
  #health(): { readonly ids: readonly string[]; readonly isQuiet: boolean } {
    const { running, all } = this.#processes;
    const { groups, links } = this.#faults;
    const isQuiet = running.length === all.length && groups.length === 0 && links.length === 0;
    return { ids: running.map(({ id }) => id), isQuiet };
  }

  #onNodeEvent(node: NodeProcess, event: NodeEvent): void {
    switch (event.kind) {
      case 'status': {
        const { role, term } = event.status.raft;
        this.#noticeLeader(node.id, role, term);
        if (node === this.#processes.leader) this.#membership.noticeGone(event.status);
        break;
      }
      case 'messages': {
        const { windowMs, sent, samples } = event;
        this.charts.countMessages(sent.reduce((sum, { count }) => sum + count, 0));
        this.pageEvents.publish({ kind: 'messages', from: node.id, windowMs, sent, samples });
        break;
      }
    }
  }

  #noticeLeader(id: string, role: string, term: number): void {
    if (role !== 'leader' || term <= (this.#leader?.term ?? 0)) return;
    this.#leader = { id, term };
    this.charts.mark('election', `${id} leads term ${term}`);
    this.events.publish({ event: 'leader', node: id, term });
  }
}

function secret(): string {
  return randomBytes(24).toString('hex');
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
