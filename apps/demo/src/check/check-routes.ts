/** `/api/check`: how a check stands, what it finds, and a rule broken for show. */
import type { Hono } from 'hono';
import * as v from 'valibot';

import { problem } from '../http/problem.ts';
import { readBody } from '../http/read-request.ts';
import type { Checks } from './check-report.ts';

const commandSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('run'),
    model: v.picklist(['config', 'boards']),
    key: v.optional(v.pipe(v.string(), v.maxLength(256))),
  }),
  v.strictObject({ kind: v.literal('record'), mode: v.picklist(['on', 'off']) }),
  v.strictObject({ kind: v.literal('rule'), mode: v.picklist(['broken', 'kept']) }),
]);

/** Something that is asked of a check. */
export type CheckCommand = v.InferOutput<typeof commandSchema>;

/** Adds the routes to `api`. */
export function addCheckRoutes(api: Hono, checks: Checks): void {
  api.get('/api/check', (context) => context.json(checks.state));
  api.get('/api/check/history', () => {
    if (checks.historyText === undefined) {
      return problem('conflict', { detail: 'the history of this cluster is not told' });
    }
    const headers = { 'content-type': 'application/x-ndjson' };
    return new Response(checks.historyText(), { headers });
  });
  api.post('/api/check', async (context) => {
    const command = await readBody(context, commandSchema);
    if (command instanceof Response) return command;
    switch (command.kind) {
      case 'run':
        return context.json(await checks.run(command.model, command.key));
      case 'record':
        checks.record(command.mode);
        break;
      case 'rule':
        await checks.breakRule(command.mode);
        break;
    }
    return context.json(checks.state);
  });
}
