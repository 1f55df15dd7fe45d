/**
 * What a benchmark suite is: data that the harness runs.
 *
 * Machines are noisy and drift while they run, so a figure taken alone proves nothing. A case
 * names one workload and everyone who can do it: ours and its peers. The harness runs them in
 * turn (ours, peer, ours, peer, …) in the same process and minute, takes the median of each and
 * states the ratio. A suite is a file in `src/suites/` that exports `suite`; the file's name is
 * the suite's name on the command line.
 *
 * @example
 * ```ts
 * export const suite: Suite = {
 *   name: 'checksum',
 *   description: 'CRC-32C beside the peer that most services install.',
 *   cases: [
 *     {
 *       name: '1 KiB',
 *       metrics: [{ name: 'throughput', unit: 'MB/s', better: 'higher' }],
 *       ours: { name: 'crc32c', run: () => ({ throughput: measureOurs() }) },
 *       peers: [{ name: 'peer', run: () => ({ throughput: measurePeer() }) }],
 *     },
 *   ],
 * };
 * ```
 */

/** One figure that every run of a case yields. */
export interface Metric {
  /** The key in each run's `Sample`: `throughput`, `latency p50`, … */
  readonly name: string;
  /** Printed as it stands: `ops/s`, `us`, `MB/s`. */
  readonly unit: string;
  /** Which direction is good. The ratio is inverted for 'lower'. */
  readonly better: 'higher' | 'lower';
}

/** The figures of one run, by `Metric.name`. Every metric of the case, finite and above zero. */
export type Sample = Readonly<Record<string, number>>;

/** Somebody who can do a case's work: ours, or a peer. */
export interface Contender {
  /** Printed in the table and as `peerName`. Name the version or the product: `etcd 3.5`. */
  readonly name: string;
  /** Once, before the first run. Throws `CannotRun` when this machine cannot run it. */
  setUp?(): Promise<void> | void;
  /** One measured run. Throws `CannotRun` too, when only the attempt can tell. */
  run(): Promise<Sample> | Sample;
  /** Once, after the last run, also after a failure of `setUp` or `run`. */
  tearDown?(): Promise<void> | void;
}

/** One workload, done by ours and by every peer. */
export interface BenchCase {
  /** Says the workload: `echo, 100 B, 256 outstanding`. */
  readonly name: string;
  /** At least one. */
  readonly metrics: readonly Metric[];
  /** Our code. */
  readonly ours: Contender;
  /** The strongest we know of; may be empty when nobody else does this at all. */
  readonly peers: readonly Contender[];
  /** Measured runs of each contender when the command line names no other. Default: 5. */
  readonly runs?: number;
  /** Runs of each contender thrown away first, for the compiler to settle. Default: 1. */
  readonly warmUpRuns?: number;
}

/** What one file of `src/suites/` exports as `suite`. */
export interface Suite {
  /** The file's name without `.ts`. */
  readonly name: string;
  /** One sentence: which question the suite answers. */
  readonly description: string;
  /** Run in this order. */
  readonly cases: readonly BenchCase[];
}

/** A contender cannot run here, and why: `etcd is not installed: apt-get install etcd-server`. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/**
 * A peer that is a number, such as a goal of the project or a limit of the machine.
 *
 * @param name - What the number is: `goal`, `wire speed`.
 * @param sample - One figure for each metric of the case.
 */
export function constantPeer(name: string, sample: Sample): Contender {
  return { name, run: () => sample };
}
