import type { RateAlgorithm } from './algorithms/algorithm.ts';
import { createAlgorithm } from './algorithms/create-algorithm.ts';
import { copyLog, SlidingWindowLog } from './algorithms/sliding-window-log.ts';
import { assertKey, microseconds } from './checks.ts';
import { SPARE_SLOT } from './key-table.ts';
import type { MemoryStore } from './memory-store.ts';
import {
  fixedWindow,
  gcra,
  LOG_LIMIT_MAX,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
  WINDOW_MS_MAX,
} from './policy.ts';
import type { Limit, PolicyLedger } from './policy-ledger.ts';

/** What a memory store holds, as data that JSON can hold. */
export interface MemoryDump {
  readonly version: 1;
  /** When it was made, by the clock that its states count in. */
  readonly nowUs: number;
  /** The same instant by the wall clock, which another process can compare. */
  readonly wallTimeMs: number;
  readonly ledgers: readonly LedgerDump[];
}

/** What is known of the keys of one policy. */
export interface LedgerDump {
  readonly policy: RatePolicy;
  /** Each key and its numbers, zeros at the end left out. */
  readonly keys: readonly (readonly [key: string, cells: readonly number[]])[];
  /** Each blocked key and how long it stays so. */
  readonly blocks: readonly (readonly [key: string, leftUs: number])[];
}

/** Everything in `store` that has not rested. */
export function dumpOf(store: MemoryStore, nowMs: number, wallTimeMs: number): MemoryDump {
  const nowUs = microseconds(nowMs);
  const ledgers = [...store.ledgers()].map((ledger) => ({
    policy: ledger.policy,
    keys: [...keysOf(ledger, nowUs)],
    blocks: [...ledger.blocks.entries(nowUs)],
  }));
  return { version: 1, nowUs, wallTimeMs, ledgers };
}

function* keysOf(
  { table, algorithm }: PolicyLedger,
  nowUs: number,
): Generator<readonly [string, readonly number[]]> {
  for (const [key, slot] of table.entries()) {
    const at = table.offsetOf(slot);
    const page = table.pageOf(slot);
    if (algorithm.restedAtUs(page, at) <= nowUs) continue;
    yield [key, withoutZeros(page.subarray(at, at + table.width))];
  }
}

function withoutZeros(cells: Float64Array): readonly number[] {
  let length = cells.length;
  while (length > 0 && cells[length - 1] === 0) length -= 1;
  return [...cells.subarray(0, length)];
}

/**
 * Puts `dump` into `store`: checks all of it, then changes.
 *
 * @throws RangeError or TypeError if it is malformed or of a newer version.
 */
export function restoreInto(
  store: MemoryStore,
  dump: unknown,
  nowMs: number,
  wallTimeMs: number,
): void {
  const nowUs = microseconds(nowMs);
  const record = recordOf('dump', dump);
  if (record['version'] !== 1) {
    throw new RangeError(`dump.version: expected 1, got ${String(record['version'])}`);
  }
  const dumpedUs = wholeOf('dump.nowUs', record['nowUs']);
  const dumpedMs = numberOf('dump.wallTimeMs', record['wallTimeMs']);
  const plans = listOf('dump.ledgers', record['ledgers']).map(planOf);
  // A wall clock may have been set back since; nothing is prolonged by that.
  const elapsedUs = Math.max(0, Math.round((wallTimeMs - dumpedMs) * 1_000));
  for (const { policy, keys, blocks } of plans) {
    const limit = store.limitOf(policy);
    for (const [key, cells] of keys) {
      limit.algorithm.shift(cells, 0, nowUs - dumpedUs - elapsedUs);
      if (limit.algorithm.restedAtUs(cells, 0) > nowUs) place(limit, key, cells, nowUs);
    }
    for (const [key, leftUs] of blocks) {
      if (leftUs > elapsedUs) limit.ledger.block(key, nowUs, leftUs - elapsedUs);
    }
  }
}

function place({ algorithm, ledger }: Limit, key: string, cells: RateCells, nowUs: number): void {
  const { table } = ledger;
  table.remove(key);
  const slot = table.insert(key, nowUs, algorithm);
  if (slot === SPARE_SLOT) return;
  const page = table.pageOf(slot);
  const at = table.offsetOf(slot);
  if (algorithm instanceof SlidingWindowLog) copyLog(cells, 0, algorithm, page, at);
  else page.set(cells, at);
}

type RateCells = Float64Array;

interface LedgerPlan {
  readonly policy: RatePolicy;
  readonly keys: readonly (readonly [key: string, cells: RateCells])[];
  readonly blocks: readonly (readonly [key: string, leftUs: number])[];
}

function planOf(value: unknown): LedgerPlan {
  const record = recordOf('dump.ledgers', value);
  const policy = policyOf(record['policy']);
  const algorithm = createAlgorithm(policy);
  const keys = listOf('dump.keys', record['keys']).map((entry) => {
    const [key, cells] = listOf('dump.keys', entry);
    const numbers = listOf('dump.keys', cells).map((cell) => wholeOf('dump.keys', cell));
    return [keyOf(key), stateOf(algorithm, numbers)] as const;
  });
  const blocks = listOf('dump.blocks', record['blocks']).map((entry) => {
    const [key, left] = listOf('dump.blocks', entry);
    const leftUs = wholeOf('dump.blocks', left);
    if (leftUs > 0 && leftUs <= WINDOW_MS_MAX * 1_000) return [keyOf(key), leftUs] as const;
    throw new RangeError(`dump.blocks: expected at most 400 days, got ${leftUs} us`);
  });
  return { policy, keys, blocks };
}

/** A state of these numbers, the zeros at its end put back. */
function stateOf(algorithm: RateAlgorithm, numbers: readonly number[]): RateCells {
  const ring = Math.min(LOG_LIMIT_MAX, Math.max(0, numbers[0] ?? 0));
  const isLog = algorithm instanceof SlidingWindowLog;
  const cells = new Float64Array(isLog ? SlidingWindowLog.widthFor(ring) : algorithm.width);
  if (numbers.length <= cells.length) {
    cells.set(numbers);
    if (algorithm.isState(cells, 0)) return cells;
  }
  throw new RangeError(`dump.keys: expected the state of a key, got ${numbers.join(' ')}`);
}

function policyOf(value: unknown): RatePolicy {
  const record = recordOf('dump.policy', value);
  const name = textOf('dump.policy.name', record['name']);
  const limit = numberOf('dump.policy.limit', record['limit']);
  const windowMs = numberOf('dump.policy.windowMs', record['windowMs']);
  const base = { name, limit, windowMs };
  switch (record['kind']) {
    case 'gcra':
      return gcra({ ...base, burst: numberOf('dump.policy.burst', record['burst']) });
    case 'tokenBucket':
      return tokenBucket({ ...base, burst: numberOf('dump.policy.burst', record['burst']) });
    case 'fixedWindow':
      return record['anchor'] === 'firstRequest'
        ? fixedWindow({ ...base, anchor: 'firstRequest' })
        : fixedWindow({ ...base, anchor: 'aligned' });
    case 'slidingWindowLog':
      return slidingWindowLog(base);
    case 'slidingWindowCounter':
      return slidingWindowCounter(base);
    default:
      throw new RangeError(`dump.policy.kind: expected that of a policy, got another`);
  }
}

function keyOf(value: unknown): string {
  const key = textOf('dump.keys', value);
  assertKey(key);
  return key;
}

function recordOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new RangeError(`${name}: expected an object, got ${typeof value}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`${name}: expected an array, got ${typeof value}`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new RangeError(`${name}: expected a string, got ${typeof value}`);
}

function numberOf(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`${name}: expected a finite number, got ${String(value)}`);
}

function wholeOf(name: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return Number(value);
  throw new RangeError(`${name}: expected a safe integer, got ${String(value)}`);
}
