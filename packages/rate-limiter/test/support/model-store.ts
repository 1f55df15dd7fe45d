import type { RateAlgorithm } from '../../src/algorithms/algorithm.ts';
import { createAlgorithm } from '../../src/algorithms/create-algorithm.ts';
import { admittedBy, limitedBy } from '../../src/decide.ts';
import type { Decision } from '../../src/decision.ts';
import type { RatePolicy } from '../../src/policy.ts';
import type { Check } from '../../src/store.ts';

interface Block {
  endsUs: number;
  readonly lengthUs: number;
}

/** A check that was tried, before anything is stored. */
interface Trial {
  readonly name: string;
  readonly check: Check;
  readonly decision: Decision;
  /** What the decision is if another check does not admit the request. */
  readonly without?: Decision;
  /** The state to store if nothing is charged, if any. */
  readonly stored?: Float64Array | undefined;
  readonly charged?: Float64Array;
  readonly chargedAtUs: number;
}

/** A charge that the model can take back. */
export interface ModelCharge {
  readonly limits: readonly { readonly check: Check; readonly chargedAtUs: number }[];
  isRefunded: boolean;
}

/** What the model says to `take`. */
export interface ModelVerdict {
  readonly decisions: readonly Decision[];
  readonly charge: ModelCharge | undefined;
}

/**
 * What the scripts must do, said with the cores: a state is stored when something was charged, or
 * when it was another clock's, and never else.
 */
export class ModelStore {
  readonly #states = new Map<string, Float64Array>();
  readonly #blocks = new Map<string, Block>();

  take(checks: readonly Check[], nowUs: number): ModelVerdict {
    const tried = checks.map((check) => this.#try(check, nowUs));
    const isHeld = tried.some(
      ({ check, decision }) => decision.kind === 'limited' && check.mode !== 'shadow',
    );
    for (const { name, stored, charged, decision } of tried) {
      if (decision.kind === 'limited' || !isHeld) {
        const next = charged ?? stored;
        if (next === undefined) continue;
        this.#states.set(name, next);
        // What is stored anew leaves out a block that has ended.
        this.#blocks.delete(name);
      }
    }
    const decisions = tried.map(({ check, decision, without }) => {
      if (decision.kind === 'limited') {
        return check.mode === 'shadow' ? watched(decision) : decision;
      }
      return isHeld ? (without ?? decision) : decision;
    });
    const limits = tried
      .filter(({ check, charged }) => charged !== undefined && check.cost > 0)
      .map(({ check, chargedAtUs }) => ({ check, chargedAtUs }));
    const isCharged = !isHeld && limits.length > 0;
    return { decisions, charge: isCharged ? { limits, isRefunded: false } : undefined };
  }

  refund(charge: ModelCharge, nowUs: number): void {
    if (charge.isRefunded) return;
    charge.isRefunded = true;
    for (const { check, chargedAtUs } of charge.limits) {
      const algorithm = createAlgorithm(check.policy);
      const state = this.#states.get(nameOf(check.key, check.policy));
      if (state === undefined || nowUs - chargedAtUs >= algorithm.horizonUs) continue;
      const cells = stateFor(algorithm, check.key, state);
      if (check.policy.kind === 'slidingWindowLog' && isAhead(check.policy, cells, nowUs)) continue;
      algorithm.advance(cells, 0, nowUs);
      const before = cells.slice();
      algorithm.refund(cells, 0, nowUs, check.cost, chargedAtUs);
      const isChanged = cells.some((cell, index) => cell !== before[index]);
      const name = nameOf(check.key, check.policy);
      if (!isChanged) continue;
      if (algorithm.restedAtUs(cells, 0) <= nowUs) this.#states.delete(name);
      else this.#states.set(name, cells);
    }
  }

  block(key: string, policy: RatePolicy, durationMs: number, nowUs: number): void {
    const lengthUs = Math.round(durationMs * 1_000);
    const name = nameOf(key, policy);
    if (lengthUs === 0) this.#blocks.delete(name);
    else this.#blocks.set(name, { endsUs: nowUs + lengthUs, lengthUs });
  }

  reset(key: string, policy: RatePolicy): void {
    this.#states.delete(nameOf(key, policy));
    this.#blocks.delete(nameOf(key, policy));
  }

  /** Everything, as after a restart without a disk. */
  clear(): void {
    this.#states.clear();
    this.#blocks.clear();
  }

  #try(check: Check, nowUs: number): Trial {
    const { key, policy, cost, headroom = 0 } = check;
    const name = nameOf(key, policy);
    const algorithm = createAlgorithm(policy);
    const blocked = this.#blockedUntil(name, nowUs);
    if (blocked !== undefined) {
      return { name, check, decision: blockedBy(policy, blocked - nowUs), chargedAtUs: 0 };
    }
    const cells = stateFor(algorithm, key, this.#states.get(name));
    const stored = isAhead(policy, cells, nowUs) ? cells : undefined;
    algorithm.advance(cells, 0, nowUs);
    const need = cost + headroom;
    const waitUs = need === 0 ? 0 : algorithm.waitUs(cells, 0, nowUs, need);
    if (waitUs > 0) {
      const decision = limitedBy(policy, algorithm, cells, 0, nowUs, waitUs);
      return { name, check, decision, stored, chargedAtUs: 0 };
    }
    const without = admittedBy(policy, algorithm, cells, 0, nowUs);
    if (cost === 0) return { name, check, decision: without, without, stored, chargedAtUs: 0 };
    const charged = cells.slice();
    algorithm.charge(charged, 0, nowUs, cost);
    const decision = admittedBy(policy, algorithm, charged, 0, nowUs);
    const chargedAtUs = algorithm.chargedAtUs(charged, 0, nowUs);
    return { name, check, decision, without, stored, charged, chargedAtUs };
  }

  #blockedUntil(name: string, nowUs: number): number | undefined {
    const block = this.#blocks.get(name);
    if (block === undefined) return undefined;
    if (block.endsUs - nowUs > block.lengthUs) block.endsUs = nowUs + block.lengthUs;
    return block.endsUs > nowUs ? block.endsUs : undefined;
  }
}

function nameOf(key: string, { kind, name }: RatePolicy): string {
  return `${kind}\n${name}\n${key}`;
}

function stateFor(
  algorithm: RateAlgorithm,
  key: string,
  state: Float64Array | undefined,
): Float64Array {
  const cells = state?.slice() ?? new Float64Array(algorithm.width);
  algorithm.begin(cells, 0, key, algorithm.width);
  return cells;
}

/** Whether the state is of a clock that was further ahead than steps back reach. */
function isAhead(policy: RatePolicy, cells: Float64Array, nowUs: number): boolean {
  const { horizonUs } = createAlgorithm(policy);
  const [first = 0, second = 0, third = 0] = cells;
  switch (policy.kind) {
    case 'gcra':
      return first - nowUs > 2 * horizonUs;
    case 'tokenBucket':
      return first > 0 && third - nowUs > horizonUs;
    case 'fixedWindow':
      return second > 0 && first - nowUs > horizonUs;
    case 'slidingWindowCounter':
      return second + third > 0 && first - nowUs > horizonUs;
    case 'slidingWindowLog': {
      const [ringSize = 1, head = 0, count = 0] = cells;
      const newest = cells[4 + 2 * ((head + count - 1) % ringSize)] ?? 0;
      return count > 0 && newest - nowUs > horizonUs;
    }
  }
}

function blockedBy({ name, limit }: RatePolicy, waitUs: number): Decision {
  const waitMs = waitUs / 1_000;
  const base = { policyName: name, limit, remaining: 0, resetAfterMs: waitMs };
  return { ...base, kind: 'limited', reason: 'blocked', retryAfterMs: waitMs };
}

function watched({ policyName, limit, remaining, resetAfterMs }: Decision): Decision {
  return { kind: 'admitted', reason: 'shadow', policyName, limit, remaining, resetAfterMs };
}
