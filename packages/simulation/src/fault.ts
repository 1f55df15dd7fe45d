import type { CrashKind } from './disk-device.ts';
import type { NetworkOptions } from './network-options.ts';
import type { PartitionDirection } from './partitions.ts';

/** Two groups of nodes and the way between them. */
export interface BetweenGroups {
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** 'both' if left out. */
  readonly direction?: PartitionDirection;
}

/** What of a network may change while it works. */
export type NetworkChange = Pick<
  NetworkOptions,
  | 'delay'
  | 'lossRate'
  | 'burstyLoss'
  | 'damageRate'
  | 'damaged'
  | 'duplicationRate'
  | 'replayRate'
  | 'bandwidthBytesPerSecond'
  | 'linkBufferBytes'
>;

/**
 * One thing that goes wrong, or right again, as data. A fault that finds its node in another state
 * than it needs (a crash of a node that is down) does nothing.
 */
export type Fault =
  /** The node loses power ('power', the default) or its process is killed ('process'). */
  | {
      readonly kind: 'crash';
      readonly node: string;
      readonly mode?: CrashKind;
      /** Whether peers learn of it at once, as from a reset connection. The default is false. */
      readonly isNoticed?: boolean;
    }
  /** A node that is down starts again, with the disk that survived. */
  | { readonly kind: 'restart'; readonly node: string }
  /** A node stops in good order. */
  | { readonly kind: 'stop'; readonly node: string }
  /** A node stands still (SIGSTOP, garbage collection): messages and timers wait for 'resume'. */
  | { readonly kind: 'pause'; readonly node: string }
  | { readonly kind: 'resume'; readonly node: string }
  /**
   * Each timer, delivery and completed operation keeps the node busy for `perEventMs`; those that
   * come meanwhile wait in line. 0 is healthy.
   */
  | { readonly kind: 'slowNode'; readonly node: string; readonly perEventMs: number }
  /** Nothing passes between the groups. A node in neither group bridges them. */
  | ({
      readonly kind: 'partition';
      /** For the 'heal' that ends it. */
      readonly name?: string;
    } & BetweenGroups)
  /** Each node reaches only its two neighbours. */
  | { readonly kind: 'ring'; readonly name?: string; readonly nodes: readonly string[] }
  /** The partitions of that name end; without a name, all partitions and clogs. */
  | { readonly kind: 'heal'; readonly name?: string }
  /** What arrives between the groups is held until 'unclog', then arrives all at once. */
  | ({ readonly kind: 'clog' } & BetweenGroups)
  | ({ readonly kind: 'unclog' } & BetweenGroups)
  /** The session between two nodes breaks; what is in flight is lost. */
  | {
      readonly kind: 'reset';
      readonly left: string;
      readonly right: string;
      /** Who learns of it at once. 'both' if left out. */
      readonly noticedBy?: 'left' | 'right' | 'both' | 'neither';
    }
  /** The network behaves differently from now on. What is left out stays. */
  | ({ readonly kind: 'network' } & NetworkChange)
  /** The node's calendar jumps. Its monotonic clock does not. */
  | { readonly kind: 'wallJump'; readonly node: string; readonly byMs: number }
  /** The node's clocks run fast (above 0) or slow, in parts per million. */
  | { readonly kind: 'drift'; readonly node: string; readonly ppm: number }
  /** The node's calendar stands still; thawed, it shows what it would have shown. */
  | { readonly kind: 'wallFreeze'; readonly node: string; readonly isFrozen: boolean }
  /**
   * The node's calendar gains `byMs` little by little over `overMs`, as a leap second is spread
   * over a day: -1 000 over 86 400 000. It never steps back if `overMs` is at least as large.
   */
  | {
      readonly kind: 'leapSmear';
      readonly node: string;
      readonly byMs: number;
      readonly overMs: number;
    }
  /** Timers the node sets fire late by up to `byMsMax` more than they may anyway; 0 ends it. */
  | { readonly kind: 'lateTimers'; readonly node: string; readonly byMsMax: number }
  /**
   * Timers of the node fire every `everyMs` only, those that are due together, as in a hidden tab:
   * 1 000, after a while 60 000. 0 ends it, and what is due fires at once.
   */
  | { readonly kind: 'throttleTimers'; readonly node: string; readonly everyMs: number }
  /** The next `count` syncs of the node fail, and with them the files. 0 takes it back. */
  | { readonly kind: 'failSyncs'; readonly node: string; readonly count: number }
  /** The next `count` reads of the node fail. 0 takes it back. */
  | { readonly kind: 'failReads'; readonly node: string; readonly count: number }
  /**
   * The next `count` syncs of the node, of files and of folders, succeed and make nothing durable.
   * A later one that tells the truth covers what they left out. 0 takes it back.
   */
  | { readonly kind: 'lieSyncs'; readonly node: string; readonly count: number }
  /**
   * The next `count` reads of the node bring one sector from another place of their file. 0 takes
   * it back.
   */
  | { readonly kind: 'misdirectReads'; readonly node: string; readonly count: number }
  /** The next `count` writes of the node land in another sector of their file. 0 takes it back. */
  | { readonly kind: 'misdirectWrites'; readonly node: string; readonly count: number }
  /** The node's disk has no free room, until a 'diskFull' with `isFull: false`. */
  | { readonly kind: 'diskFull'; readonly node: string; readonly isFull: boolean }
  /** The node's disk takes `factor` times as long; 1 is healthy. */
  | { readonly kind: 'slowDisk'; readonly node: string; readonly factor: number }
  /** Bits flip at rest, in one file whose path starts with `pathPrefix` ('' for any). */
  | {
      readonly kind: 'bitRot';
      readonly node: string;
      readonly pathPrefix: string;
      readonly bitCount: number;
    }
  /** What the node's disk holds durably now can be put back later, by this name. */
  | { readonly kind: 'snapshotDisk'; readonly node: string; readonly name: string }
  /** A node that is down finds its disk as it was at the snapshot of that name, if there is one. */
  | { readonly kind: 'restoreDisk'; readonly node: string; readonly name: string }
  /** A node that is down finds its disk empty. */
  | { readonly kind: 'wipeDisk'; readonly node: string }
  /** Two nodes that are down each find the disk of the other. */
  | { readonly kind: 'swapDisks'; readonly left: string; readonly right: string }
  /** The node is of another release from its next start on. */
  | { readonly kind: 'upgrade'; readonly node: string; readonly release: number }
  /**
   * A node that runs is started a second time, on a copy of what its disk holds durably: two
   * processes bear its name, the older one until 'endTwin'. Every other fault strikes the newer
   * one; 'resume' wakes both. A peer stays with the older one until it was told of the newer, or
   * heard it.
   */
  | { readonly kind: 'twin'; readonly node: string }
  /** The older of two processes of the node is killed. */
  | { readonly kind: 'endTwin'; readonly node: string }
  /** A share of the code's buggify points, chosen by the seed, is live from now on; 0 ends it. */
  | { readonly kind: 'buggify'; readonly share: number }
  /**
   * Everything that can be undone is: partitions, clogs, loss, damage, duplication, replays,
   * pauses, slow nodes, slow, full and failing disks, drift, frozen calendars, late and throttled
   * timers, twins, buggify points; delays and bandwidth are as the options of the simulation say;
   * nodes that are down start. Damage to files stays, and so do wiped, restored and swapped disks,
   * releases, and where calendars have got to.
   */
  | { readonly kind: 'calm' };

/** A fault and when it strikes, in ms of true time since the start of the simulation. */
export type FaultEvent = Fault & { readonly atMs: number };

/** The nodes that `fault` names. */
export function nodesOf(fault: Fault): readonly string[] {
  if ('node' in fault) return [fault.node];
  if ('nodes' in fault) return fault.nodes;
  if (!('left' in fault)) return [];
  return [fault.left, fault.right].flat();
}
