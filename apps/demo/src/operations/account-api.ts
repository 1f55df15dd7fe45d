/** What a caller may do, and how much of it is left: `/v1/whoami` and `/v1/limits`. */
import { type Context, Hono } from 'hono';

import { plain, serve } from '../http/endpoint.ts';
import type { Admission } from '../node/gateway/admission.ts';

/** The routes of whoever calls. */
export function createAccountApi(admission: Admission): Hono {
  const api = new Hono();
  serve(api, { ...plain, method: 'GET', path: '/v1/whoami' }, (_parts, context: Context) => {
    const { name, role } = admission.callerOf(context);
    const rights = role === 'admin' ? ['boards', 'config', 'cluster'] : ['boards', 'config'];
    return context.json({ name, role, rights, quota: admission.quotaOf(name) });
  });
  serve(api, { ...plain, method: 'GET', path: '/v1/limits' }, async (_parts, context) => {
    context.header('cache-control', 'no-store');
    return context.json(await admission.usageOf(context));
  });
  return api;
}
