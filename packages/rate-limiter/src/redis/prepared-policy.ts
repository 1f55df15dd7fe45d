import type { RateAlgorithm } from '../algorithms/algorithm.ts';
import { createAlgorithm } from '../algorithms/create-algorithm.ts';
import { divideProduct } from '../algorithms/divide-product.ts';
import { windowPhaseUs } from '../algorithms/fixed-window.ts';
import { admittedBy, limitedBy } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { assertPolicy, type RatePolicy } from '../policy.ts';
import { describePolicy } from './charge-id.ts';
import { escapedName, type NameKind } from './key-encoding.ts';
import { RedisStoreError } from './redis-store-error.ts';
import type { RedisScript } from './script-runner.ts';
import { takeScripts } from './take-scripts.ts';

/** What a script tells of one key: see `takeBy`. */
export interface KeyAnswer {
  /** 0: denied, 1: admitted, 2: blocked until `x`. */
  readonly status: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A policy as scripts want it, made once for each. */
export interface PreparedPolicy {
  readonly policy: RatePolicy;
  readonly algorithm: RateAlgorithm;
  readonly nameKind: NameKind;
  /** The policy's name, for names in Redis. */
  readonly name: string;
  /** How to ask for one key. */
  readonly callFor: (key: string, need: number, cost: number) => ScriptCall;
  /** The number by which scripts over several keys know the rule. */
  readonly code: number;
  /** After how long a charge matters no more. */
  readonly horizonUs: number;
  /** What must be free, what is charged, and the numbers of the policy. */
  readonly argumentsOf: (key: string, need: number, cost: number) => readonly string[];
  /** The policy, for the names of charges. */
  readonly text: string;
}

/** A script and its arguments. */
export interface ScriptCall {
  readonly script: RedisScript;
  readonly args: readonly string[];
  /** How long the cost takes, where an answer may leave out the arrival time: see `wholeGcra`. */
  readonly durationUs?: number;
}

interface Fixed {
  readonly nameKind: NameKind;
  readonly script: RedisScript;
  readonly code: number;
}

const kinds: Readonly<Record<RatePolicy['kind'], Fixed>> = {
  gcra: { nameKind: 'gcra1', script: takeScripts.gcra, code: 1 },
  tokenBucket: { nameKind: 'bucket1', script: takeScripts.bucket, code: 2 },
  fixedWindow: { nameKind: 'fixed1', script: takeScripts.fixed, code: 3 },
  slidingWindowLog: { nameKind: 'log1', script: takeScripts.log, code: 4 },
  slidingWindowCounter: { nameKind: 'counter1', script: takeScripts.counter, code: 5 },
};

/**
 * Checks and prepares `policy`.
 *
 * @throws RangeError or TypeError if it is none.
 */
export function preparePolicy(policy: RatePolicy): PreparedPolicy {
  assertPolicy(policy);
  const algorithm = createAlgorithm(policy);
  const { nameKind, code, script } = kinds[policy.kind];
  const numbersOf = numbersFor(policy, algorithm.horizonUs);
  const argumentsOf = (key: string, need: number, cost: number): readonly string[] =>
    numbersOf(key, need, cost).map(String);
  const callOf = (key: string, need: number, cost: number): ScriptCall =>
    wholeCall(policy, need, cost) ?? { script, args: argumentsOf(key, need, cost) };
  // Most requests cost 1, and cost it again. Aligned windows depend on the key.
  const unit = callOf('', 1, 1);
  const isKeyed = policy.kind === 'fixedWindow';
  return {
    nameKind,
    name: escapedName(policy.name),
    code,
    policy,
    algorithm,
    horizonUs: algorithm.horizonUs,
    argumentsOf,
    callFor: (key, need, cost) =>
      need === 1 && cost === 1 && !isKeyed ? unit : callOf(key, need, cost),
    text: describePolicy(policy),
  };
}

/** The short way of GCRA, if it is open: see `wholeGcra`. */
function wholeCall(policy: RatePolicy, need: number, cost: number): ScriptCall | undefined {
  if (policy.kind !== 'gcra' || need !== cost || cost === 0) return undefined;
  const windowUs = Math.round(policy.windowMs * 1_000);
  const duration = divideProduct(cost, windowUs, policy.limit);
  const tolerance = divideProduct(policy.burst, windowUs, policy.limit);
  if (duration.whole === 0 || duration.rest + tolerance.rest > 0) return undefined;
  const args = [duration.whole, tolerance.whole, policy.limit].map(String);
  return { script: takeScripts.wholeGcra, args, durationUs: duration.whole };
}

type NumbersOf = (key: string, need: number, cost: number) => readonly number[];

function numbersFor(policy: RatePolicy, horizonUs: number): NumbersOf {
  const { limit } = policy;
  const windowUs = Math.round(policy.windowMs * 1_000);
  switch (policy.kind) {
    case 'gcra': {
      const durationOf = (cost: number) => divideProduct(cost, windowUs, limit);
      const tolerance = durationOf(policy.burst);
      return (_key, need, cost) => {
        const [needed, charged] = [durationOf(need), durationOf(cost)];
        const rests = [needed.rest, charged.rest, limit];
        return [needed.whole, charged.whole, ...rests, tolerance.whole, tolerance.rest];
      };
    }
    case 'tokenBucket':
      return (_key, need, cost) => [need, cost, policy.burst, limit, windowUs, horizonUs];
    case 'fixedWindow': {
      const isAligned = policy.anchor === 'aligned';
      return (key, need, cost) => {
        return [need, cost, limit, windowUs, isAligned ? windowPhaseUs(key, windowUs) : -1];
      };
    }
    case 'slidingWindowLog':
    case 'slidingWindowCounter':
      return (_key, need, cost) => [need, cost, limit, windowUs];
  }
}

/** Numbers that answers are put into for the core to read, one answer at a time. */
const scratch = new Float64Array(6);

/** The state that `answer` tells of, as the core keeps it. */
function cellsOf({ policy }: PreparedPolicy, { x, y, z }: KeyAnswer): Float64Array {
  if (policy.kind === 'slidingWindowLog') {
    // The log's script tells a total and the newest instant: a ring of one entry has both.
    scratch.set([1, 0, y > 0 ? 1 : 0, x, y, x]);
  } else {
    scratch[0] = x;
    scratch[1] = y;
    scratch[2] = z;
  }
  return scratch;
}

/** What one script over one key has answered, and when. */
export interface TimedAnswer extends KeyAnswer {
  readonly nowUs: number;
}

/** Reads what the script of `call` has answered. A client may give numbers as texts. */
export function readAnswer(answer: unknown, { durationUs }: ScriptCall): TimedAnswer {
  if (!Array.isArray(answer)) {
    const nowUs = Number(answer);
    if (durationUs === undefined || !Number.isSafeInteger(nowUs)) throw unreadable();
    return { nowUs, status: 1, x: nowUs + durationUs, y: 0, z: 0 };
  }
  const list: readonly unknown[] = answer;
  const [now, status, x, y = 0, z = 0] = list;
  const nowUs = Number(now);
  if (x !== undefined) {
    return { nowUs, status: Number(status), x: Number(x), y: Number(y), z: Number(z) };
  }
  const due = Number(status);
  return { nowUs, status: due > 0 ? 1 : 0, x: Math.abs(due), y: 0, z: 0 };
}

function unreadable(): RedisStoreError {
  return new RedisStoreError('Redis answered with no list', { definite: false });
}

/** The decision about a request that needed `need`. */
export function decisionOf(
  prepared: PreparedPolicy,
  answer: KeyAnswer,
  nowUs: number,
  need: number,
): Decision {
  const { policy, algorithm } = prepared;
  if (answer.status === 2) return blockedUntil(policy, answer.x, nowUs);
  const cells = cellsOf(prepared, answer);
  if (answer.status === 1) return admittedBy(policy, algorithm, cells, 0, nowUs);
  return limitedBy(
    policy,
    algorithm,
    cells,
    0,
    nowUs,
    waitOf(prepared, answer, nowUs, need, cells),
  );
}

function waitOf(
  { policy, algorithm }: PreparedPolicy,
  { z }: KeyAnswer,
  nowUs: number,
  need: number,
  cells: Float64Array,
): number {
  if (need > algorithm.capacity) return Infinity;
  return policy.kind === 'slidingWindowLog' ? z : algorithm.waitUs(cells, 0, nowUs, need);
}

function blockedUntil({ name, limit }: RatePolicy, endsUs: number, nowUs: number): Decision {
  const retryAfterMs = (endsUs - nowUs) / 1_000;
  const base = { policyName: name, limit, remaining: 0, resetAfterMs: retryAfterMs };
  return { ...base, kind: 'limited', reason: 'blocked', retryAfterMs };
}

/** What a check in shadow mode answers for one that would have limited. */
export function shadowOf(decision: Decision): Decision {
  const { policyName, limit, remaining, resetAfterMs } = decision;
  return { kind: 'admitted', reason: 'shadow', policyName, limit, remaining, resetAfterMs };
}

/** The instant that the charge just made is counted under. */
export function chargedAtOf(prepared: PreparedPolicy, answer: KeyAnswer, nowUs: number): number {
  if (prepared.policy.kind === 'slidingWindowLog') return answer.y;
  return prepared.algorithm.chargedAtUs(cellsOf(prepared, answer), 0, nowUs);
}
