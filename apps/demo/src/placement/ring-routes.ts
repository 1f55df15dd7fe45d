/** `/api/ring`: the ring as of the newest members, and what a change of them would move. */
import type { Hono } from 'hono';
import * as v from 'valibot';

import { problem } from '../http/problem.ts';
import { checked } from '../http/read-request.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import { ringPlan, type RingPlanOptions } from './ring-plan.ts';

const nodeName = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'expected a name'));
const query = v.object({ add: v.optional(nodeName), remove: v.optional(nodeName) });

/** Adds the route to `api`. */
export function addRingRoutes(api: Hono, cluster: { view(): ClusterView }): void {
  api.get('/api/ring', (context) => {
    const parsed = checked(query, context.req.query(), 'query');
    if (parsed instanceof Response) return parsed;
    const { add, remove } = parsed;
    const change: RingPlanOptions['change'] =
      add !== undefined
        ? { kind: 'add', node: add }
        : remove !== undefined
          ? { kind: 'remove', node: remove }
          : undefined;
    const options = optionsOf(cluster.view());
    if (options === undefined) {
      return problem('no_leader', { detail: 'no node has said yet who the members are' });
    }
    try {
      return context.json(ringPlan({ ...options, ...(change && { change }) }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return problem('bad_field', { field: change?.kind ?? 'ring', detail: error.message });
    }
  });
}

/** Members of the newest epoch that a node tells of, and all boards that any names. */
function optionsOf({ nodes }: ClusterView): RingPlanOptions | undefined {
  const told = nodes.flatMap(({ status }) => (status === null ? [] : [status.boards]));
  const [newest] = told.toSorted((left, right) => right.epoch - left.epoch);
  if (newest === undefined || newest.members.length === 0) return undefined;
  const boardIds = [...new Set(told.flatMap(({ digests }) => Object.keys(digests)))].toSorted();
  const { epoch, members, replicaCount } = newest;
  return { epoch, members, boardIds, ...(replicaCount !== undefined && { replicaCount }) };
}
