import { checkDelayDistribution, type DelayDistribution } from './delay-distribution.ts';
import type { CrashKind } from './disk-device.ts';
import type { PartitionDirection } from './partitions.ts';

/** Two groups of nodes and the way between them. */
export interface BetweenGroups {
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** 'both' if left out. */
  readonly direction?: PartitionDirection;
}

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
  | {
      readonly kind: 'network';
      readonly delay?: DelayDistribution;
      readonly lossRate?: number;
      readonly duplicationRate?: number;
      readonly replayRate?: number;
      readonly bandwidthBytesPerSecond?: number;
    }
  /** The node's calendar jumps. Its monotonic clock does not. */
  | { readonly kind: 'wallJump'; readonly node: string; readonly byMs: number }
  /** The node's clocks run fast (above 0) or slow, in parts per million. */
  | { readonly kind: 'drift'; readonly node: string; readonly ppm: number }
  /** The next `count` syncs of the node fail, and with them the files. 0 takes it back. */
  | { readonly kind: 'failSyncs'; readonly node: string; readonly count: number }
  /** The next `count` reads of the node fail. 0 takes it back. */
  | { readonly kind: 'failReads'; readonly node: string; readonly count: number }
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
  /**
   * Everything that can be undone is: partitions, clogs, loss, duplication, replays, pauses, slow,
   * full and failing disks, drift; nodes that are down start. Damage to files stays.
   */
  | { readonly kind: 'calm' };

/** A fault and when it strikes, in ms of true time since the start of the simulation. */
export type FaultEvent = Fault & { readonly atMs: number };

/**
 * `events` as text that `parseSchedule` reads: JSON, one event a line.
 *
 * @throws RangeError as `checkSchedule`.
 */
export function printSchedule(events: readonly FaultEvent[]): string {
  checkSchedule(events);
  if (events.length === 0) return '[]\n';
  return `[\n${events.map((event) => `  ${JSON.stringify(event)}`).join(',\n')}\n]\n`;
}

/**
 * The events that `text` stands for.
 *
 * @throws SyntaxError if `text` is no JSON.
 * @throws RangeError as `checkSchedule`.
 */
export function parseSchedule(text: string): readonly FaultEvent[] {
  const events: unknown = JSON.parse(text);
  checkSchedule(events);
  return events;
}

/**
 * Checks that `events` is a schedule.
 *
 * @throws RangeError that names the event and field, such as `schedule[3].node`, if one is missing,
 *   unknown or out of its range. Whether the nodes exist is for the simulation to say.
 */
export function checkSchedule(events: unknown): asserts events is readonly FaultEvent[] {
  if (!Array.isArray(events)) refuse('schedule', 'an array of events', events);
  events.forEach((event: unknown, index) => {
    const name = `schedule[${index}]`;
    const { atMs, ...fault } = recordOf(name, event);
    atLeastZero(`${name}.atMs`, atMs);
    checkFault(name, fault);
  });
}

/** Checks one fault, called `name` in what it throws. @throws RangeError as `checkSchedule`. */
export function checkFault(name: string, fault: unknown): asserts fault is Fault {
  const { kind, ...fields } = recordOf(name, fault);
  const rules = typeof kind === 'string' ? rulesByKind.get(kind) : undefined;
  if (rules === undefined)
    refuse(`${name}.kind`, `one of ${[...rulesByKind.keys()].join(', ')}`, kind);
  for (const [field, { check, isRequired }] of Object.entries(rules)) {
    const value = fields[field];
    if (value !== undefined || isRequired) check(`${name}.${field}`, value);
  }
  const unknown = Object.keys(fields).find((field) => !Object.hasOwn(rules, field));
  if (unknown !== undefined) {
    const known = Object.keys(rules).join(', ') || 'none';
    refuse(name, `fields of '${String(kind)}' (${known})`, unknown);
  }
}

/** The nodes that `fault` names. */
export function nodesOf(fault: Fault): readonly string[] {
  if ('node' in fault) return [fault.node];
  if ('nodes' in fault) return fault.nodes;
  if (!('left' in fault)) return [];
  return [fault.left, fault.right].flat();
}

type Check = (name: string, value: unknown) => void;

interface FieldRule {
  readonly check: Check;
  readonly isRequired: boolean;
}

type FieldRules = Readonly<Record<string, FieldRule>>;

const required = (check: Check): FieldRule => ({ check, isRequired: true });
const optional = (check: Check): FieldRule => ({ check, isRequired: false });

const text: Check = (name, value) => {
  if (typeof value !== 'string') refuse(name, 'a text', value);
};

const flag: Check = (name, value) => {
  if (typeof value !== 'boolean') refuse(name, 'true or false', value);
};

const texts: Check = (name, value) => {
  if (!Array.isArray(value)) refuse(name, 'an array of node ids', value);
  value.forEach((item: unknown, index) => text(`${name}[${index}]`, item));
};

const oneOf =
  (...allowed: readonly string[]): Check =>
  (name, value) => {
    if (typeof value !== 'string' || !allowed.includes(value)) {
      refuse(name, allowed.map((item) => `'${item}'`).join(' or '), value);
    }
  };

const within =
  (min: number, max: number): Check =>
  (name, value) => {
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      refuse(name, `a number, ${min}..${max}`, value);
    }
  };

const atLeastZero = within(0, Number.MAX_SAFE_INTEGER);
const rate = within(0, 1);

const integerFrom =
  (min: number): Check =>
  (name, value) => {
    if (!(typeof value === 'number' && Number.isSafeInteger(value) && value >= min)) {
      refuse(name, `an integer, at least ${min}`, value);
    }
  };

const node = { node: required(text) };
const groups = {
  left: required(texts),
  right: required(texts),
  direction: optional(oneOf('both', 'forward', 'backward')),
};
const name = { name: optional(text) };

const rulesByKind: ReadonlyMap<string, FieldRules> = new Map<Fault['kind'], FieldRules>([
  ['crash', { ...node, mode: optional(oneOf('power', 'process')), isNoticed: optional(flag) }],
  ['restart', node],
  ['stop', node],
  ['pause', node],
  ['resume', node],
  ['partition', { ...name, ...groups }],
  ['ring', { ...name, nodes: required(texts) }],
  ['heal', name],
  ['clog', groups],
  ['unclog', groups],
  [
    'reset',
    {
      left: required(text),
      right: required(text),
      noticedBy: optional(oneOf('left', 'right', 'both', 'neither')),
    },
  ],
  [
    'network',
    {
      delay: optional(checkDelayDistribution),
      lossRate: optional(rate),
      duplicationRate: optional(rate),
      replayRate: optional(rate),
      bandwidthBytesPerSecond: optional(within(1, Number.MAX_SAFE_INTEGER)),
    },
  ],
  ['wallJump', { ...node, byMs: required(within(-8.64e15, 8.64e15)) }],
  ['drift', { ...node, ppm: required(within(-500_000, 500_000)) }],
  ['failSyncs', { ...node, count: required(integerFrom(0)) }],
  ['failReads', { ...node, count: required(integerFrom(0)) }],
  ['misdirectWrites', { ...node, count: required(integerFrom(0)) }],
  ['diskFull', { ...node, isFull: required(flag) }],
  ['slowDisk', { ...node, factor: required(within(0, 1e9)) }],
  ['bitRot', { ...node, pathPrefix: required(text), bitCount: required(integerFrom(1)) }],
  ['calm', {}],
]);

function recordOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(name, 'an object', value);
  }
  return { ...value };
}

function refuse(name: string, expected: string, value: unknown): never {
  throw new RangeError(`${name}: expected ${expected}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  // JSON has no NaN and no undefined, and would call both something else.
  if (typeof value === 'number' || value === undefined) return String(value);
  return JSON.stringify(value);
}
