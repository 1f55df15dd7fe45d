import type {
  ClockOptions,
  DelayDistribution,
  DiskOptions,
  FaultEvent,
  NetworkOptions,
} from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import type { RaftNodeOptions } from '../../src/node/options.ts';
import type { WorkloadOptions } from './workload.ts';

/** The kinds of fault a run may have, each on or off for the whole run. */
export const faultKinds = [
  'crash',
  'pause',
  'partition',
  'oneWay',
  'ring',
  'clog',
  'reset',
  'noise',
  'slowDisk',
  'fullDisk',
  'failSyncs',
  'failReads',
  'bitRot',
  'drift',
  'wallJump',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Everything about a run that its seed decides. Printable: this is what a failure shows. */
export interface RunPlan {
  readonly nodeCount: number;
  readonly kinds: readonly FaultKind[];
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly clocks: ClockOptions;
  readonly tuning: Partial<RaftNodeOptions>;
  readonly workload: WorkloadOptions;
  readonly faults: readonly FaultEvent[];
  /** How long faults strike. */
  readonly horizonMs: number;
}

/** What may be fixed about a plan; all else is drawn. */
export interface PlanOptions {
  readonly nodeCount?: number | undefined;
  readonly kinds?: readonly FaultKind[];
  readonly horizonMs?: number;
  /** Mean time between two faults. */
  readonly meanFaultGapMs?: number;
  readonly tuning?: Partial<RaftNodeOptions>;
  readonly network?: NetworkOptions;
  readonly disk?: DiskOptions;
  readonly workload?: WorkloadOptions;
  /** Faults drawn in another way, in place of the kinds. */
  readonly drawFaults?: (random: Random, horizonMs: number) => readonly FaultEvent[];
}

/**
 * Draws a run by swarm testing: each kind of fault is in or out, and one run in ten has exactly one
 * kind, because faults also hide each other.
 */
export function drawPlan(random: Random, options: PlanOptions = {}): RunPlan {
  const nodeCount = options.nodeCount ?? pick(random, [3, 5]);
  const kinds = options.kinds ?? drawKinds(random.fork('kinds'));
  const horizonMs = options.horizonMs ?? 8_000 + random.int(8_000);
  const nodes = Array.from({ length: nodeCount }, (_, place) => `n${place + 1}`);
  const network = { ...drawNetwork(random.fork('network')), ...options.network };
  const mayRepeat = network.ordering !== 'session';
  const meanGapMs = options.meanFaultGapMs ?? pick(random, [300, 800, 2_000]);
  const planner = new FaultPlanner(random.fork('faults'), { nodes, kinds, mayRepeat });
  const { drawFaults = () => planner.draw(horizonMs, meanGapMs) } = options;
  return {
    nodeCount,
    kinds,
    network,
    disk: { ...drawDisk(random.fork('disk')), ...options.disk },
    clocks: drawClocks(random.fork('clocks')),
    tuning: { ...drawTuning(random.fork('tuning')), ...options.tuning },
    workload: options.workload ?? drawWorkload(random.fork('workload')),
    faults: drawFaults(random.fork('faults'), horizonMs),
    horizonMs,
  };
}

function pick<Value>(random: Random, values: readonly [Value, ...Value[]]): Value {
  return values[random.int(values.length)] ?? values[0];
}

function drawKinds(random: Random): readonly FaultKind[] {
  if (random.int(10) === 0) return [pick(random, faultKinds)];
  return faultKinds.filter(() => random.int(2) === 0);
}

function drawNetwork(random: Random): NetworkOptions {
  const delay = pick<DelayDistribution>(random, [
    { kind: 'uniform', minMs: 0.2, maxMs: 5 },
    { kind: 'lognormal', minMs: 0.2, medianMs: 2, sigma: 1 },
    { kind: 'exponential', minMs: 1, meanMs: 20 },
    { kind: 'pareto', minMs: 1, alpha: 1.1, maxMs: 2_000 },
  ]);
  return { delay, ordering: pick(random, ['none', 'session'] as const) };
}

function drawDisk(random: Random): DiskOptions {
  const syncLatency = pick<DelayDistribution>(random, [
    { kind: 'uniform', minMs: 0.1, maxMs: 3 },
    { kind: 'exponential', minMs: 1, meanMs: 15 },
    { kind: 'pareto', minMs: 0.5, alpha: 1.2, maxMs: 200 },
  ]);
  return { syncLatency, tornRate: random.float(), nameSurvivalRate: random.float() };
}

function drawClocks(random: Random): ClockOptions {
  return {
    offsetMsMax: random.int(2) * 10_000,
    driftPpmMax: random.int(2) * 50_000,
    timerLatenessMsMax: random.int(3) * 5,
  };
}

function drawTuning(random: Random): Partial<RaftNodeOptions> {
  return {
    electionTimeoutTicks: pick(random, [5, 10]),
    snapshotEveryEntries: pick(random, [5, 40, 10_000]),
    trailingEntryCount: pick(random, [0, 3, 50]),
    maxMessageBytes: pick(random, [1, 400, 65_536]),
    maxInflightMessages: pick(random, [2, 8, 256]),
    maxUncommittedBytes: pick(random, [2_000, 67_108_864]),
    segmentBytes: pick(random, [16_384, 65_536]),
  };
}

function drawWorkload(random: Random): WorkloadOptions {
  return {
    meanGapMs: pick(random, [10, 40, 150]),
    readRate: pick(random, [0, 0.2, 0.5]),
    commandBytesMax: pick(random, [8, 300]),
    straySendRate: pick(random, [0.05, 0.3]),
  };
}

/** What faults are drawn from. */
interface FaultScope {
  readonly nodes: readonly string[];
  readonly kinds: readonly FaultKind[];
  /** Links that keep messages in order cannot bring one twice. */
  readonly mayRepeat: boolean;
}

/** Draws faults in time, each with its end. */
class FaultPlanner {
  readonly #random: Random;
  readonly #scope: FaultScope;
  readonly #nodes: readonly string[];
  /** Damage is kept to a minority for the whole run: beyond that no protocol can help. */
  readonly #damageable: readonly string[];
  #events: FaultEvent[] = [];

  constructor(random: Random, scope: FaultScope) {
    const { nodes } = scope;
    this.#random = random;
    this.#scope = scope;
    this.#nodes = nodes;
    const start = random.int(nodes.length);
    const count = Math.floor((nodes.length - 1) / 2);
    this.#damageable = [...nodes, ...nodes].slice(start, start + count);
  }

  draw(horizonMs: number, meanGapMs: number): readonly FaultEvent[] {
    let atMs = 500;
    for (;;) {
      atMs += Math.round(2 * meanGapMs * this.#random.float());
      const { kinds } = this.#scope;
      const kind = kinds[this.#random.int(Math.max(1, kinds.length))];
      if (atMs >= horizonMs || kind === undefined) break;
      this.#add(kind, atMs);
    }
    return this.#events.toSorted((left, right) => left.atMs - right.atMs);
  }

  #add(kind: FaultKind, atMs: number): void {
    const node = this.#anyOf(this.#nodes);
    const endMs = atMs + 50 + this.#random.int(3_000);
    switch (kind) {
      case 'crash':
        this.#addCrashes(atMs, endMs);
        return;
      case 'pause':
        this.#push({ atMs, kind, node }, { atMs: endMs, kind: 'resume', node });
        return;
      case 'partition':
      case 'oneWay':
      case 'ring':
        this.#addPartition(kind, atMs, endMs);
        return;
      case 'clog':
        this.#addClog(atMs, endMs);
        return;
      case 'reset':
        this.#addReset(atMs);
        return;
      case 'noise':
        this.#addNoise(atMs, endMs);
        return;
      case 'slowDisk':
        this.#push(
          { atMs, kind, node, factor: 1 + this.#random.int(60) },
          { atMs: endMs, kind, node, factor: 1 },
        );
        return;
      case 'fullDisk':
        this.#push(
          { atMs, kind: 'diskFull', node, isFull: true },
          { atMs: endMs, kind: 'diskFull', node, isFull: false },
        );
        return;
      case 'failSyncs':
        this.#push({ atMs, kind, node, count: 1 + this.#random.int(2) });
        return;
      case 'failReads':
      case 'bitRot':
        this.#addDamage(kind, atMs);
        return;
      case 'drift':
        this.#push({ atMs, kind, node, ppm: this.#random.int(200_000) - 100_000 });
        return;
      case 'wallJump':
        this.#push({ atMs, kind, node, byMs: this.#random.int(20_000) - 10_000 });
        return;
    }
  }

  #push(...events: FaultEvent[]): void {
    this.#events.push(...events);
  }

  /** One of `values`; empty if there is none. */
  #anyOf(values: readonly string[]): string {
    return values[this.#random.int(Math.max(1, values.length))] ?? '';
  }

  /** One node, several or all at once, soon or late up again. */
  #addCrashes(atMs: number, endMs: number): void {
    const mode = this.#random.int(3) === 0 ? 'process' : 'power';
    const isNoticed = this.#random.int(2) === 0;
    const count = this.#random.int(4) === 0 ? 1 + this.#random.int(this.#nodes.length) : 1;
    const start = this.#random.int(this.#nodes.length);
    for (const node of [...this.#nodes, ...this.#nodes].slice(start, start + count)) {
      const restartMs = this.#random.int(2) === 0 ? atMs + 1 + this.#random.int(100) : endMs;
      this.#push({ atMs, kind: 'crash', node, mode, isNoticed });
      this.#push({ atMs: restartMs, kind: 'restart', node });
    }
  }

  #split(): { left: string[]; right: string[] } {
    const left: string[] = [];
    const right: string[] = [];
    const hasBridge = this.#random.int(4) === 0;
    for (const [place, node] of this.#nodes.entries()) {
      if (hasBridge && place === 0) continue;
      (this.#random.int(2) === 0 ? left : right).push(node);
    }
    return { left, right };
  }

  #addPartition(kind: 'partition' | 'oneWay' | 'ring', atMs: number, endMs: number): void {
    if (kind === 'ring') this.#push({ atMs, kind, nodes: this.#nodes });
    else {
      const direction =
        kind === 'partition' ? 'both' : pick(this.#random, ['forward', 'backward'] as const);
      this.#push({ atMs, kind: 'partition', ...this.#split(), direction });
    }
    this.#push({ atMs: endMs, kind: 'heal' });
  }

  #addClog(atMs: number, endMs: number): void {
    const groups = this.#split();
    this.#push({ atMs, kind: 'clog', ...groups }, { atMs: endMs, kind: 'unclog', ...groups });
  }

  #addReset(atMs: number): void {
    const left = this.#anyOf(this.#nodes);
    const right = this.#anyOf(this.#nodes.filter((node) => node !== left));
    if (right === '') return;
    const noticedBy = pick(this.#random, ['left', 'right', 'both', 'neither'] as const);
    this.#push({ atMs, kind: 'reset', left, right, noticedBy });
  }

  #addNoise(atMs: number, endMs: number): void {
    const { mayRepeat } = this.#scope;
    this.#push(
      {
        atMs,
        kind: 'network',
        lossRate: this.#random.float() * 0.5,
        duplicationRate: mayRepeat ? this.#random.float() * 0.5 : 0,
        replayRate: mayRepeat ? this.#random.float() * 0.2 : 0,
      },
      { atMs: endMs, kind: 'network', lossRate: 0, duplicationRate: 0, replayRate: 0 },
    );
  }

  /** What was damaged at rest is noticed at the next start, so one follows. */
  #addDamage(kind: 'failReads' | 'bitRot', atMs: number): void {
    const node = this.#anyOf(this.#damageable);
    if (node === '') return;
    const count = 1 + this.#random.int(3);
    if (kind === 'failReads') this.#push({ atMs, kind, node, count });
    else this.#push({ atMs, kind, node, pathPrefix: '', bitCount: count });
    this.#push({ atMs: atMs + 20, kind: 'crash', node, mode: 'process' });
    this.#push({ atMs: atMs + 40, kind: 'restart', node });
  }
}
