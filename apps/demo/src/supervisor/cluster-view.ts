/** What the supervisor shows of the cluster, to its page and to `demo status`. */
import type { CheckState } from '../check/check-report.ts';
import type { MessageCount, MessageSample } from '../observe/node-events.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import type { MachineFaults } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import type { ProcessState } from './child-node.ts';
import type { LinkFault } from './link-faults.ts';
import type { LoadWindow } from './load-generator.ts';
import type { LoadTotals } from './load-keys.ts';
import type { LoadMix } from './load-mix.ts';

/** Largest load offered, in requests per second. */
export const loadPerSecondMax = 5_000;

/** One node. */
export interface NodeView {
  readonly id: string;
  readonly api: string;
  /** Where other nodes reach it, as host:port. */
  readonly raft: string;
  readonly pid: number | null;
  readonly process: ProcessState;
  /** What it said last; `null` before it said anything and after it ended. */
  readonly status: NodeStatus | null;
  /** How long ago it said so, in ms. */
  readonly statusAgeMs: number;
}

/** The whole demo at one moment. */
export interface ClusterView {
  readonly nodes: readonly NodeView[];
  /** The node that leads the newest term, if one does. */
  readonly leaderId: string | null;
  /** The groups of the partition; empty if there is none. */
  readonly groups: Groups;
  /** What is wrong with single links. Nothing, if left out. */
  readonly links?: readonly LinkFault[];
  /** What is wrong with the machines under nodes, by node. Nothing, if left out. */
  readonly machines?: Readonly<Record<string, MachineFaults>>;
  readonly load: LoadView;
  readonly dataDirectory: string;
  /** Whether it may be broken. It may, if left out. */
  readonly isBreakable?: boolean;
  /** Whether what clients saw is right, where somebody looks at that. */
  readonly check?: CheckState;
}

/** The load generator at one moment. */
export interface LoadView {
  readonly ratePerSecond: number;
  /** How much of what is asked for. Keys alone, if left out. */
  readonly mix?: LoadMix;
  readonly totals: LoadTotals;
}

/** One moment of the charts, every half a second. */
export interface ChartPoint {
  /** Milliseconds since 1970, or since the start of a simulation. */
  readonly atMs: number;
  readonly messagesPerSecond: number;
  readonly okPerSecond: number;
  readonly failedPerSecond: number;
  readonly unknownPerSecond: number;
  /** 0 if nothing was answered. */
  readonly p50Ms: number;
  readonly p95Ms?: number;
  readonly p99Ms: number;
  /** Refused because a client was above its limit. */
  readonly limitedPerSecond?: number;
}

/** Something that was done to the cluster, or that it did: a vertical line in the charts. */
export interface ChartMark {
  /** Milliseconds since 1970, or since the start of a simulation. */
  readonly atMs: number;
  /** 'log': a line that a node wrote; its text begins with the node. */
  readonly kind: 'fault' | 'repair' | 'election' | 'log';
  readonly text: string;
}

/** What the page is sent. */
export type PageEvent =
  /** `atMs`: when, by the clock of the charts; now, if left out. */
  | { readonly kind: 'view'; readonly view: ClusterView; readonly atMs?: number }
  | {
      readonly kind: 'history';
      readonly points: readonly ChartPoint[];
      readonly marks: readonly ChartMark[];
      /** What was told of this time and later is void: something else happens then. */
      readonly forgetFromMs?: number;
    }
  | { readonly kind: 'point'; readonly point: ChartPoint }
  | { readonly kind: 'mark'; readonly mark: ChartMark }
  | {
      readonly kind: 'messages';
      readonly atMs?: number;
      readonly from: string;
      readonly windowMs: number;
      readonly sent: readonly MessageCount[];
      readonly samples: readonly MessageSample[];
    };

/** One second of load, as numbers per second. */
export function chartPoint(
  window: LoadWindow,
  messageCount: number,
  elapsedMs: number,
  atMs: number,
): ChartPoint {
  const perSecond = (count: number): number => (count * 1_000) / elapsedMs;
  return {
    atMs,
    messagesPerSecond: perSecond(messageCount),
    okPerSecond: perSecond(window.okCount),
    failedPerSecond: perSecond(window.refusedCount + window.skippedCount),
    unknownPerSecond: perSecond(window.unknownCount),
    p50Ms: window.p50Ms,
    ...(window.p95Ms !== undefined && { p95Ms: window.p95Ms }),
    p99Ms: window.p99Ms,
    limitedPerSecond: perSecond(window.limitedCount ?? 0),
  };
}
