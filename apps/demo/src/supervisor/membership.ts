/**
 * Nodes that come and go. A new one is started and then let in by the others; one that leaves is
 * asked to, gives its boards away, and ends once the leader lists it no more.
 */
import type { NodeStatus } from '../observe/node-status.ts';
import { askForChange } from './ask-for-change.ts';
import { ActionError } from './controlled-cluster.ts';
import { freePorts } from './free-ports.ts';
import type { NodePlan } from './launch.ts';
import type { NodeClient } from './node-client.ts';
import type { Journal, NodeProcess, Processes } from './processes.ts';

/** What changes, and who learns of it. */
export interface MembershipOptions {
  readonly processes: Pick<
    Processes,
    'ids' | 'anyId' | 'leader' | 'add' | 'start' | 'dismiss' | 'get' | 'find'
  >;
  readonly client: Pick<NodeClient, 'administer'>;
  readonly host: string;
  readonly journal: Journal;
  /** A node is gone for good. */
  readonly onGone: (id: string) => void;
  /** Others are there now than before. */
  readonly onChange: () => void;
}

/** Lets nodes in and lets them go. */
export class Membership {
  readonly #options: MembershipOptions;
  /** Nodes that were sent away and are not gone yet. */
  readonly #leaving = new Set<string>();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Starts a node on an empty disk, and has it let in. @throws ActionError if it is not. */
  async add(): Promise<string> {
    const { processes, host, journal, onChange } = this.#options;
    const [httpPort = 0, raftPort = 0] = await freePorts(2, host);
    const numbers = processes.ids.map((id) => Number(/^n(\d+)$/.exec(id)?.[1] ?? 0));
    const id = `n${Math.max(0, ...numbers) + 1}`;
    const node = processes.add({ id, httpPort, raftPort }, '--join');
    try {
      await this.#letIn(node);
    } catch (error) {
      await this.#dismiss(node);
      throw new ActionError(error instanceof Error ? error.message : String(error));
    }
    journal.mark('repair', `${id} joins`);
    onChange();
    return id;
  }

  /** Starts a node that has no vote, on whatever its disk remembers. @throws Error if it cannot. */
  async addObserver(plan: NodePlan): Promise<void> {
    await this.#letIn(this.#options.processes.add(plan, '--join'), { votes: false });
  }

  async #letIn(node: NodeProcess, wish: { readonly votes?: false } = {}): Promise<void> {
    const { processes, journal } = this.#options;
    journal.tell({ event: 'joining', node: node.id });
    await processes.start(node);
    await this.#announce(node, wish);
  }

  /** Sends a node away; it ends once it is gone. @throws ActionError if it has to stay. */
  async remove(id: string): Promise<void> {
    const { processes, client, journal } = this.#options;
    processes.get(id);
    const path = `/admin/nodes/${encodeURIComponent(id)}`;
    const request = { method: 'DELETE', path, headers: {} };
    await askForChange(() => client.administer(processes.anyId, request), wait);
    this.#leaving.add(id);
    journal.mark('fault', `${id} leaves`);
    journal.tell({ event: 'leaving', node: id });
  }

  /** Ports may be others than those of the run in which a node joined. */
  async announceMoved(): Promise<void> {
    const { processes } = this.#options;
    for (const { id, address } of processes.leader?.status?.members ?? []) {
      const node = processes.find(id);
      if (node !== undefined && address !== null && address !== node.raft) {
        await this.#announce(node);
      }
    }
  }

  /** Ends those that were sent away and that the leader lists no more. */
  noticeGone(leader: NodeStatus): void {
    for (const id of this.#leaving) {
      const node = this.#options.processes.find(id);
      const isListed = leader.members.some((listed) => listed.id === id);
      if (node === undefined || isListed || (node.status?.boards.copyCount ?? 0) > 0) continue;
      this.#leaving.delete(id);
      void this.#dismiss(node).then(this.#options.onChange);
    }
  }

  /** Asks the others to let a node in, or to look for it at another address. */
  async #announce({ id, raft }: NodeProcess, wish: { readonly votes?: false } = {}): Promise<void> {
    const { processes, client } = this.#options;
    const body = JSON.stringify({ id, address: raft, ...wish });
    const request = { method: 'POST', path: '/admin/nodes', headers: {}, body };
    const asked = (): string => processes.leader?.id ?? processes.ids[0] ?? id;
    await askForChange(() => client.administer(asked(), request), wait);
  }

  async #dismiss(node: NodeProcess): Promise<void> {
    const { processes, journal, onGone } = this.#options;
    await processes.dismiss(node);
    onGone(node.id);
    journal.tell({ event: 'left', node: node.id });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
