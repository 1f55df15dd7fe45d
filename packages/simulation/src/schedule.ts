import { checkBurstyLoss } from './bursty-loss.ts';
import { checkDelayDistribution } from './delay-distribution.ts';
import type { Fault, FaultEvent } from './fault.ts';

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
  ['slowNode', { ...node, perEventMs: required(within(0, 3_600_000)) }],
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
      burstyLoss: optional(checkBurstyLoss),
      damageRate: optional(rate),
      damaged: optional(oneOf('lost', 'delivered')),
      duplicationRate: optional(rate),
      replayRate: optional(rate),
      bandwidthBytesPerSecond: optional(within(1, Number.MAX_SAFE_INTEGER)),
      linkBufferBytes: optional(within(1, Number.MAX_SAFE_INTEGER)),
    },
  ],
  ['wallJump', { ...node, byMs: required(within(-8.64e15, 8.64e15)) }],
  ['wallFreeze', { ...node, isFrozen: required(flag) }],
  [
    'leapSmear',
    {
      ...node,
      byMs: required(within(-3_600_000, 3_600_000)),
      overMs: required(within(1, Number.MAX_SAFE_INTEGER)),
    },
  ],
  ['lateTimers', { ...node, byMsMax: required(within(0, 3_600_000)) }],
  ['throttleTimers', { ...node, everyMs: required(within(0, 3_600_000)) }],
  ['drift', { ...node, ppm: required(within(-500_000, 500_000)) }],
  ['failSyncs', { ...node, count: required(integerFrom(0)) }],
  ['lieSyncs', { ...node, count: required(integerFrom(0)) }],
  ['failReads', { ...node, count: required(integerFrom(0)) }],
  ['misdirectReads', { ...node, count: required(integerFrom(0)) }],
  ['misdirectWrites', { ...node, count: required(integerFrom(0)) }],
  ['diskFull', { ...node, isFull: required(flag) }],
  ['slowDisk', { ...node, factor: required(within(0, 1e9)) }],
  ['bitRot', { ...node, pathPrefix: required(text), bitCount: required(integerFrom(1)) }],
  ['snapshotDisk', { ...node, name: required(text) }],
  ['restoreDisk', { ...node, name: required(text) }],
  ['wipeDisk', node],
  ['swapDisks', { left: required(text), right: required(text) }],
  ['upgrade', { ...node, release: required(integerFrom(1)) }],
  ['twin', node],
  ['endTwin', node],
  ['buggify', { share: required(rate) }],
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
