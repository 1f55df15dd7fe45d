import type { Hono, HonoRequest } from 'hono';

import { problem } from './problem.ts';

/** The problem of a request that no route of `app` serves: the path is wrong, or the method. */
export function noRoute(
  app: Hono,
  { method, path }: Pick<HonoRequest, 'method' | 'path'>,
): Response {
  const methods = new Set(
    app.routes
      .filter((route) => route.method !== 'ALL' && isLike(path, route.path))
      .map((route) => route.method),
  );
  if (methods.size === 0) return problem('not_found', { detail: `nothing at ${path}` });
  if (methods.has('GET')) methods.add('HEAD');
  const allowed = [...methods].toSorted().join(', ');
  const detail = `expected ${allowed}, got ${method}`;
  const response = problem('method_not_allowed', { detail });
  response.headers.set('allow', allowed);
  return response;
}

function isLike(path: string, pattern: string): boolean {
  if (pattern.endsWith('/*')) return path.startsWith(pattern.slice(0, -1));
  const parts = path.split('/');
  const expected = pattern.split('/');
  return (
    parts.length === expected.length &&
    expected.every((part, index) => part.startsWith(':') || part === parts[index])
  );
}
