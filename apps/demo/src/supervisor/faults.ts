/**
 * What is wrong with links and machines because somebody asked for it: rules inside each node,
 * which are told as a whole, whenever one of them changes and whenever a node starts.
 */
import type { FaultSettings } from '../injected-faults.ts';
import {
  isSound,
  type MachineChange,
  type MachineFaults,
  machineText,
  soundMachine,
} from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import { ActionError } from './controlled-cluster.ts';
import { type LinkFault, rulesOf, textOf } from './link-faults.ts';
import type { NodeClient } from './node-client.ts';
import type { ProcessState } from './child-node.ts';
import type { Journal } from './processes.ts';

const FAULT_TIMEOUT_MS = 5_000;
/** A pause may last; its node still has to hear of faults made meanwhile. */
const PAUSED_TIMEOUT_MS = 24 * 3_600_000;

/** A node, as far as faults go. */
interface Victim {
  readonly id: string;
  readonly child: { readonly state: ProcessState };
}

/** Whom faults befall, and who tells them. */
export interface FaultsOptions {
  readonly processes: {
    readonly all: readonly Victim[];
    /** @throws ActionError on a stranger. */
    get(id: string): Victim;
  };
  readonly client: Pick<NodeClient, 'administer'>;
  readonly journal: Journal;
}

/** All that is wrong. Changes reject with an ActionError on strangers and nodes that are silent. */
export class Faults {
  readonly #options: FaultsOptions;
  #groups: Groups = [];
  #links: readonly LinkFault[] = [];
  /** Those that are as they should be are left out. */
  readonly #machines = new Map<string, MachineFaults>();

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Sides of the partition. */
  get groups(): Groups {
    return this.#groups;
  }

  get links(): readonly LinkFault[] {
    return this.#links;
  }

  /** What is wrong with machines, by node. */
  get machines(): Readonly<Record<string, MachineFaults>> {
    return Object.fromEntries(this.#machines);
  }

  /** All that is wrong with one node. */
  of(id: string): FaultSettings {
    return {
      groups: this.#groups.map((group) => [...group]),
      rules: rulesOf(this.#links, id),
      machine: this.#machines.get(id) ?? soundMachine,
    };
  }

  /** Lets nodes of different groups reach each other no more. */
  async partition(groups: Groups): Promise<void> {
    const { processes, journal } = this.#options;
    for (const id of groups.flat()) processes.get(id);
    this.#groups = groups;
    if (groups.length === 0) journal.mark('repair', 'partition over');
    else journal.mark('fault', `partition ${groups.map((group) => group.join(',')).join('/')}`);
    journal.tell({ event: 'partitioned', groups });
    await this.#tellAll();
  }

  /** Replaces what is wrong with single links. */
  async setLinks(links: readonly LinkFault[]): Promise<void> {
    const { processes, journal } = this.#options;
    for (const id of links.flatMap(({ from, to }) => [from, to])) processes.get(id);
    this.#links = links;
    if (links.length === 0) journal.mark('repair', 'links as they should be');
    else journal.mark('fault', textOf(links));
    journal.tell({ event: 'links', links });
    await this.#tellAll();
  }

  /** Changes what is wrong with a node's machine. */
  async changeMachine(id: string, change: MachineChange): Promise<void> {
    const { processes, journal } = this.#options;
    const node = processes.get(id);
    const faults = { ...(this.#machines.get(id) ?? soundMachine), ...change };
    if (isSound(faults)) this.#machines.delete(id);
    else this.#machines.set(id, faults);
    journal.mark(isSound(faults) ? 'repair' : 'fault', `${id}: ${machineText(faults)}`);
    journal.tell({ event: 'machine', node: id, faults });
    if (!(await this.tell(node))) throw new ActionError(`no answer from ${id}; try again`);
  }

  /** Ends the partition, and all that is wrong with links and machines. */
  async heal(): Promise<void> {
    this.#groups = [];
    this.#links = [];
    this.#machines.clear();
    this.#options.journal.mark('repair', 'heal');
    this.#options.journal.tell({ event: 'healed' });
    await this.#tellAll();
  }

  /** A node is gone for good. */
  forget(id: string): void {
    this.#machines.delete(id);
  }

  /**
   * Tells a node what is wrong with it. A paused one reads it when it goes on, so nobody waits for
   * it. One that is stopped or starting is told once it serves.
   *
   * @returns Whether the node knows, or will.
   */
  async tell({ id, child }: Victim): Promise<boolean> {
    if (child.state === 'stopped' || child.state === 'starting') return true;
    const isPaused = child.state === 'paused';
    const body = JSON.stringify(this.of(id));
    const request = { method: 'POST', path: '/admin/faults', headers: {}, body };
    const timeoutMs = isPaused ? PAUSED_TIMEOUT_MS : FAULT_TIMEOUT_MS;
    const answered = this.#options.client.administer(id, request, timeoutMs).then(
      ({ status }) => status === 200,
      () => false,
    );
    return isPaused || answered;
  }

  async #tellAll(): Promise<void> {
    const nodes = this.#options.processes.all;
    const isTold = await Promise.all(nodes.map((node) => this.tell(node)));
    const deaf = nodes.filter((_, index) => !isTold[index]).map(({ id }) => id);
    if (deaf.length > 0) throw new ActionError(`no answer from ${deaf.join(', ')}; try again`);
  }
}
