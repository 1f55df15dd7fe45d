import type { Random } from '@quorate/transport';

import { type NetworkOptions, type NetworkSettings, networkSettings } from './network-options.ts';
import { portableExp, portableLog } from './portable-math.ts';
import type { FaultEvent } from './fault.ts';
import { drawAtlas, type HarmLimits } from './fault-atlas.ts';
import { type AmnesiaTrouble, amnesiaTroubles } from './troubles/amnesia.ts';
import { BusyNodes } from './troubles/busy-nodes.ts';
import { type ClockTrouble, clockTroubles } from './troubles/clocks.ts';
import { type DamageTrouble, damageTroubles } from './troubles/damage.ts';
import { type DiskTrouble, diskTroubles } from './troubles/disks.ts';
import { type FaultyNodeTrouble, faultyNodeTroubles } from './troubles/faulty-nodes.ts';
import { type LimpingNodeTrouble, limpingNodeTroubles } from './troubles/limping-nodes.ts';
import { type LinkTrouble, linkTroubles } from './troubles/links.ts';
import { type NetworkTrouble, networkTroubles } from './troubles/network.ts';
import { type PartitionTrouble, partitionTroubles } from './troubles/partitions.ts';
import { type ProcessTrouble, processTroubles } from './troubles/processes.ts';
import type { Arrival, Drawing, Trouble } from './troubles/trouble.ts';

/** A kind of trouble: how it begins and ends. Its family says what each kind does. */
export type TroubleKind =
  | FaultyNodeTrouble
  | DamageTrouble
  | AmnesiaTrouble
  | ProcessTrouble
  | PartitionTrouble
  | LinkTrouble
  | NetworkTrouble
  | ClockTrouble
  | LimpingNodeTrouble
  | DiskTrouble;

const troubles: Readonly<Record<TroubleKind, Trouble>> = {
  ...faultyNodeTroubles,
  ...damageTroubles,
  ...amnesiaTroubles,
  ...processTroubles,
  ...partitionTroubles,
  ...linkTroubles,
  ...networkTroubles,
  ...clockTroubles,
  ...limpingNodeTroubles,
  ...diskTroubles,
};

/** All of them. */
export const troubleKinds: readonly TroubleKind[] = Object.keys(troubles).filter(isTroubleKind);

function isTroubleKind(name: string): name is TroubleKind {
  return Object.hasOwn(troubles, name);
}

/** What a schedule must keep within. */
export interface TroubleLimits extends HarmLimits {
  readonly releases: readonly number[];
}

/** Whether `kind` ever strikes within `limits`. */
export function isPossible(kind: TroubleKind, limits: TroubleLimits): boolean {
  if (kind === 'upgrade') return limits.releases.length > 1;
  if (kind === 'twin') return limits.twinsMax > 0;
  if (kind === 'swapDisks') return limits.amnesiacMax > 1;
  if (Object.hasOwn(amnesiaTroubles, kind)) return limits.amnesiacMax > 0;
  return !Object.hasOwn(damageTroubles, kind) || limits.damagedMax > 0;
}

/** What a random schedule is drawn from. */
export interface RandomScheduleOptions {
  readonly nodeIds: readonly string[];
  /** The first trouble begins after this, in ms since the start. The default is 0. */
  readonly fromMs?: number;
  /** All trouble has ended by then. More than `fromMs`. */
  readonly untilMs: number;
  /** How often each kind strikes, on average, in a minute. A kind left out never does. */
  readonly perMinute: Readonly<Partial<Record<TroubleKind, number>>>;
  /** Shortest trouble, in ms, more than 0. The default is 50. */
  readonly lastsMsMin?: number;
  /** Longest trouble, in ms; durations between are log-uniform. The default is 10 000. */
  readonly lastsMsMax?: number;
  /**
   * How many nodes may be down, paused, or without working syncs at the same time: what the
   * protocol claims to survive. The default is the largest minority.
   */
  readonly faultyAtOnceMax?: number;
  /**
   * How many nodes `DamageTrouble` may ever strike: the others keep good copies. The default is
   * `faultyAtOnceMax`.
   */
  readonly damagedMax?: number;
  /** How many nodes `AmnesiaTrouble` may ever strike. The default is 0. */
  readonly amnesiacMax?: number;
  /** How many nodes may ever run twice. The default is 0. */
  readonly twinsMax?: number;
  /** The releases that nodes can run, oldest first; they begin with the first. One by default. */
  readonly releases?: readonly number[];
  /**
   * What the network goes back to after `NetworkTrouble`: the options of the simulation. The
   * default is a calm network with delays of 1..5 ms.
   */
  readonly network?: NetworkOptions;
  /** Which files may be damaged. The default is '', any. */
  readonly rotPathPrefix?: string;
}

/**
 * Draws a schedule: independent troubles at random times, each with its end.
 *
 * @returns Events in the order of time. No node is struck while it is faulty, and never more than
 *   `faultyAtOnceMax` are; a strike that would make it so is left out.
 * @throws RangeError if an option is out of its range.
 *
 * @remarks
 * Each kind draws from a stream of its own: raising the rate of one leaves the times of the others
 * as they were, except for what the limit on faulty nodes leaves out. Arrivals are Poisson.
 *
 * @example
 * ```ts
 * import { randomSchedule, Simulation } from '@quorate/simulation';
 *
 * const simulation = new Simulation({ seed: 1 });
 * const events = randomSchedule(simulation.random, {
 *   nodeIds: ['n1', 'n2', 'n3'],
 *   untilMs: 60_000,
 *   perMinute: { crash: 4, split: 2 },
 * });
 * events.every(({ atMs }) => atMs <= 60_000); // => true
 * ```
 */
export function randomSchedule(random: Random, options: RandomScheduleOptions): FaultEvent[] {
  const settings = settingsOf(options);
  const arrivals = troubleKinds.flatMap((kind) => arrivalsOf(kind, random.fork(kind), settings));
  arrivals.sort((left, right) => left.fromMs - right.fromMs);

  const busy = new BusyNodes(settings.nodeIds, settings.faultyAtOnceMax);
  const drawing: Drawing = {
    ...settings,
    ...drawAtlas(random.fork('damageable'), settings.nodeIds, settings),
    busy,
    waves: { count: 0, endMs: -1 },
  };
  const events = arrivals.flatMap((arrival) => {
    busy.forget(arrival.fromMs);
    return troubles[arrival.kind](arrival, drawing);
  });
  return events.sort((left, right) => left.atMs - right.atMs);
}

type Settings = Required<RandomScheduleOptions> & { readonly network: NetworkSettings };

interface KnownArrival extends Arrival {
  readonly kind: TroubleKind;
}

function settingsOf(options: RandomScheduleOptions): Settings {
  const nodeCount = options.nodeIds.length;
  const faultyDefault = Math.floor((nodeCount - 1) / 2);
  const settings = {
    fromMs: 0,
    lastsMsMin: 50,
    lastsMsMax: 10_000,
    faultyAtOnceMax: faultyDefault,
    damagedMax: options.faultyAtOnceMax ?? faultyDefault,
    amnesiacMax: 0,
    twinsMax: 0,
    releases: [1],
    rotPathPrefix: '',
    ...options,
    network: networkSettings(options.network),
  };
  expect('nodeIds', 'at least 1', nodeCount, nodeCount >= 1);
  expect('fromMs', 'at least 0', settings.fromMs, settings.fromMs >= 0);
  const { fromMs, untilMs, lastsMsMin, lastsMsMax } = settings;
  expect(
    'untilMs',
    `a number above ${fromMs}`,
    untilMs,
    Number.isFinite(untilMs) && untilMs > fromMs,
  );
  expect('lastsMsMin', 'above 0', lastsMsMin, lastsMsMin > 0);
  expect('lastsMsMax', `at least ${lastsMsMin}`, lastsMsMax, lastsMsMax >= lastsMsMin);
  for (const name of ['faultyAtOnceMax', 'damagedMax', 'amnesiacMax', 'twinsMax'] as const) {
    const isCount = Number.isInteger(settings[name]) && settings[name] >= 0;
    expect(name, 'an integer, at least 0', settings[name], isCount);
  }
  checkReleases(settings.releases);
  for (const [kind, rate] of Object.entries(settings.perMinute)) {
    const isKnown = troubleKinds.some((known) => known === kind);
    expect('perMinute', `kinds out of ${troubleKinds.join(', ')}`, kind, isKnown);
    expect(`perMinute.${kind}`, '0..60000', rate, rate >= 0 && rate <= 60_000);
  }
  return settings;
}

function checkReleases(releases: readonly number[]): void {
  const areReleases = releases.every(
    (release, at) => Number.isSafeInteger(release) && release > (releases[at - 1] ?? 0),
  );
  expect('releases', 'rising integers from 1 on', releases.join(', '), areReleases);
}

function expect(name: string, expected: string, got: unknown, isMet: boolean): void {
  if (!isMet) throw new RangeError(`${name}: expected ${expected}, got ${String(got)}`);
}

function arrivalsOf(kind: TroubleKind, random: Random, settings: Settings): KnownArrival[] {
  const { fromMs, untilMs, perMinute, lastsMsMin, lastsMsMax } = settings;
  const rate = perMinute[kind] ?? 0;
  const arrivals: KnownArrival[] = [];
  if (rate === 0) return arrivals;
  for (let atMs = fromMs; ;) {
    const name = `${kind} ${arrivals.length}`;
    const own = random.fork(name);
    atMs += (-portableLog(1 - own.float()) * 60_000) / rate;
    if (atMs >= untilMs) return arrivals;
    const span = portableLog(lastsMsMax / lastsMsMin);
    const lastsMs = lastsMsMin * portableExp(span * own.float());
    const toMs = Math.min(untilMs, Math.round(atMs + lastsMs));
    arrivals.push({ kind, fromMs: Math.round(atMs), toMs, random: own, name });
  }
}
