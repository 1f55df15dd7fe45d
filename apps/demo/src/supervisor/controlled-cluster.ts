/**
 * What the page and the shell can do to a cluster and learn of it, whatever it runs on: processes,
 * or the simulator in a browser.
 */
import type { Checks } from '../check/check-report.ts';
import type { MachineChange } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import type { ClusterView, PageEvent } from './cluster-view.ts';
import type { LinkFault } from './link-faults.ts';
import type { LoadMix } from './load-mix.ts';
import type { Broadcast } from './supervisor-events.ts';

/** An action that cannot be done now, with the reason. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
}

/** No answer of a node. Whether it acted is not known. */
export class NodeSilentError extends Error {
  override readonly name = 'NodeSilentError';
}

/** A request to the API of a node. */
export interface NodeRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A cluster that can be watched and broken. Actions throw an `ActionError` that says why not. */
export interface ControlledCluster {
  /** What happens, for the page. */
  readonly pageEvents: Pick<Broadcast<PageEvent>, 'subscribe'>;
  /** The last two minutes in numbers. */
  readonly charts: { readonly history: PageEvent };
  /** Whether what clients saw is right, where somebody looks at that. */
  readonly checks?: Checks;
  /** Whether it may be broken. It may, if left out. */
  readonly isBreakable?: boolean;
  /** Everything at this moment. */
  view(): ClusterView;
  /** The leader, else a node that runs, else the first. */
  anyNodeId(): string;
  /** Ends a node without warning. */
  kill(id: string): void | Promise<void>;
  /** Lets a node stand still. */
  pause(id: string): void | Promise<void>;
  /** Lets a node go on, or all that are paused. */
  resume(id?: string): void | Promise<void>;
  /** Starts a node on the data it left; ends it first if it runs. */
  restart(id: string): void | Promise<void>;
  /** Starts another node, and has it let in. @returns Its id. */
  addNode(): string | Promise<string>;
  /** Sends a node away: once its boards are on others and its vote is gone, it ends. */
  removeNode(id: string): void | Promise<void>;
  /** Lets nodes of different groups reach each other no more; no groups end that. */
  partition(groups: Groups): void | Promise<void>;
  /** Replaces what is wrong with single links. */
  setLinks(links: readonly LinkFault[]): void | Promise<void>;
  /** Changes what is wrong with the disk and the wall clock of a node. */
  changeMachine(id: string, change: MachineChange): void | Promise<void>;
  /** Ends the partition, and all that is wrong with links and machines. */
  heal(): void | Promise<void>;
  /** Changes the load, in requests per second; and what is asked for, or that stays as it is. */
  setLoad(ratePerSecond: number, mix?: LoadMix): void | Promise<void>;
  /** Asks one node. @throws NodeSilentError (as a rejection) if it does not answer in time. */
  askNode(id: string, request: NodeRequest): Promise<Response>;
  /** Asks one node with the right of an admin, otherwise as `askNode`. */
  administer(id: string, request: NodeRequest): Promise<Response>;
  /**
   * Opens an event stream of one node, which ends when `signal` is aborted.
   *
   * @throws NodeSilentError (as a rejection) if it does not answer.
   */
  openStream(id: string, path: string, signal: AbortSignal): Promise<Response>;
}
