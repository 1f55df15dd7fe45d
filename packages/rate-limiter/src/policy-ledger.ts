import type { RateAlgorithm } from './algorithms/algorithm.ts';
import { createAlgorithm } from './algorithms/create-algorithm.ts';
import { copyLog, SlidingWindowLog } from './algorithms/sliding-window-log.ts';
import { BlockList } from './block-list.ts';
import { KeyTable, type KeyTableLimits } from './key-table.ts';
import type { RatePolicy } from './policy.ts';

/** A policy, how it counts, and where its keys are. */
export interface Limit {
  readonly policy: RatePolicy;
  readonly algorithm: RateAlgorithm;
  readonly ledger: PolicyLedger;
}

/**
 * What is known of all keys of one policy, by its kind and name.
 *
 * Policies that differ in their numbers alone share it: the numbers that a state holds mean the
 * same under each of them.
 */
export class PolicyLedger {
  readonly kind: RatePolicy['kind'];
  readonly name: string;
  /** The keys that are blocked. */
  readonly blocks: BlockList;
  readonly #limits: KeyTableLimits;
  readonly #maxLogEntries: number;
  #policy: RatePolicy;
  #algorithm: RateAlgorithm;
  #table: KeyTable;

  constructor(policy: RatePolicy, limits: KeyTableLimits, maxLogEntries: number) {
    this.kind = policy.kind;
    this.name = policy.name;
    this.#limits = limits;
    this.#maxLogEntries = maxLogEntries;
    this.#policy = policy;
    this.#algorithm = createAlgorithm(policy);
    this.#table = this.#createTable(this.#algorithm);
    this.blocks = new BlockList(limits.maxKeys);
  }

  /** The states. Another one after a log's limit was raised. */
  get table(): KeyTable {
    return this.#table;
  }

  /** The policy that was used last; what has rested is judged by it. */
  get policy(): RatePolicy {
    return this.#policy;
  }

  /** How that policy counts. */
  get algorithm(): RateAlgorithm {
    return this.#algorithm;
  }

  /** Counts by `policy`, which has the kind and name of this ledger, from now on. */
  adopt(policy: RatePolicy): Limit {
    const algorithm = createAlgorithm(policy);
    this.#policy = policy;
    this.#algorithm = algorithm;
    if (algorithm.width > this.#table.width && algorithm instanceof SlidingWindowLog) {
      this.#table = this.#widened(algorithm);
    }
    return { policy, algorithm, ledger: this };
  }

  /** Blocks `key`, see `BlockList.set`. */
  block(key: string, nowUs: number, durationUs: number): void {
    this.blocks.set(key, nowUs, durationUs);
    this.#table.unsettle();
  }

  #createTable({ width }: RateAlgorithm): KeyTable {
    const isLog = this.kind === 'slidingWindowLog';
    const affordable = isLog
      ? Math.max(1, Math.floor((2 * this.#maxLogEntries) / width))
      : Infinity;
    const maxKeys = Math.min(this.#limits.maxKeys, affordable);
    return new KeyTable(width, { ...this.#limits, maxKeys });
  }

  /** The table with room for longer logs. The one change that looks at every key. */
  #widened(algorithm: SlidingWindowLog): KeyTable {
    const before = this.#table;
    const after = this.#createTable(algorithm);
    for (const [key, slot] of before.entries()) {
      const to = after.insert(key, 0, algorithm);
      copyLog(
        before.pageOf(slot),
        before.offsetOf(slot),
        algorithm,
        after.pageOf(to),
        after.offsetOf(to),
      );
    }
    // Nobody may go on counting in it.
    before.unsettle();
    return after;
  }
}
