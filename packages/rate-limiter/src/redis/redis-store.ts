/**
 * Limits in Redis or Valkey: one script call a decision.
 *
 * A decision reads and then writes. As two commands, two processes read the same and both admit; as
 * one script, nothing comes between. The script asks the server for the time, so that the clocks of
 * clients decide nothing, and it writes with an expiry in the same command, so that no key can stay
 * behind for ever, wherever a crash strikes. What it denies it does not write.
 *
 * A decision over several limits is one script over several keys: it reads all, and writes all or
 * none. In a Cluster they must lie on one node, so they need one hash tag: see `hashTag`.
 *
 * A decision that fails is never asked for again, since it may have been charged; `definite` in the
 * error says whether it may. What to decide then is the limiter's business, not the store's.
 */
import { systemRandom } from '@quorate/transport/system';

import { assertChecks, assertCost, assertDuration, assertKey } from '../checks.ts';
import { RateLimiterClosedError } from '../errors.ts';
import { type RatePolicy, WINDOW_MS_MAX } from '../policy.ts';
import type {
  Check,
  RateLimitStore,
  StoreCallOptions,
  StoreTakeOptions,
  Verdict,
} from '../store.ts';
import { blockScript, refundScript, resetScript } from './admin-scripts.ts';
import { chargeIdOf, type ChargedLimit, describeLimit, readChargeId } from './charge-id.ts';
import { checkedPrefix, redisKey, restOf } from './key-encoding.ts';
import {
  chargedAtOf,
  decisionOf,
  type KeyAnswer,
  type PreparedPolicy,
  preparePolicy,
  readAnswer,
  shadowOf,
} from './prepared-policy.ts';
import { type RedisClient, scriptCaller } from './redis-client.ts';
import { RedisStoreError } from './redis-store-error.ts';
import { ScriptRunner } from './script-runner.ts';
import { takeAllScript } from './take-scripts.ts';

/** What a {@link RedisStore} is made of. */
export interface RedisStoreOptions {
  /** Of ioredis or node-redis, single or Cluster. The store never closes it. */
  readonly client: RedisClient;
  /** Stands in front of every key in Redis. Default `quorate`. */
  readonly prefix?: string;
  /**
   * Which keys lie on one node of a Cluster. Checks of one decision need the same tag there. By
   * default the key itself, so that several policies for one key can be decided together.
   */
  readonly hashTag?: (key: string) => string;
  /**
   * Calls without an answer beyond which none is sent, 1..2^31-1, 10,000 by default. It bounds the
   * memory that a server which hangs can cost this process.
   */
  readonly pendingMax?: number;
}

/** How long a refund is remembered beyond the time in which the charge matters. */
const REFUND_MARGIN_MS = 60_000;

/** A {@link RateLimitStore} in Redis 6 or later, or Valkey. */
export class RedisStore implements RateLimitStore {
  readonly #runner: ScriptRunner;
  readonly #prefix: string;
  readonly #hashTag: (key: string) => string;
  /** Frozen policies cannot change after they were checked. */
  readonly #prepared = new WeakMap<RatePolicy, PreparedPolicy>();
  readonly #nonce: string;
  #chargeCount = 0;
  #isClosed = false;

  /**
   * @throws RangeError if an option is outside its range, or the client would replay commands whose
   * fate is unknown.
   */
  constructor(options: RedisStoreOptions) {
    const {
      client,
      prefix = 'quorate',
      hashTag = (key: string) => key,
      pendingMax = 10_000,
    } = options;
    assertCost('pendingMax', pendingMax);
    this.#prefix = checkedPrefix(prefix);
    this.#hashTag = hashTag;
    this.#runner = new ScriptRunner(scriptCaller(client), pendingMax);
    const words = [systemRandom.uint32(), systemRandom.uint32()];
    this.#nonce = words.map((word) => word.toString(36)).join('-');
  }

  /** Calls that Redis has not answered yet, those that nobody waits for any more among them. */
  get pendingCount(): number {
    return this.#runner.pendingCount;
  }

  // Not async: a promise around that of a single check would cost each decision three microtasks.
  take(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict> {
    const [check] = checks;
    if (checks.length === 1 && check !== undefined && check.mode !== 'shadow') {
      return this.#takeOne(check, options);
    }
    return this.#takeAll(checks, options);
  }

  async refund(chargeId: string, options?: StoreCallOptions): Promise<void> {
    this.#assertOpen();
    options?.signal?.throwIfAborted();
    const charge = readChargeId(chargeId);
    const [first] = charge?.limits ?? [];
    if (charge === undefined || first === undefined) return;
    const limits = charge.limits.map((limit) => ({ limit, prepared: this.#prepare(limit.policy) }));
    const horizonUs = Math.max(...limits.map(({ prepared }) => prepared.horizonUs));
    const memoryMs = Math.ceil(horizonUs / 1_000) + REFUND_MARGIN_MS;
    const tag = this.#hashTag(first.key);
    const keys = limits.map(({ limit, prepared }) => this.#nameOf(limit.key, prepared));
    const numbers = limits.flatMap(({ limit, prepared }) => refundNumbers(limit, prepared));
    await this.#runner.run(
      refundScript,
      [redisKey(this.#prefix, 'refunded1', tag, charge.nonce), ...keys],
      [memoryMs, ...numbers].map(String),
      options?.signal,
    );
  }

  async block(
    key: string,
    policy: RatePolicy,
    durationMs: number,
    options?: StoreCallOptions,
  ): Promise<void> {
    this.#assertOpen();
    assertKey(key);
    assertDuration('durationMs', durationMs, WINDOW_MS_MAX);
    const prepared = this.#prepare(policy);
    const args = [Math.round(durationMs * 1_000), prepared.horizonUs].map(String);
    await this.#runner.run(blockScript, [this.#nameOf(key, prepared)], args, options?.signal);
  }

  async reset(key: string, policy: RatePolicy, options?: StoreCallOptions): Promise<void> {
    this.#assertOpen();
    assertKey(key);
    const name = this.#nameOf(key, this.#prepare(policy));
    await this.#runner.run(resetScript, [name], [], options?.signal);
  }

  /** The client stays open: it is the caller's. */
  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  async #takeOne(check: Check, options: StoreTakeOptions | undefined): Promise<Verdict> {
    this.#assertOpen();
    const { key, policy, cost, headroom = 0 } = check;
    const prepared = this.#prepare(policy);
    assertKey(key);
    assertCost('cost', cost);
    assertCost('headroom', headroom);
    const need = cost + headroom;
    const keys = [this.#nameOf(key, prepared)];
    const call = prepared.callFor(key, need, cost);
    const answer = await this.#runner.run(call.script, keys, call.args, options?.signal);
    const told = readAnswer(answer, call);
    const decision = decisionOf(prepared, told, told.nowUs, need);
    if (decision.kind === 'limited' || cost === 0 || options?.refundable === false) {
      return { decisions: [decision] };
    }
    const limit = describeCharge(prepared, told, told.nowUs, check);
    return { decisions: [decision], chargeId: chargeIdOf(this.#nextNonce(), limit) };
  }

  async #takeAll(
    checks: readonly Check[],
    options: StoreTakeOptions | undefined,
  ): Promise<Verdict> {
    this.#assertOpen();
    assertChecks(checks);
    const all = checks.map((check) => ({ check, prepared: this.#prepare(check.policy) }));
    const keys = all.map(({ check, prepared }) => this.#nameOf(check.key, prepared));
    const args = all.flatMap(({ check, prepared }) => takeArguments(check, prepared));
    const answer = listOf(await this.#runner.run(takeAllScript, keys, args, options?.signal));
    const [nowUs = 0, ...told] = answer.map(Number);
    const decided = all.map(({ check, prepared }, index) => {
      const [status = 0, x = 0, y = 0, z = 0] = told.slice(4 * index, 4 * index + 4);
      const answer = { status, x, y, z };
      const decision = decisionOf(prepared, answer, nowUs, needOf(check));
      const isWatched = check.mode === 'shadow' && decision.kind === 'limited';
      return { check, prepared, answer, decision: isWatched ? shadowOf(decision) : decision };
    });
    const decisions = decided.map(({ decision }) => decision);
    if (decisions.some(({ kind }) => kind === 'limited') || options?.refundable === false) {
      return { decisions };
    }
    const limits = decided
      .filter(({ check, decision }) => check.cost > 0 && decision.reason !== 'shadow')
      .map(({ check, prepared, answer }) => describeCharge(prepared, answer, nowUs, check));
    if (limits.length === 0) return { decisions };
    return { decisions, chargeId: chargeIdOf(this.#nextNonce(), limits.join(',')) };
  }

  #prepare(policy: RatePolicy): PreparedPolicy {
    const known = this.#prepared.get(policy);
    if (known !== undefined) return known;
    const prepared = preparePolicy(policy);
    if (Object.isFrozen(policy)) this.#prepared.set(policy, prepared);
    return prepared;
  }

  #nameOf(key: string, { nameKind, name }: PreparedPolicy): string {
    const tag = this.#hashTag(key);
    return redisKey(this.#prefix, nameKind, tag, restOf(name, key, tag));
  }

  #nextNonce(): string {
    this.#chargeCount += 1;
    return `${this.#nonce}-${this.#chargeCount}`;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RateLimiterClosedError('store');
  }
}

function needOf({ cost, headroom = 0 }: Check): number {
  return cost + headroom;
}

/** For `takeAllScript`: 9 numbers, of which a policy needs 4 to 7. */
function takeArguments(check: Check, prepared: PreparedPolicy): readonly string[] {
  const args = prepared.argumentsOf(check.key, needOf(check), check.cost);
  const front = [check.mode === 'shadow' ? '1' : '0', String(prepared.code), ...args];
  return [...front, ...Array.from({ length: 9 - front.length }, () => '0')];
}

/** For `refundScript`: 9 numbers. */
function refundNumbers(
  { key, cost, chargedAtUs }: ChargedLimit,
  prepared: PreparedPolicy,
): readonly number[] {
  const [, charged = 0, ...rest] = prepared.argumentsOf(key, cost, cost).map(Number);
  const front = [prepared.code, charged, chargedAtUs, prepared.horizonUs, ...rest];
  return [...front, ...Array.from({ length: 9 - front.length }, () => 0)];
}

function describeCharge(
  prepared: PreparedPolicy,
  answer: KeyAnswer,
  nowUs: number,
  { key, cost }: Check,
): string {
  const chargedAtUs = chargedAtOf(prepared, answer, nowUs);
  return describeLimit({ key, cost, chargedAtUs }, prepared.text);
}

function listOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new RedisStoreError('Redis answered with no list', { definite: false });
}
