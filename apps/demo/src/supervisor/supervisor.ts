/**
 * Starts the nodes, breaks them on demand, and knows what they last said of themselves.
 *
 * It holds no opinion of its own about the cluster: roles, terms and indexes come from the nodes'
 * event streams, process states from the processes, and faults of links are rules inside each node.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Random } from '@quorate/transport';
import { systemRandom } from '@quorate/transport/system';

import type { ClusterCarrier } from '../carriers/cluster-carrier.ts';
import { HttpClient, HttpClientError } from '../http-client.ts';
import type { FaultSettings } from '../injected-faults.ts';
import type { NodeEvent } from '../observe/node-events.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import {
  isSound,
  type MachineChange,
  type MachineFaults,
  machineText,
  soundMachine,
} from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import { askForChange } from './ask-for-change.ts';
import { Charts } from './charts.ts';
import { ChildNode, type ChildExit } from './child-node.ts';
import type { ClusterView, NodeView, PageEvent } from './cluster-view.ts';
import {
  ActionError,
  type ControlledCluster,
  type NodeRequest,
  NodeSilentError,
} from './controlled-cluster.ts';
import { freePorts } from './free-ports.ts';
import { type LinkFault, rulesOf, textOf } from './link-faults.ts';
import { LoadCheck } from './load-check.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadMix } from './load-mix.ts';
import { NodeFeed } from './node-feed.ts';
import { Broadcast, type SupervisorEvent } from './supervisor-events.ts';

/** A node's name and the ports it listens on. */
export interface NodePlan {
  readonly id: string;
  readonly httpPort: number;
  readonly raftPort: number;
}

/** What to run. */
export interface SupervisorOptions {
  readonly plans: readonly NodePlan[];
  readonly host: string;
  readonly clusterId: string;
  readonly dataDirectory: string;
  /** The script that runs a node when called with `node …`. */
  readonly mainFile: string;
  /** Draws what the load asks for. Default: differently each time. */
  readonly random?: Random;
  /** What the nodes are told of their carrier. */
  readonly carrier: Pick<ClusterCarrier, 'nodeArguments' | 'nodeEnvironment'>;
  /** Told who is there after a node has come or gone. */
  readonly onNodes?: (nodeIds: readonly string[]) => void;
}

interface Member {
  readonly id: string;
  readonly api: string;
  readonly raft: string;
  readonly child: ChildNode;
  readonly feed: NodeFeed;
  status: NodeStatus | undefined;
  statusAtMs: number;
}

const leaderTimeoutMs = 10_000;
/** How long a node may take to answer, in ms: a little longer than it gives itself. */
const nodeTimeoutMs = 4_000;
const faultTimeoutMs = 5_000;
/** A pause may last; its node still has to hear of faults made meanwhile. */
const pausedTimeoutMs = 24 * 3_600_000;
const viewIntervalMs = 200;

/** The running demo. */
export class Supervisor implements ControlledCluster {
  /** For the terminal. */
  readonly events = new Broadcast<SupervisorEvent>();
  /** For the page. */
  readonly pageEvents = new Broadcast<PageEvent>();
  readonly charts: Charts;
  readonly load: LoadGenerator;
  readonly checks: LoadCheck;
  readonly #options: SupervisorOptions;
  readonly #members = new Map<string, Member>();
  #plans: readonly NodePlan[];
  /** Nodes that were sent away and are not gone yet. */
  readonly #leaving = new Set<string>();
  readonly #client = new HttpClient();
  readonly #token = randomBytes(24).toString('hex');
  readonly #peerSecret = randomBytes(24).toString('hex');
  readonly #viewTimer: NodeJS.Timeout;
  #groups: Groups = [];
  #links: readonly LinkFault[] = [];
  /** What is wrong with machines; those that are as they should be are left out. */
  readonly #machines = new Map<string, MachineFaults>();
  #leader: { readonly id: string; readonly term: number } | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#plans = options.plans;
    for (const plan of options.plans) this.#members.set(plan.id, this.#createMember(plan));
    this.checks = new LoadCheck({
      nodes: () => this.#health(),
      ask: (id, request) => this.askNode(id, request),
      wait,
    });
    const onViolation = (text: string): void => {
      this.events.publish({ event: 'violation', text });
    };
    this.load = new LoadGenerator({
      ...{ targets: [...this.#members.values()], onViolation, history: this.checks.history },
      ...{ random: options.random ?? systemRandom, name: `load-${Date.now()}` },
    });
    this.charts = new Charts(this.load, this.pageEvents);
    this.#viewTimer = setInterval(() => {
      if (this.pageEvents.audienceCount === 0) return;
      this.pageEvents.publish({ kind: 'view', view: this.view() });
    }, viewIntervalMs);
  }

  /** Names of the nodes, in order. */
  get nodeIds(): readonly string[] {
    return [...this.#members.keys()];
  }

  async askNode(id: string, { path, ...request }: NodeRequest): Promise<Response> {
    const url = `${this.#member(id).api}${path}`;
    try {
      const answer = await this.#client.request({ ...request, url, timeoutMs: nodeTimeoutMs });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (typeof value === 'string') headers.set(name, value);
      }
      const body = answer.body === '' ? null : answer.body;
      return new Response(body, { status: answer.status, headers });
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      throw new NodeSilentError(error.message, { cause: error });
    }
  }

  administer(id: string, request: NodeRequest): Promise<Response> {
    const authorization = `Bearer ${this.#token}`;
    const headers = { ...request.headers, authorization, 'content-type': 'application/json' };
    return this.askNode(id, { ...request, headers });
  }

  async openStream(id: string, path: string, signal: AbortSignal): Promise<Response> {
    const url = `${this.#member(id).api}${path}`;
    try {
      return await fetch(url, { signal });
    } catch (error) {
      throw new NodeSilentError(`GET ${url}: ${String(error)}`, { cause: error });
    }
  }

  /** The leader, else a node that runs, else the first. */
  anyNodeId(): string {
    const running = [...this.#members.values()].find(({ child }) => child.state === 'running');
    return this.#currentLeader() ?? running?.id ?? this.nodeIds[0] ?? '';
  }

  /** Starts all nodes and waits for the first leader. @throws Error if a node does not start. */
  async start(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => this.#startMember(member)));
    const deadlineMs = performance.now() + leaderTimeoutMs;
    while (!this.#leader && performance.now() < deadlineMs) await wait(20);
    await this.#announceMoved();
  }

  /** Starts a node on an empty disk, and has it let in. @throws ActionError if it is not. */
  async addNode(): Promise<string> {
    const { host } = this.#options;
    const [httpPort = 0, raftPort = 0] = await freePorts(2, host);
    const numbers = this.nodeIds.map((id) => Number(/^n(\d+)$/.exec(id)?.[1] ?? 0));
    const id = `n${Math.max(0, ...numbers) + 1}`;
    const plan = { id, httpPort, raftPort };
    this.#plans = [...this.#plans, plan];
    const member = this.#createMember(plan, '--join');
    this.#members.set(id, member);
    this.events.publish({ event: 'joining', node: id });
    try {
      await this.#startMember(member);
      await this.#announce(member);
    } catch (error) {
      await this.#dismiss(member);
      throw new ActionError(error instanceof Error ? error.message : String(error));
    }
    this.charts.mark('repair', `${id} joins`);
    this.#nodesChanged();
    return id;
  }

  /** Sends a node away; it ends once it is gone. @throws ActionError if it has to stay. */
  async removeNode(id: string): Promise<void> {
    this.#member(id);
    const path = `/admin/nodes/${encodeURIComponent(id)}`;
    const request = { method: 'DELETE', path, headers: {} };
    await askForChange(() => this.administer(this.anyNodeId(), request), wait);
    this.#leaving.add(id);
    this.charts.mark('fault', `${id} leaves`);
    this.events.publish({ event: 'leaving', node: id });
  }

  /** SIGKILL. @throws ActionError if the node is not there. */
  async kill(id: string): Promise<void> {
    const member = this.#member(id);
    if (member.child.state === 'stopped') throw new ActionError(`${id} is already stopped`);
    this.charts.mark('fault', `kill ${id}`);
    this.events.publish({ event: 'killed', node: id });
    await member.child.kill();
  }

  /**
   * Ends a node without warning, and takes its boards from its disk, as if its machine were lost
   * and another one put in its place. The log of the control plane stays: a voter that forgot what
   * it voted for would be no loss of Raft's, but a lie to it.
   *
   * @throws ActionError if the node is not there.
   */
  async loseBoards(id: string): Promise<void> {
    await this.#member(id).child.kill();
    this.charts.mark('fault', `lose the boards of ${id}`);
    this.events.publish({ event: 'killed', node: id });
    const boards = join(this.#options.dataDirectory, id, 'boards');
    rmSync(boards, { recursive: true, force: true });
  }

  /** SIGSTOP. @throws ActionError if the node is not running. */
  pause(id: string): void {
    const member = this.#member(id);
    attempt(() => {
      member.child.pause();
    });
    this.charts.mark('fault', `pause ${id}`);
    this.events.publish({ event: 'paused', node: id });
  }

  /** SIGCONT to one node, or to all that are paused. @throws ActionError if it is not paused. */
  resume(id?: string): void {
    const paused = [...this.#members.values()].filter(({ child }) => child.state === 'paused');
    const members = id === undefined ? paused : [this.#member(id)];
    for (const member of members) {
      attempt(() => {
        member.child.resume();
      });
      this.charts.mark('repair', `resume ${member.id}`);
      this.events.publish({ event: 'resumed', node: member.id });
    }
  }

  /** Starts a node on the data it left; kills it first if it runs. */
  async restart(id: string): Promise<void> {
    const member = this.#member(id);
    if (member.child.state === 'starting') throw new ActionError(`${id} is already starting`);
    await member.child.kill();
    this.charts.mark('repair', `restart ${id}`);
    try {
      await this.#startMember(member);
    } catch (error) {
      throw new ActionError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Lets nodes of different groups reach each other no more. @throws ActionError on a stranger. */
  async partition(groups: Groups): Promise<void> {
    for (const id of groups.flat()) this.#member(id);
    this.#groups = groups;
    const text = groups.map((group) => group.join(',')).join('/');
    if (groups.length === 0) this.charts.mark('repair', 'partition over');
    else this.charts.mark('fault', `partition ${text}`);
    this.events.publish({ event: 'partitioned', groups });
    await this.#applyFaults();
  }

  /** Replaces what is wrong with single links. @throws ActionError on a stranger. */
  async setLinks(links: readonly LinkFault[]): Promise<void> {
    for (const id of links.flatMap(({ from, to }) => [from, to])) this.#member(id);
    this.#links = links;
    const [text, kind] =
      links.length === 0
        ? (['links as they should be', 'repair'] as const)
        : ([textOf(links), 'fault'] as const);
    this.charts.mark(kind, text);
    this.events.publish({ event: 'links', links });
    await this.#applyFaults();
  }

  /** Changes what is wrong with a node's machine. @throws ActionError if it cannot be told. */
  async changeMachine(id: string, change: MachineChange): Promise<void> {
    const member = this.#member(id);
    const faults = { ...this.#machineOf(id), ...change };
    if (isSound(faults)) this.#machines.delete(id);
    else this.#machines.set(id, faults);
    this.charts.mark(isSound(faults) ? 'repair' : 'fault', `${id}: ${machineText(faults)}`);
    this.events.publish({ event: 'machine', node: id, faults });
    if (!(await this.#tellFaults(member))) throw new ActionError(`no answer from ${id}; try again`);
  }

  /** Ends the partition, and all that is wrong with links and machines. */
  async heal(): Promise<void> {
    this.#groups = [];
    this.#links = [];
    this.#machines.clear();
    this.charts.mark('repair', 'heal');
    this.events.publish({ event: 'healed' });
    await this.#applyFaults();
  }

  /** Changes the load, in requests per second, and what is asked for. */
  setLoad(ratePerSecond: number, mix: LoadMix = this.load.mix): void {
    this.load.setMix(mix);
    this.load.setRate(ratePerSecond);
    this.events.publish({ event: 'load', ratePerSecond, mix });
  }

  /** Everything at this moment. */
  view(): ClusterView {
    return {
      nodes: [...this.#members.values()].map(viewOf),
      leaderId: this.#currentLeader() ?? null,
      groups: this.#groups,
      links: this.#links,
      machines: Object.fromEntries(this.#machines),
      load: this.load.view,
      dataDirectory: this.#options.dataDirectory,
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
    const members = [...this.#members.values()];
    const running = members.filter(({ child }) => child.state !== 'stopped');
    for (const { feed } of members) feed.close();
    // A signal to the whole process group has reached the nodes too: they may go before their turn.
    for (const { child } of running) child.expectExit();
    for (const { id, child } of running) {
      await child.stop();
      this.events.publish({ event: 'stopped', node: id });
    }
    this.#client.close();
    this.events.publish({ event: 'bye' });
  }

  /** Ends all processes without waiting for anything. */
  abandon(): void {
    for (const { child } of this.#members.values()) void child.kill();
  }

  /** The nodes that run, and whether nothing is wrong with anything. */
  #health(): { readonly ids: readonly string[]; readonly isQuiet: boolean } {
    const running = [...this.#members.values()].filter(({ child }) => child.state === 'running');
    const isWhole = running.length === this.#members.size;
    const isQuiet = isWhole && this.#groups.length === 0 && this.#links.length === 0;
    return { ids: running.map(({ id }) => id), isQuiet };
  }

  /** Asks the others to let a node in, or to look for it at another address. */
  async #announce({ id, raft }: Member): Promise<void> {
    const body = JSON.stringify({ id, address: raft });
    const request = { method: 'POST', path: '/admin/nodes', headers: {}, body };
    const asked = (): string => this.#currentLeader() ?? this.nodeIds[0] ?? id;
    await askForChange(() => this.administer(asked(), request), wait);
  }

  /** Ports may be others than those of the run in which a node joined. */
  async #announceMoved(): Promise<void> {
    const leader = this.#members.get(this.#currentLeader() ?? '');
    for (const { id, address } of leader?.status?.members ?? []) {
      const member = this.#members.get(id);
      if (member !== undefined && address !== null && address !== member.raft) {
        await this.#announce(member);
      }
    }
  }

  /** Ends those that were sent away and that the leader lists no more. */
  #noticeGone(leader: NodeStatus): void {
    for (const id of this.#leaving) {
      const member = this.#members.get(id);
      const isListed = leader.members.some((listed) => listed.id === id);
      if (member === undefined || isListed || (member.status?.boards.copyCount ?? 0) > 0) continue;
      this.#leaving.delete(id);
      void this.#dismiss(member).then(() => this.#nodesChanged());
    }
  }

  /** Ends a node that is no member, for good. */
  async #dismiss(member: Member): Promise<void> {
    const { id, child, feed } = member;
    feed.close();
    await child.stop();
    this.#members.delete(id);
    this.#plans = this.#plans.filter((plan) => plan.id !== id);
    this.#machines.delete(id);
    rmSync(join(this.#options.dataDirectory, id), { recursive: true, force: true });
    this.events.publish({ event: 'left', node: id });
  }

  #nodesChanged(): void {
    this.load.setTargets([...this.#members.values()]);
    this.#options.onNodes?.(this.nodeIds);
  }

  #createMember(plan: NodePlan, ...flags: readonly string[]): Member {
    const { host } = this.#options;
    const { id } = plan;
    const api = `http://${host}:${plan.httpPort}`;
    const child = new ChildNode({
      id,
      args: [...this.#argumentsOf(plan), ...flags],
      env: () => this.#environment(id),
      onLine: (text) => {
        this.events.publish({ event: 'log', node: id, text });
      },
      onExit: (exit) => {
        this.#onExit(id, exit);
      },
    });
    const feed = new NodeFeed(api, (event) => {
      this.#onNodeEvent(id, event);
    });
    const raft = `${host}:${plan.raftPort}`;
    return { id, api, raft, child, feed, status: undefined, statusAtMs: 0 };
  }

  #argumentsOf(plan: NodePlan): readonly string[] {
    const { host, clusterId, dataDirectory, mainFile, carrier } = this.#options;
    const peers = this.#plans
      .filter(({ id }) => id !== plan.id)
      .map(({ id, raftPort }) => `${id}=${host}:${raftPort}`);
    return [
      '--enable-source-maps',
      mainFile,
      'node',
      `--id=${plan.id}`,
      `--cluster=${clusterId}`,
      `--listen=${host}:${plan.raftPort}`,
      `--http=${host}:${plan.httpPort}`,
      `--data=${join(dataDirectory, plan.id)}`,
      ...carrier.nodeArguments,
      ...(peers.length === 0 ? [] : [`--peers=${peers.join(',')}`]),
    ];
  }

  /** A node that starts during a partition is on its side of it from the first message on. */
  #environment(id: string): Readonly<Record<string, string | undefined>> {
    return {
      ...process.env,
      ...this.#options.carrier.nodeEnvironment,
      NODE_OPTIONS: undefined,
      QUORATE_ADMIN_TOKEN: this.#token,
      QUORATE_PEER_SECRET: this.#peerSecret,
      QUORATE_FAULTS: JSON.stringify(this.#faultsOf(id)),
    };
  }

  async #startMember(member: Member): Promise<void> {
    await member.child.start();
    const { id, child } = member;
    this.events.publish({ event: 'started', node: id, pid: child.pid ?? 0 });
    // It was born into the faults of that moment, which may have changed while it started.
    await this.#tellFaults(member);
  }

  #onExit(id: string, exit: ChildExit): void {
    const member = this.#member(id);
    member.status = undefined;
    if (!exit.isExpected) this.charts.mark('fault', `${id} ended`);
    const { code, signal, isExpected: expected } = exit;
    this.events.publish({ event: 'exited', node: id, code, signal, expected });
  }

  #onNodeEvent(id: string, event: NodeEvent): void {
    const member = this.#member(id);
    switch (event.kind) {
      case 'status':
        member.status = event.status;
        member.statusAtMs = performance.now();
        this.#noticeLeader(id, event.status.raft.role, event.status.raft.term);
        if (id === this.#currentLeader()) this.#noticeGone(event.status);
        break;
      case 'messages': {
        const { windowMs, sent, samples } = event;
        this.charts.countMessages(sent.reduce((sum, { count }) => sum + count, 0));
        this.pageEvents.publish({ kind: 'messages', from: id, windowMs, sent, samples });
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

  /** The node that leads the newest term and still says so. */
  #currentLeader(): string | undefined {
    const leaders = [...this.#members.values()].filter(
      ({ status, child }) => status?.raft.role === 'leader' && child.state === 'running',
    );
    leaders.sort((left, right) => (right.status?.raft.term ?? 0) - (left.status?.raft.term ?? 0));
    return leaders[0]?.id;
  }

  /** Tells every node what is wrong. @throws ActionError naming those that did not answer. */
  async #applyFaults(): Promise<void> {
    const members = [...this.#members.values()];
    const isTold = await Promise.all(members.map((member) => this.#tellFaults(member)));
    const deaf = members.filter((_, index) => !isTold[index]).map(({ id }) => id);
    if (deaf.length > 0) throw new ActionError(`no answer from ${deaf.join(', ')}; try again`);
  }

  /**
   * A paused node reads it when it goes on, so nobody waits for it. One that is stopped or starting
   * is told once it serves.
   *
   * @returns Whether the node knows, or will.
   */
  async #tellFaults({ id, api, child }: Member): Promise<boolean> {
    if (child.state === 'stopped' || child.state === 'starting') return true;
    const isPaused = child.state === 'paused';
    const answered = this.#client
      .request({
        url: `${api}/admin/faults`,
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}` },
        body: JSON.stringify(this.#faultsOf(id)),
        timeoutMs: isPaused ? pausedTimeoutMs : faultTimeoutMs,
      })
      .then(
        ({ status }) => status === 200,
        () => false,
      );
    return isPaused || answered;
  }

  #faultsOf(id: string): FaultSettings {
    return {
      groups: this.#groups.map((group) => [...group]),
      rules: rulesOf(this.#links, id),
      machine: this.#machineOf(id),
    };
  }

  #machineOf(id: string): MachineFaults {
    return this.#machines.get(id) ?? soundMachine;
  }

  #member(id: string): Member {
    const member = this.#members.get(id);
    if (member) return member;
    throw new ActionError(`there is no node ${id}; there are ${this.nodeIds.join(', ')}`);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function viewOf({ id, api, raft, child, status, statusAtMs }: Member): NodeView {
  return {
    id,
    api,
    raft,
    pid: child.pid ?? null,
    process: child.state,
    status: status ?? null,
    statusAgeMs: status ? performance.now() - statusAtMs : 0,
  };
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new ActionError(error instanceof Error ? error.message : String(error));
  }
}
