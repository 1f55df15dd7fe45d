/**
 * The page without a server has another router than nodes have, as that is smaller. Both have to
 * find the same. Method: every route of a node and of a simulated cluster is put into both, and
 * each is asked for paths that are right, and for such that are nearly right.
 */
import type { Hono } from 'hono';
import type { Router } from 'hono/router';
import { Hono as TinyHono } from 'hono/tiny';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { createSimApi } from '../../src/sim/sim-routes.ts';
import { SimSupervisor } from '../../src/sim/sim-supervisor.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** Paths that a route takes, and paths around them. */
function pathsLike(route: string): readonly string[] {
  const path = route.replace(/:\w+/g, 'n1').replace(/\*$/, 'b/c');
  const shorter = path.slice(0, path.lastIndexOf('/'));
  return [path, `${path}/more`, `${path}x`, shorter, path.replace('n1', '%2F')].filter(Boolean);
}

/** Which routes a router finds, in their order, and what it takes out of the path. */
function found(router: Router<number>, method: string, path: string): unknown {
  const [handlers, values = []] = router.match(method, path);
  return handlers.map(([index, params]) => {
    const named = Object.entries(params).map(([name, value]): [string, unknown] => [
      name,
      typeof value === 'number' ? values[value] : value,
    ]);
    return [index, Object.fromEntries(named)];
  });
}

function routersOf(app: Hono): readonly [Router<number>, Router<number>] {
  const Usual = app.constructor as new () => { router: Router<number> };
  const [usual, tiny] = [
    new Usual().router,
    new TinyHono().router as Router<unknown> as Router<number>,
  ];
  for (const [index, { method, path }] of app.routes.entries()) {
    usual.add(method, path, index);
    tiny.add(method, path, index);
  }
  return [usual, tiny];
}

const apps: readonly [name: string, appOf: () => Promise<Hono>][] = [
  [
    'a node',
    async () => {
      const cluster = new SimulatedCluster({ nodeCount: 3 });
      await cluster.elect();
      return cluster.node(nodeId('n1')).app;
    },
  ],
  [
    'a simulated cluster',
    () => {
      const plan = { seed: 1, scenario: undefined, atMs: 0, inputs: [] };
      return Promise.resolve(createSimApi(new SimSupervisor(plan)));
    },
  ],
];

test.each(apps)('the small router finds the routes of %s as the usual one', async (_, appOf) => {
  const app = await appOf();
  const [usual, tiny] = routersOf(app);
  const paths = new Set(app.routes.flatMap(({ path }) => pathsLike(path)));
  expect(paths.size).toBeGreaterThan(20);
  for (const path of paths) {
    for (const method of methods) {
      expect({ method, path, found: found(tiny, method, path) }).toEqual({
        ...{ method, path },
        found: found(usual, method, path),
      });
    }
  }
});
