import type { NodeId, Random } from '@quorate/transport';

import type { DiskOptions } from './disk-options.ts';
import type { NetworkOptions } from './network-options.ts';
import type { FaultEvent } from './fault.ts';
import { checkSchedule } from './schedule.ts';
import { isSameTimeOrder, type SameTimeOrder } from './scheduler.ts';
import type { Simulation } from './simulation.ts';
import type { TraceLine } from './trace.ts';
import type { ClockOptions } from './clock-options.ts';

/** What a field of an operation or a tuning may hold, so that it survives JSON. */
export type Field = string | number | boolean;

/** One thing a client does, as data: when, in ms since the start, and what. */
export interface ClientOperation {
  readonly atMs: number;
  readonly [field: string]: Field;
}

/** What is drawn about the nodes of a run, as data. */
export type Tuning = Readonly<Record<string, Field>>;

/** All there is to say about one run, as data: the same scenario gives the same trace. */
export interface Scenario {
  /** The name of the workload. */
  readonly workload: string;
  readonly seed: number;
  /** The nodes are called n1, n2 and so on. */
  readonly nodeCount: number;
  /** How long faults and clients are at work, in ms. */
  readonly horizonMs: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly clocks: ClockOptions;
  /** 'insertion' if left out. See `SimulationOptions`. */
  readonly sameTimeOrder?: SameTimeOrder;
  /** `NodeEnvironment.release` until a fault 'upgrade' says otherwise. 1 if left out. */
  readonly release?: number;
  readonly tuning: Tuning;
  readonly faults: readonly FaultEvent[];
  readonly operations: readonly ClientOperation[];
  /** Nodes that stay down when calm comes: the others must do without them. */
  readonly outsiders: readonly string[];
}

/** How much a protocol claims to survive. What lies beyond it proves nothing. */
export interface Claims {
  /** How many nodes may be down at the same time without harm to safety. All by default. */
  readonly faultyAtOnceMax?: number;
  /**
   * How many nodes may have wrong or unreadable bytes in their files, which checksums show: bit
   * rot, reads that fail or go astray. By default the largest minority.
   */
  readonly damagedMax?: number;
  /**
   * How many nodes may come back with less than they had synced, or with something older, and no
   * sign of it: wiped, restored, swapped and lying disks, writes gone astray. None by default.
   */
  readonly amnesiacMax?: number;
  /** How many nodes may at times run as two processes with one name. None by default. */
  readonly twinsMax?: number;
}

/**
 * What a simulation test is about: how to build the nodes, what clients do, what must hold.
 *
 * @remarks
 * Everything random is drawn before the run and is then data (`Scenario`), so that a failing run
 * can be cut down. Chance inside the run comes from the simulation, seeded by the scenario.
 */
export interface Workload {
  readonly name: string;
  /** How many nodes make sense, at most 7. */
  readonly nodeCounts: { readonly min: number; readonly max: number };
  /**
   * The releases that the nodes can run, oldest first: rolling upgrades go from each to the next.
   * One by default.
   */
  readonly releases?: readonly number[];
  /** For a number of nodes. */
  claims?(nodeCount: number): Claims;
  /** Draws how the nodes are configured. */
  drawTuning?(random: Random, nodeCount: number): Tuning;
  /** Draws the `index`-th thing a client does. It must make sense without the others. */
  drawOperation(random: Random, index: number, nodeIds: readonly string[]): Tuning;
  /** Gives some scenarios a shape that chance alone seldom has. Returns the others as drawn. */
  stage?(random: Random, drawn: Scenario): Scenario;
  /** What a message says, for those who read a chart of a run. See `TraceOptions`. */
  describeMessage?(protocol: string, payload: Uint8Array): string | undefined;
  /** Adds the nodes of `scenario` to `simulation`. */
  open(simulation: Simulation, scenario: Scenario): Experiment;
}

/** One run of a workload. What breaks a promise throws a `BrokenPromise`. */
export interface Experiment {
  /**
   * A client begins `operation`, as simulated code.
   *
   * @returns Nothing, or a promise: what it rejects with ends the run, as what `begin` throws does.
   */
  begin(operation: ClientOperation): void | Promise<void>;
  /** Called after every event: what must always hold. */
  check?(event: TraceLine): void;
  /** Called when the faults are over, and again when the core has recovered. */
  finish?(): void;
  /**
   * Whether what a node threw, in its start perhaps, is the right thing to do, such as refusing to
   * go on with a failed disk. Then its process ends, and starts again 200 ms later. If left out, it
   * never is.
   */
  isExpected?(error: unknown, nodeId: NodeId): boolean;
  /** All is calm from here on, and the nodes of `core` are up. */
  onCalm?(core: readonly string[]): void;
  /** Whether the core has got where it must. Asked between events. */
  isRecovered?(): boolean;
  /** Who waits for what, for the report on a core that does not recover. */
  describe?(): string;
}

/** A promise of the code under test was broken. */
export class BrokenPromise extends Error {
  override readonly name: string = 'BrokenPromise';
  readonly code = 'SIMULATION_BROKEN_PROMISE';
  /** Which promise. The same for every way to break it: shrinking looks at nothing else. */
  readonly invariantId: string;

  /** @param detail - How it was broken this time. */
  constructor(invariantId: string, detail: string) {
    super(`${invariantId}: ${detail}`);
    this.invariantId = invariantId;
  }
}

/** The ids of the nodes of a scenario with that many. */
export function nodeIdsOf(nodeCount: number): readonly string[] {
  return Array.from({ length: nodeCount }, (_, place) => `n${place + 1}`);
}

/** `scenario` as JSON that `parseScenario` reads, with one fault and one operation a line. */
export function printScenario(scenario: Scenario): string {
  const { faults, operations, ...rest } = scenario;
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  const rows = (items: readonly unknown[]): string =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  return `${head},\n  "faults": ${rows(faults)},\n  "operations": ${rows(operations)}\n}\n`;
}

/**
 * The scenario that `text` stands for. Fields that are not part of a scenario are left out.
 *
 * @throws SyntaxError if `text` is no JSON.
 * @throws RangeError that names the field if one is missing or out of its range.
 */
export function parseScenario(text: string): Scenario {
  const parsed: unknown = JSON.parse(text);
  const fields = recordOf('scenario', parsed);
  const { faults, outsiders, operations, workload, release, sameTimeOrder } = fields;
  checkSchedule(faults);
  if (typeof workload !== 'string') refuse('scenario.workload', 'a name', workload);
  if (!Array.isArray(outsiders) || !outsiders.every((item) => typeof item === 'string')) {
    refuse('scenario.outsiders', 'an array of node ids', outsiders);
  }
  if (sameTimeOrder !== undefined && !isSameTimeOrder(sameTimeOrder)) {
    refuse('scenario.sameTimeOrder', "'insertion' or 'random'", sameTimeOrder);
  }
  if (!Array.isArray(operations)) refuse('scenario.operations', 'an array', operations);
  return {
    workload,
    seed: integerOf('scenario.seed', fields['seed'], Number.MIN_SAFE_INTEGER),
    nodeCount: integerOf('scenario.nodeCount', fields['nodeCount'], 1),
    horizonMs: integerOf('scenario.horizonMs', fields['horizonMs'], 0),
    network: recordOf('scenario.network', fields['network']),
    disk: recordOf('scenario.disk', fields['disk']),
    clocks: recordOf('scenario.clocks', fields['clocks']),
    ...(sameTimeOrder === undefined ? {} : { sameTimeOrder }),
    ...(release === undefined ? {} : { release: integerOf('scenario.release', release, 1) }),
    tuning: flatOf('scenario.tuning', fields['tuning']),
    faults,
    operations: operations.map((item: unknown, index) => {
      const operation = flatOf(`scenario.operations[${index}]`, item);
      const { atMs } = operation;
      if (typeof atMs !== 'number' || !(atMs >= 0)) {
        refuse(`scenario.operations[${index}].atMs`, 'at least 0', atMs);
      }
      return { ...operation, atMs };
    }),
    outsiders,
  };
}

function recordOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  return refuse(name, 'an object', value);
}

function flatOf(name: string, value: unknown): Tuning {
  const fields = new Map<string, Field>();
  for (const [key, field] of Object.entries(recordOf(name, value))) {
    const isFlat = ['string', 'number', 'boolean'].includes(typeof field);
    if (!isFlat) refuse(`${name}.${key}`, 'a text, a number or a boolean', field);
    if (typeof field === 'string' || typeof field === 'number') fields.set(key, field);
    else fields.set(key, field === true);
  }
  return Object.fromEntries(fields);
}

function integerOf(name: string, value: unknown, min: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
  return refuse(name, `an integer, at least ${min}`, value);
}

function refuse(name: string, expected: string, value: unknown): never {
  const got = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new RangeError(`${name}: expected ${expected}, got ${got}`);
}
