import type { Context, MiddlewareHandler } from 'hono';

import { problem } from '../http/problem.ts';

/** Answers nobody but admins, whatever is asked: also to reading, which tells where to strike. */
export function adminsOnly(mayAdminister: (context: Context) => boolean): MiddlewareHandler {
  return async (context, next) => {
    if (mayAdminister(context)) return next();
    const expected = 'an API key of an admin, or the token of the supervisor';
    return problem('unauthorized', { detail: `authorization: expected ${expected}` });
  };
}
