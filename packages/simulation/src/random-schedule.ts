import type { Random } from '@quorate/transport';

import { type NetworkOptions, type NetworkSettings, networkSettings } from './network-options.ts';
import { portableExp, portableLog } from './portable-math.ts';
import type { Fault, FaultEvent } from './schedule.ts';

/**
 * A kind of trouble with its beginning and its end.
 *
 * - `crash`: power loss, restart. `kill`: the process alone, restart. `pause`: resumed.
 * - `failSync`: a sync fails, then the process is killed and restarted, as one that treats a failed
 *   sync as fatal would be by its supervisor.
 * - `bitRot`: bits flip at rest. Strikes only the nodes of one minority, chosen once.
 * - `split`: two groups. `isolate`: one node against the rest. `oneWay`: nothing passes from one
 *   group to the other, the other way is open. `bridge`: two groups with one node between. `ring`.
 * - `flap`: an isolated node, on and off ten times.
 * - `clog`: one link holds its messages. `reset`: one session breaks, noticed by some.
 * - `loss`, `duplication`, `replay`, `delay`: the whole network, by up to the rates given.
 * - `wallJump`, `drift`, `slowDisk`, `diskFull`: one node.
 */
export type TroubleKind =
  | 'crash'
  | 'kill'
  | 'pause'
  | 'failSync'
  | 'bitRot'
  | 'split'
  | 'isolate'
  | 'oneWay'
  | 'bridge'
  | 'ring'
  | 'flap'
  | 'clog'
  | 'reset'
  | 'loss'
  | 'duplication'
  | 'replay'
  | 'delay'
  | 'wallJump'
  | 'drift'
  | 'slowDisk'
  | 'diskFull';

/** All of them. */
export const troubleKinds: readonly TroubleKind[] = [
  'crash',
  'kill',
  'pause',
  'failSync',
  'bitRot',
  'split',
  'isolate',
  'oneWay',
  'bridge',
  'ring',
  'flap',
  'clog',
  'reset',
  'loss',
  'duplication',
  'replay',
  'delay',
  'wallJump',
  'drift',
  'slowDisk',
  'diskFull',
];

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
   * How many nodes `bitRot` may ever damage: the others keep good copies. The default is
   * `faultyAtOnceMax`.
   */
  readonly damagedMax?: number;
  /**
   * What the network goes back to after `loss`, `duplication`, `replay` and `delay`: the options of
   * the simulation. The default is a calm network with delays of 1..5 ms.
   */
  readonly network?: NetworkOptions;
  /** Which files `bitRot` may damage. The default is '', any. */
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

  const damageable = shuffled(settings.nodeIds, random.fork('damageable'));
  const drawn: Drawing = {
    settings,
    busyUntilMs: new Map(),
    damageable: damageable.slice(0, settings.damagedMax),
  };
  const events = arrivals.flatMap((arrival) => eventsOf(arrival, drawn));
  return events.sort((left, right) => left.atMs - right.atMs);
}

type Settings = Required<RandomScheduleOptions> & { readonly network: NetworkSettings };

interface Arrival {
  readonly kind: TroubleKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** For what else there is to draw about it. */
  readonly random: Random;
  /** Tells it from others of its kind. */
  readonly name: string;
}

interface Drawing {
  readonly settings: Settings;
  /** Until when each node that was struck is faulty. */
  readonly busyUntilMs: Map<string, number>;
  readonly damageable: readonly string[];
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
  for (const name of ['faultyAtOnceMax', 'damagedMax'] as const) {
    const isCount = Number.isInteger(settings[name]) && settings[name] >= 0;
    expect(name, 'an integer, at least 0', settings[name], isCount);
  }
  for (const [kind, rate] of Object.entries(settings.perMinute)) {
    const isKnown = troubleKinds.some((known) => known === kind);
    expect('perMinute', `kinds out of ${troubleKinds.join(', ')}`, kind, isKnown);
    expect(`perMinute.${kind}`, '0..60000', rate, rate >= 0 && rate <= 60_000);
  }
  return settings;
}

function expect(name: string, expected: string, got: unknown, isMet: boolean): void {
  if (!isMet) throw new RangeError(`${name}: expected ${expected}, got ${String(got)}`);
}

function arrivalsOf(kind: TroubleKind, random: Random, settings: Settings): Arrival[] {
  const { fromMs, untilMs, perMinute, lastsMsMin, lastsMsMax } = settings;
  const rate = perMinute[kind] ?? 0;
  const arrivals: Arrival[] = [];
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

function eventsOf(arrival: Arrival, drawn: Drawing): FaultEvent[] {
  switch (arrival.kind) {
    case 'crash':
    case 'kill':
    case 'pause':
    case 'failSync':
      return faultyNodeEvents(arrival, drawn);
    case 'split':
    case 'isolate':
    case 'oneWay':
    case 'bridge':
    case 'ring':
    case 'flap':
      return partitionEvents(arrival, drawn.settings.nodeIds);
    case 'clog':
    case 'reset':
      return linkEvents(arrival, drawn.settings.nodeIds);
    case 'loss':
    case 'duplication':
    case 'replay':
    case 'delay':
      return networkEvents(arrival, drawn.settings.network);
    case 'wallJump':
    case 'drift':
    case 'slowDisk':
    case 'diskFull':
    case 'bitRot':
      return limpingNodeEvents(arrival, drawn);
  }
}

/** Begins and ends a trouble. */
function span({ fromMs, toMs }: Arrival, first: Fault, last: Fault): FaultEvent[] {
  return [
    { atMs: fromMs, ...first },
    { atMs: toMs, ...last },
  ];
}

/** Trouble that counts against `faultyAtOnceMax`. */
function faultyNodeEvents(arrival: Arrival, drawn: Drawing): FaultEvent[] {
  const { busyUntilMs, settings } = drawn;
  const { fromMs, toMs, random, kind } = arrival;
  const isBusy = (node: string): boolean => (busyUntilMs.get(node) ?? -1) >= fromMs;
  const [node] = shuffled(
    settings.nodeIds.filter((nodeId) => !isBusy(nodeId)),
    random,
  );
  const busyCount = settings.nodeIds.filter(isBusy).length;
  if (node === undefined || busyCount >= settings.faultyAtOnceMax) return [];
  busyUntilMs.set(node, toMs);

  const restart: Fault = { kind: 'restart', node };
  const isNoticed = random.int(2) === 0;
  if (kind === 'pause') return span(arrival, { kind: 'pause', node }, { kind: 'resume', node });
  if (kind === 'crash')
    return span(arrival, { kind: 'crash', node, mode: 'power', isNoticed }, restart);
  const kill: Fault = { kind: 'crash', node, mode: 'process', isNoticed };
  if (kind === 'kill') return span(arrival, kill, restart);
  const killedAtMs = Math.round((fromMs + toMs) / 2);
  return [
    { atMs: fromMs, kind: 'failSyncs', node, count: 1 },
    { atMs: killedAtMs, ...kill },
    { atMs: killedAtMs, kind: 'failSyncs', node, count: 0 },
    { atMs: toMs, ...restart },
  ];
}

function partitionEvents(arrival: Arrival, nodeIds: readonly string[]): FaultEvent[] {
  const { random, name, kind } = arrival;
  if (nodeIds.length < 2) return [];
  const order = shuffled(nodeIds, random);
  const heal: Fault = { kind: 'heal', name };
  if (kind === 'ring') return span(arrival, { kind: 'ring', name, nodes: order }, heal);
  // A bridge stands aside; one against the rest, or any cut, for the others.
  const divided = kind === 'bridge' ? order.slice(1) : order;
  const isOneAgainstRest = kind === 'isolate' || kind === 'flap';
  const cut = isOneAgainstRest ? 1 : 1 + random.int(Math.max(1, divided.length - 1));
  const [left, right] = [divided.slice(0, cut), divided.slice(cut)];
  const direction = kind === 'oneWay' ? 'forward' : 'both';
  const partition: Fault = { kind: 'partition', name, left, right, direction };
  return kind === 'flap' ? flapping(arrival, partition, heal) : span(arrival, partition, heal);
}

function flapping({ fromMs, toMs }: Arrival, first: Fault, last: Fault): FaultEvent[] {
  const stepMs = (toMs - fromMs) / 20;
  return Array.from({ length: 20 }, (_, index) => ({
    atMs: Math.round(index === 19 ? toMs : fromMs + index * stepMs),
    ...(index % 2 === 0 ? first : last),
  }));
}

function linkEvents(arrival: Arrival, nodeIds: readonly string[]): FaultEvent[] {
  const { random, kind, fromMs } = arrival;
  const [left, right] = shuffled(nodeIds, random);
  if (left === undefined || right === undefined) return [];
  if (kind === 'clog') {
    const ends = { left: [left], right: [right], direction: 'forward' } as const;
    return span(arrival, { kind: 'clog', ...ends }, { kind: 'unclog', ...ends });
  }
  const noticedBy = (['left', 'both', 'neither'] as const)[random.int(3)] ?? 'both';
  return [{ atMs: fromMs, kind: 'reset', left, right, noticedBy }];
}

function networkEvents(arrival: Arrival, usual: NetworkSettings): FaultEvent[] {
  const { random, kind } = arrival;
  // Rates of 1/64 to 1/2, log-uniform: rare enough to be odd, often enough to matter.
  const rate = portableExp(-portableLog(2) * (1 + 5 * random.float()));
  const { lossRate, duplicationRate, replayRate, delay } = usual;
  const change = (worse: NetworkChange, asBefore: NetworkChange): FaultEvent[] =>
    span(arrival, { kind: 'network', ...worse }, { kind: 'network', ...asBefore });
  if (kind === 'loss') return change({ lossRate: rate }, { lossRate });
  if (kind === 'duplication') return change({ duplicationRate: rate }, { duplicationRate });
  if (kind === 'replay') return change({ replayRate: rate }, { replayRate });
  return change({ delay: { kind: 'exponential', minMs: 1, meanMs: 400 * rate } }, { delay });
}

type NetworkChange = Pick<NetworkOptions, 'lossRate' | 'duplicationRate' | 'replayRate' | 'delay'>;

/** Trouble a node goes on working with. */
function limpingNodeEvents(arrival: Arrival, drawn: Drawing): FaultEvent[] {
  const { random, kind, fromMs } = arrival;
  const { nodeIds, rotPathPrefix } = drawn.settings;
  const [node] = shuffled(kind === 'bitRot' ? drawn.damageable : nodeIds, random);
  if (node === undefined) return [];
  switch (kind) {
    case 'wallJump':
      return [{ atMs: fromMs, kind: 'wallJump', node, byMs: random.int(7_200_001) - 3_600_000 }];
    case 'drift': {
      const ppm = random.int(100_001) - 50_000;
      return span(arrival, { kind: 'drift', node, ppm }, { kind: 'drift', node, ppm: 0 });
    }
    case 'slowDisk':
      return span(
        arrival,
        { kind: 'slowDisk', node, factor: 2 + random.int(99) },
        { kind: 'slowDisk', node, factor: 1 },
      );
    case 'diskFull':
      return span(
        arrival,
        { kind: 'diskFull', node, isFull: true },
        { kind: 'diskFull', node, isFull: false },
      );
    default: {
      const bitCount = 1 + random.int(8);
      return [{ atMs: fromMs, kind: 'bitRot', node, pathPrefix: rotPathPrefix, bitCount }];
    }
  }
}

/** `items` in random order: Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  const order = [...items];
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = random.int(index + 1);
    const [item, swapped] = [order[index], order[other]];
    if (item === undefined || swapped === undefined) continue;
    order[index] = swapped;
    order[other] = item;
  }
  return order;
}
