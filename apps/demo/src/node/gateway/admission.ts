/**
 * Who may call, and how often: the gateway in front of `/v1`.
 *
 * API keys and quotas are in the control plane. A quota holds for the whole cluster, whoever
 * counts.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { gcra } from '@quorate/rate-limiter';
import type { HttpLimit } from '@quorate/rate-limiter/http';
import { honoRateLimit } from '@quorate/rate-limiter/hono';
import type { NodeId } from '@quorate/transport';
import type { Context, MiddlewareHandler } from 'hono';

import { type ApiKey, apiKeysOf, type Quota, quotaOf } from '../../config/cluster-map.ts';
import type { ConfigStore } from '../../config/config-store.ts';
import type { QuotaCounter } from '../../limits/quota-counter.ts';
import { LimitWatch } from '../../observe/limit-figures.ts';
import type { Accounts, Usage } from '../../operations/account-api.ts';
import { isSameText } from '../../same-text.ts';
import { problem } from '../../http/problem.ts';

/** What admission is made of. */
export interface AdmissionOptions {
  readonly store: Pick<ConfigStore, 'get'>;
  readonly quotas: QuotaCounter;
}

/** Who calls when there are no API keys. */
const anyone: ApiKey = { name: 'anyone', sha256: '', role: 'admin' };
const nobody: ApiKey = { name: '', sha256: '', role: 'client' };
const unlimited: Quota = { limit: 1_000_000, windowMs: 1_000 };

/** Lets requests in. */
export class Admission implements Accounts {
  readonly #options: AdmissionOptions;
  /** How requests were decided, by client. */
  readonly watch: LimitWatch;
  /** One for each quota that is in force: they are compared by identity. */
  readonly #httpLimits = new Map<string, HttpLimit>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.watch = new LimitWatch(options.quotas);
  }

  /** Refuses strangers, with 401. */
  authenticate(): MiddlewareHandler {
    return async (context, next) => {
      if (this.#findCaller(context) === undefined) {
        return problem('unauthorized', { detail: 'authorization: expected Bearer and an API key' });
      }
      await next();
      return undefined;
    };
  }

  /** Refuses those whose quota is used up, with 429 and when to come back. */
  limit(): MiddlewareHandler {
    return honoRateLimit<Context>({
      limit: (_request, context) => this.#limitOf(context),
      key: (_request, context) => this.callerOf(context).name,
      onLimiterFailure: 'open',
    });
  }

  /** Whose API key a request has that was let in. */
  callerOf(context: Context): ApiKey {
    // It was known when the request was let in; whoever lost the key since is nobody.
    return this.#findCaller(context) ?? nobody;
  }

  /** What is left to whoever sent a request. */
  async usageOf(context: Context): Promise<Usage> {
    const { name } = this.callerOf(context);
    const { decisions } = await this.#limitOf(context).take(name, 0);
    const { remaining = 0, resetAfterMs = 0, reason = 'withinLimit' } = decisions[0] ?? {};
    const origin = this.#options.quotas.originOf(name, reason);
    return { name: 'api', ...this.quotaOf(name), remaining, resetAfterMs, ...origin };
  }

  /** Whether a request may change what the cluster itself reads. */
  readonly isAdmin = (context: Context): boolean => this.callerOf(context).role === 'admin';

  /** Whether a request has the API key of an admin, which nobody has while there are no keys. */
  readonly isProvenAdmin = (context: Context): boolean => {
    const caller = this.callerOf(context);
    return caller !== anyone && caller.role === 'admin';
  };

  /** These nodes let requests in from now on. */
  setMembers(members: readonly NodeId[]): void {
    if (members.length > 0) this.#options.quotas.setMembers(members);
  }

  /** What a caller may do. */
  quotaOf(name: string): Quota {
    return quotaOf(this.#options.store, name) ?? unlimited;
  }

  async close(): Promise<void> {
    await this.#options.quotas.close();
  }

  #findCaller(context: Context): ApiKey | undefined {
    const keys = apiKeysOf(this.#options.store);
    if (keys === undefined) return anyone;
    const secret = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (secret === undefined) return undefined;
    const digest = bytesToHex(sha256(utf8ToBytes(secret)));
    // All of them are compared, so that the time says nothing about which one is near.
    let caller: ApiKey | undefined;
    for (const key of keys) if (isSameText(key.sha256, digest)) caller = key;
    return caller;
  }

  #limitOf(context: Context): HttpLimit {
    const { limit, windowMs } = this.quotaOf(this.callerOf(context).name);
    const name = `${limit}/${windowMs}`;
    const known = this.#httpLimits.get(name);
    if (known !== undefined) return known;
    // Nobody has many quotas; who tries others all day must not fill the memory.
    if (this.#httpLimits.size >= 100) this.#httpLimits.clear();
    const policy = gcra({ name: 'api', limit, windowMs });
    const made = this.watch.around(this.#options.quotas.limitOf(policy));
    this.#httpLimits.set(name, made);
    return made;
  }
}
