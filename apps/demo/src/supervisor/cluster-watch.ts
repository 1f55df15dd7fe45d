/** Looks at a cluster all the time: who leads, and what its processes cost. */
import type { ClusterView } from './cluster-view.ts';
import { usageOf } from './process-usage.ts';

/** What one node cost, in all its lives. */
export interface NodeCost {
  readonly node: string;
  /** Share of one processor, 0..1 and above. */
  readonly cpuShare: number;
  /** The most memory it had at a time, in bytes. */
  readonly residentBytesMax: number;
}

const LOOK_MS = 50;
/** Every so many looks the processes are looked at, too. */
const COST_EVERY = 10;

interface Tally {
  pid: number;
  /** Of the process there is, and of those before it. */
  cpuSeconds: number;
  earlierCpuSeconds: number;
  residentBytesMax: number;
}

/** What was seen of a cluster since this was made. */
export class ClusterWatch {
  readonly #view: () => ClusterView;
  readonly #tallies = new Map<string, Tally>();
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #lastMs = this.#startMs;
  #leaderlessMs = 0;
  #lookCount = 0;

  constructor(view: () => ClusterView) {
    this.#view = view;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** How long no node that runs said that it leads, in ms, as far as the nodes have told. */
  get leaderlessMs(): number {
    return this.#leaderlessMs;
  }

  /** What each node cost so far; empty where the system does not tell. */
  get costs(): readonly NodeCost[] {
    const seconds = (performance.now() - this.#startMs) / 1_000;
    return [...this.#tallies].map(([node, tally]) => ({
      node,
      cpuShare: (tally.earlierCpuSeconds + tally.cpuSeconds) / seconds,
      residentBytesMax: tally.residentBytesMax,
    }));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const view = this.#view();
    const nowMs = performance.now();
    if (view.leaderId === null) this.#leaderlessMs += nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#lookCount += 1;
    if (this.#lookCount % COST_EVERY !== 0) return;
    for (const { id, pid } of view.nodes) if (pid !== null) this.#weigh(id, pid);
  }

  #weigh(node: string, pid: number): void {
    const usage = usageOf(pid);
    if (usage === undefined) return;
    const { cpuSeconds, residentBytes } = usage;
    const before = this.#tallies.get(node);
    const isNew = before?.pid !== pid;
    this.#tallies.set(node, {
      ...{ pid, cpuSeconds },
      earlierCpuSeconds: (before?.earlierCpuSeconds ?? 0) + (isNew ? (before?.cpuSeconds ?? 0) : 0),
      residentBytesMax: Math.max(before?.residentBytesMax ?? 0, residentBytes),
    });
  }
}
