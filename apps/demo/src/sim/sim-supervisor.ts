/** The simulated cluster under control: faults do what signals do to processes. */
import { type NodeId, nodeId } from '@quorate/transport';

import { type MachineChange, type MachineFaults, soundMachine } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import { nodeNames } from '../scenarios/scenario.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import {
  ActionError,
  type ControlledCluster,
  type NodeRequest,
  NodeSilentError,
} from '../supervisor/controlled-cluster.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';
import { type LoadMix, mixOfRates, operationKinds, shareOf } from '../supervisor/load-mix.ts';
import { machineSteps } from './machine-steps.ts';
import { requestInput } from './run-link.ts';
import { type SimAnswer, simulatedAdmin } from './sim-cluster.ts';
import { SimChecks } from './sim-checks.ts';
import { SimPlayer } from './sim-player.ts';

/** How long a node may take to answer, in ms: a little longer than it gives itself. */
const NODE_TIMEOUT_MS = 4_000;
/** As many as a step of a scenario may ask for, of each kind. */
const LOAD_PER_SECOND_MAX = 1_000;

/** A request that has no answer yet. */
interface Waiting {
  readonly untilMs: number;
  readonly giveUp: () => void;
}

/** A run that is played, and a cluster that can be broken. */
export class SimSupervisor extends SimPlayer implements ControlledCluster {
  readonly #waiting = new Set<Waiting>();
  readonly checks = new SimChecks({
    run: () => this.shown.run,
    verdict: () => this.shown.verdict,
    act: (doings) =>
      this.whenAtRest(() => {
        for (const doing of doings) void this.act(doing);
      }),
  });

  async kill(id: string): Promise<void> {
    await this.whenAtRest(() => {
      const node = this.#expect(id);
      if (this.shown.processOf(node) === 'stopped')
        throw new ActionError(`${id} is already stopped`);
      void this.act({ kind: 'kill', node });
    });
  }

  async pause(id: string): Promise<void> {
    await this.whenAtRest(() => {
      const node = this.#expect(id);
      const process = this.shown.processOf(node);
      if (process !== 'running') throw new ActionError(`${id} is ${process}`);
      void this.act({ kind: 'pause', node });
    });
  }

  async resume(id?: string): Promise<void> {
    await this.whenAtRest(() => {
      const isPaused = (node: Name): boolean => this.shown.processOf(node) === 'paused';
      const nodes = id === undefined ? this.#names().filter(isPaused) : [this.#expect(id)];
      for (const node of nodes) {
        if (!isPaused(node)) throw new ActionError(`${node} is ${this.shown.processOf(node)}`);
        void this.act({ kind: 'resume', node });
      }
    });
  }

  async restart(id: string): Promise<void> {
    await this.whenAtRest(() => {
      const node = this.#expect(id);
      if (this.shown.processOf(node) !== 'stopped') void this.act({ kind: 'kill', node });
      void this.act({ kind: 'restart', node });
    });
  }

  async addNode(): Promise<string> {
    return this.whenAtRest(() => {
      const { nodeIds } = this.shown.run.played.cluster.simulation;
      const node = nodeNames.find((name) => !nodeIds.includes(nodeId(name)));
      if (node === undefined) throw new ActionError('the simulation takes at most 9 nodes');
      void this.act({ kind: 'join', node });
      return node;
    });
  }

  async removeNode(id: string): Promise<void> {
    await this.whenAtRest(() => {
      const node = this.#expect(id);
      if (this.#names().length === 1) throw new ActionError(`${id} is the last node`);
      void this.act({ kind: 'leave', node });
    });
  }

  /** Whoever the page asks on behalf of is an admin here. */
  administer(id: string, request: NodeRequest): Promise<Response> {
    const headers = { ...request.headers, 'content-type': 'application/json' };
    return this.askNode(id, { ...request, headers });
  }

  async partition(groups: Groups): Promise<void> {
    await this.whenAtRest(() => {
      const sides = groups.map((group) => group.map((id) => this.#expect(id)));
      void this.act({ kind: 'heal' });
      for (const [index, left] of sides.entries()) {
        for (const right of sides.slice(index + 1)) {
          void this.act({ kind: 'partition', left, right, isOneWay: false });
        }
      }
    });
  }

  async setLinks(links: readonly LinkFault[]): Promise<void> {
    await this.whenAtRest(() => {
      for (const id of links.flatMap(({ from, to }) => [from, to])) this.#expect(id);
      void this.act({ kind: 'links', links: [...links] });
    });
  }

  async changeMachine(id: string, change: MachineChange): Promise<void> {
    await this.whenAtRest(() => {
      this.#makeMachine(this.#expect(id), { ...this.shown.machineOf(id), ...change });
    });
  }

  async heal(): Promise<void> {
    await this.whenAtRest(() => {
      void this.act({ kind: 'heal' });
      const { links } = this.shown.run.played.cluster;
      if (links.length > 0) void this.act({ kind: 'links', links: [] });
      for (const node of this.#names()) this.#makeMachine(node, soundMachine);
    });
  }

  async setLoad(ratePerSecond: number, mix?: LoadMix): Promise<void> {
    await this.whenAtRest(() => {
      const parts = mix ??
        mixOfRates(this.shown.run.played.load) ?? { edit: 1, read: 0, config: 1 };
      const [edits = 0, reads = 0, config = 0] = operationKinds.map(
        (kind) => ratePerSecond * shareOf(parts, kind),
      );
      if (Math.max(edits, reads, config) > LOAD_PER_SECOND_MAX) {
        const most = `${LOAD_PER_SECOND_MAX} requests/s of each kind`;
        throw new ActionError(`the simulation takes at most ${most}`);
      }
      void this.act({ kind: 'load', edits, config, ...(reads > 0 && { reads }) });
    });
  }

  async askNode(id: string, request: NodeRequest): Promise<Response> {
    const input = requestInput({ ...request, node: this.#expect(id) });
    if (input === undefined) throw new ActionError('the simulation takes no such request');
    const answer = await this.whenAtRest(() => this.#inTime(this.act(input)));
    if (answer === undefined) throw new NodeSilentError(`${id} is down, or stands still`);
    const { status, headers, body } = answer;
    return new Response(body === '' ? null : body, { status, headers });
  }

  async openStream(id: string, path: string, signal: AbortSignal): Promise<Response> {
    const node = this.shown.run.played.cluster.node(this.#expectId(id));
    if (node === undefined) throw new NodeSilentError(`${id} is down, or stands still`);
    const headers = path.startsWith('/admin/') ? simulatedAdmin : {};
    return node.app.request(`http://${id}${path}`, { headers, signal });
  }

  anyNodeId(): string {
    const running = this.#names().find((name) => this.shown.processOf(name) === 'running');
    return this.shown.leaderId() ?? running ?? 'n1';
  }

  override view(): ClusterView {
    return { ...this.shown.view(), check: this.checks.state };
  }

  protected override isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  protected override onSlice(): void {
    const { nowMs } = this.shown;
    for (const { untilMs, giveUp } of this.#waiting) if (untilMs <= nowMs) giveUp();
  }

  protected override onOtherRun(): void {
    for (const { giveUp } of this.#waiting) giveUp();
  }

  #names(): readonly Name[] {
    const { ids } = this.shown.run.played.cluster;
    return nodeNames.filter((name) => ids.includes(nodeId(name)));
  }

  #expect(id: string): Name {
    const name = this.#names().find((known) => known === id);
    if (name !== undefined) return name;
    throw new ActionError(`there is no node ${id}; there are ${this.#names().join(', ')}`);
  }

  #makeMachine(node: Name, wanted: MachineFaults): void {
    for (const step of machineSteps(node, this.shown.machineOf(node), wanted)) void this.act(step);
  }

  #expectId(id: string): NodeId {
    return nodeId(this.#expect(id));
  }

  /** `answer`, or undefined when a client would have lost patience, in virtual time. */
  async #inTime(answer: Promise<SimAnswer | undefined>): Promise<SimAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const untilMs = this.shown.nowMs + NODE_TIMEOUT_MS;
    const waiting = { untilMs, giveUp: () => resolve(undefined) };
    this.#waiting.add(waiting);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      this.#waiting.delete(waiting);
    }
  }
}

type Name = (typeof nodeNames)[number];
