/**
 * Draws scenarios by swarm testing.
 *
 * A test that always mixes every fault finds few bugs: faults hide each other, and what happens all
 * the time leaves no room for the long chain of events that a bug needs. So each seed leaves every
 * kind of fault out with probability 1/2, and draws how often the others strike, and how large the
 * run is, log-uniformly: over many seeds, every mix occurs, and every scale as often as any other.
 * One seed in ten is calm but for exactly one kind, at full strength.
 *
 * Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm testing", ISSTA 2012.
 */
import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import type { DelayDistribution } from './delay-distribution.ts';
import type { DiskOptions } from './disk-options.ts';
import type { NetworkOptions } from './network-options.ts';
import {
  isPossible,
  randomSchedule,
  type TroubleKind,
  troubleKinds,
  type TroubleLimits,
} from './random-schedule.ts';
import type { FaultEvent } from './fault.ts';
import { damagedNodes } from './fault-atlas.ts';
import type { ClockOptions } from './clock-options.ts';
import { logUniform } from './troubles/trouble.ts';
import {
  type Claims,
  type ClientOperation,
  nodeIdsOf,
  type Scenario,
  type Workload,
} from './workload.ts';

/** What may be fixed about a swarm. */
export interface SwarmOptions {
  /** Which kinds of fault there are. All by default. */
  readonly kinds?: readonly TroubleKind[];
  /** Shortest and longest time of faults, in ms. By default 2 000 and 30 000. */
  readonly horizonMs?: { readonly min: number; readonly max: number };
  /** Fewest and most client operations. By default 10 and 1 000. */
  readonly operationCount?: { readonly min: number; readonly max: number };
  /** In place of what the workload claims to survive: to see what happens beyond it. */
  readonly claims?: Claims;
}

/** Strikes a minute of the one kind of fault in a calm run. */
const fullStrengthPerMinute = 120;

/**
 * Draws the scenario of `seed`.
 *
 * @throws RangeError if the workload allows no number of nodes within 1..7.
 */
export function drawScenario(
  workload: Workload,
  seed: number,
  options: SwarmOptions = {},
): Scenario {
  const random = seededRandom(seed).fork('swarm');
  const nodeCount = drawNodeCount(workload, random.fork('nodes'));
  const nodeIds = nodeIdsOf(nodeCount);
  const { min, max } = options.horizonMs ?? { min: 2_000, max: 30_000 };
  const horizonMs = Math.round(logUniform(random.fork('horizon'), min, max));
  const claims = { ...workload.claims?.(nodeCount), ...options.claims };
  const limits: TroubleLimits = {
    damagedMax: claims.damagedMax ?? Math.floor((nodeCount - 1) / 2),
    amnesiacMax: claims.amnesiacMax ?? 0,
    twinsMax: claims.twinsMax ?? 0,
    releases: workload.releases ?? [1],
  };
  const kinds = (options.kinds ?? troubleKinds).filter((kind) => isPossible(kind, limits));
  const perMinute = drawRates(random.fork('kinds'), kinds);
  const ordering = mayRepeat(perMinute) ? 'none' : pick(random, ['none', 'session'] as const);
  const network: NetworkOptions = { delay: drawDelay(random.fork('delay')), ordering };
  const faults = randomSchedule(random.fork('faults'), {
    nodeIds,
    untilMs: horizonMs,
    perMinute,
    lastsMsMax: Math.round(logUniform(random.fork('lasts'), 200, 10_000)),
    faultyAtOnceMax: drawFaultyAtOnce(random.fork('at once'), nodeCount, claims),
    ...limits,
    network,
  });
  const drawn: Scenario = {
    workload: workload.name,
    seed,
    nodeCount,
    horizonMs,
    network,
    disk: drawDisk(random.fork('disk')),
    clocks: drawClocks(random.fork('clocks')),
    sameTimeOrder: pick(random.fork('ties'), ['insertion', 'random']),
    ...releaseOf(limits),
    tuning: workload.drawTuning?.(random.fork('tuning'), nodeCount) ?? {},
    faults,
    operations: drawOperations(workload, random.fork('operations'), {
      nodeIds,
      horizonMs,
      options,
    }),
    outsiders: [],
  };
  const staged = workload.stage?.(random.fork('stage'), drawn) ?? drawn;
  const outsiders = drawOutsiders(
    random.fork('outsiders'),
    nodeIdsOf(staged.nodeCount),
    staged.faults,
  );
  return { ...staged, outsiders };
}

function drawNodeCount({ nodeCounts }: Workload, random: Random): number {
  const { max } = nodeCounts;
  const least = Math.max(1, nodeCounts.min);
  const most = Math.min(7, max);
  if (!(Number.isInteger(least) && Number.isInteger(most) && least <= most)) {
    throw new RangeError(
      `nodeCounts: expected integers within 1..7, got ${nodeCounts.min}..${max}`,
    );
  }
  return least + random.int(most - least + 1);
}

/** The release to begin with, unless that goes without saying. */
function releaseOf({ releases: [release = 1] }: TroubleLimits): Pick<Scenario, 'release'> {
  return release === 1 ? {} : { release };
}

type Rates = Partial<Record<TroubleKind, number>>;

function drawRates(random: Random, kinds: readonly TroubleKind[]): Rates {
  const rates: Rates = {};
  const alone = random.int(10) === 0 ? kinds[random.int(Math.max(1, kinds.length))] : undefined;
  for (const kind of kinds) {
    const own = random.fork(kind);
    const isOn = own.int(2) === 0;
    const rate = logUniform(own, 1, fullStrengthPerMinute / 2);
    if (alone !== undefined) rates[kind] = kind === alone ? fullStrengthPerMinute : 0;
    else if (isOn) rates[kind] = rate;
  }
  return rates;
}

function mayRepeat({ duplication = 0, replay = 0 }: Rates): boolean {
  return duplication + replay > 0;
}

function drawFaultyAtOnce(random: Random, nodeCount: number, claims: Claims): number {
  const minority = Math.floor((nodeCount - 1) / 2);
  const most = Math.min(claims.faultyAtOnceMax ?? nodeCount, nodeCount);
  return Math.min(most, random.int(2) === 0 ? minority : most);
}

function drawDelay(random: Random): DelayDistribution {
  return pick<DelayDistribution>(random, [
    { kind: 'uniform', minMs: 0.2, maxMs: 5 },
    { kind: 'uniform', minMs: 1, maxMs: 250 },
    { kind: 'lognormal', minMs: 0.2, medianMs: 2, sigma: 1 },
    { kind: 'exponential', minMs: 1, meanMs: 20 },
    { kind: 'pareto', minMs: 1, alpha: 1.1, maxMs: 2_000 },
  ]);
}

function drawDisk(random: Random): DiskOptions {
  const syncLatency = pick<DelayDistribution>(random, [
    { kind: 'uniform', minMs: 0.1, maxMs: 3 },
    { kind: 'exponential', minMs: 1, meanMs: 15 },
    { kind: 'uniform', minMs: 20, maxMs: 150 },
    { kind: 'pareto', minMs: 0.5, alpha: 1.2, maxMs: 200 },
  ]);
  return {
    syncLatency,
    tornRate: random.float(),
    nameSurvivalRate: random.float(),
    olderRate: random.float(),
  };
}

function drawClocks(random: Random): ClockOptions {
  return {
    offsetMsMax: random.int(2) * 10_000,
    driftPpmMax: random.int(2) * 50_000,
    timerLatenessMsMax: random.int(3) * 5,
  };
}

function drawOperations(
  workload: Workload,
  random: Random,
  scope: { nodeIds: readonly string[]; horizonMs: number; options: SwarmOptions },
): ClientOperation[] {
  const { min, max } = scope.options.operationCount ?? { min: 10, max: 1_000 };
  const count = Math.round(logUniform(random.fork('count'), min, max));
  const operations = Array.from({ length: count }, (_, index) => {
    const own = random.fork(`operation ${index}`);
    const atMs = own.int(scope.horizonMs);
    return { ...workload.drawOperation(own, index, scope.nodeIds), atMs };
  });
  return operations.sort((left, right) => left.atMs - right.atMs);
}

/** Leaves at least a majority of all nodes, and of those that keep good copies every one needed. */
function drawOutsiders(
  random: Random,
  nodeIds: readonly string[],
  faults: readonly FaultEvent[],
): readonly string[] {
  if (random.int(2) === 0) return [];
  const damaged = [...damagedNodes(faults)];
  const minority = Math.floor((nodeIds.length - 1) / 2);
  const left = damaged.filter(() => random.int(2) === 0).slice(0, minority);
  const spare = Math.max(0, minority - damaged.length);
  const well = nodeIds.filter((id) => !damaged.includes(id) && random.int(2) === 0);
  return [...well.slice(0, spare), ...left];
}

function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[random.int(items.length)] ?? items[0];
}
