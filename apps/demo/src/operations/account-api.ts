/** What a caller may do, and how much of it is left: `/v1/whoami` and `/v1/limits`. */
import { type Context, Hono } from 'hono';

import { plain, serve } from '../http/endpoint.ts';
import type { ApiKey, Quota } from '../config/cluster-map.ts';
import type { Origin } from '../limits/quota-counter.ts';

/** What is left of a quota. */
export interface Usage extends Quota, Origin {
  readonly name: string;
  readonly remaining: number;
  /** After which all of it is there again, if nothing comes meanwhile. */
  readonly resetAfterMs: number;
}

/** Who calls, and what they may do. */
export interface Accounts {
  /** Whose API key a request has. */
  callerOf(context: Context): ApiKey;
  /** What a caller may do. */
  quotaOf(name: string): Quota;
  /** What is left to whoever sent a request. */
  usageOf(context: Context): Promise<Usage>;
}

/** The routes of whoever calls. */
export function createAccountApi(accounts: Accounts): Hono {
  const api = new Hono();
  serve(api, { ...plain, method: 'GET', path: '/v1/whoami' }, (_parts, context: Context) => {
    const { name, role } = accounts.callerOf(context);
    const rights = role === 'admin' ? ['boards', 'config', 'cluster'] : ['boards', 'config'];
    return context.json({ name, role, rights, quota: accounts.quotaOf(name) });
  });
  serve(api, { ...plain, method: 'GET', path: '/v1/limits' }, async (_parts, context) => {
    context.header('cache-control', 'no-store');
    return context.json(await accounts.usageOf(context));
  });
  return api;
}
