/**
 * Who may call, and how often: the gateway in front of `/v1`.
 *
 * API keys and quotas are in the control plane. A quota holds for the whole cluster: each key of a
 * client is counted by one node, from which the others lease small parts, and who cannot reach it
 * decides with a share of his own.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { gcra } from '@quorate/rate-limiter';
import { ClusterStore, type Placement, rendezvousPlacement } from '@quorate/rate-limiter/cluster';
import { type HttpLimit, storeLimit } from '@quorate/rate-limiter/http';
import { honoRateLimit } from '@quorate/rate-limiter/hono';
import type { Clock, NodeId, Requester } from '@quorate/transport';
import type { Context, MiddlewareHandler } from 'hono';

import { type ApiKey, apiKeysOf, type Quota, quotaOf } from '../../config/cluster-map.ts';
import type { ConfigStore } from '../../config/config-store.ts';
import { LimitWatch } from '../../observe/limit-figures.ts';
import type { Accounts, Usage } from '../../operations/account-api.ts';
import { isSameText } from '../../same-text.ts';
import { problem } from '../../http/problem.ts';

/** What admission is made of. */
export interface AdmissionOptions {
  readonly store: Pick<ConfigStore, 'get'>;
  readonly localId: NodeId;
  readonly requester: Requester;
  readonly clock: Clock;
}

/** Who calls when there are no API keys. */
const anyone: ApiKey = { name: 'anyone', sha256: '', role: 'admin' };
const nobody: ApiKey = { name: '', sha256: '', role: 'client' };
const unlimited: Quota = { limit: 1_000_000, windowMs: 1_000 };
/** Charges that can be given back: more than there are requests under way. */
const CHARGES_MAX = 2_048;

/** Lets requests in. */
export class Admission implements Accounts {
  readonly #options: AdmissionOptions;
  readonly #limits: ClusterStore;
  #placement: Placement;
  /** How requests were decided, by client. */
  readonly watch = new LimitWatch();
  /** One for each quota that is in force: they are compared by identity. */
  readonly #httpLimits = new Map<string, HttpLimit>();

  constructor(options: AdmissionOptions) {
    const { localId, requester, clock } = options;
    this.#options = options;
    this.#placement = rendezvousPlacement([localId]);
    this.#limits = new ClusterStore({
      ...{ localId, requester, clock, placement: this.#placement },
      chargesMax: CHARGES_MAX,
    });
  }

  /** How decisions were come by. */
  get counters(): ClusterStore['counters'] {
    return this.#limits.counters;
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
    const { remaining = 0, resetAfterMs = 0, reason } = decisions[0] ?? {};
    const countedBy = this.#placement.ownerOf(name);
    const counted = countedBy === this.#options.localId ? 'owned' : 'lease';
    const source = reason === 'localShare' ? reason : counted;
    return { name: 'api', ...this.quotaOf(name), remaining, resetAfterMs, countedBy, source };
  }

  /** Whether a request may change what the cluster itself reads. */
  readonly isAdmin = (context: Context): boolean => this.callerOf(context).role === 'admin';

  /** Whether a request has the API key of an admin, which nobody has while there are no keys. */
  readonly isProvenAdmin = (context: Context): boolean => {
    const caller = this.callerOf(context);
    return caller !== anyone && caller.role === 'admin';
  };

  /** The nodes that count are others now. */
  setMembers(members: readonly NodeId[]): void {
    if (members.length === 0) return;
    this.#placement = rendezvousPlacement(members);
    this.#limits.setPlacement(this.#placement);
  }

  /** What a caller may do. */
  quotaOf(name: string): Quota {
    return quotaOf(this.#options.store, name) ?? unlimited;
  }

  async close(): Promise<void> {
    await this.#limits.close();
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
    const made = this.watch.around(storeLimit(this.#limits, [policy]));
    this.#httpLimits.set(name, made);
    return made;
  }
}
