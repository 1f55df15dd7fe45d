/** What the page asks of a run besides what it asks of any cluster. */
import { Hono } from 'hono';
import * as v from 'valibot';

import { eventStream } from '../event-stream.ts';
import { problem } from '../http/problem.ts';
import { readBody } from '../http/read-request.ts';
import { addControlRoutes } from '../supervisor/control-routes.ts';
import { parseLink } from './run-link.ts';
import type { SimSupervisor } from './sim-supervisor.ts';

const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(620_000));
const commandSchema = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['play', 'stand']) }),
  v.strictObject({ kind: v.literal('step'), byMs: ms }),
  v.strictObject({ kind: v.literal('stepTo'), what: v.picklist(['event', 'message']) }),
  v.strictObject({ kind: v.picklist(['seek', 'fork']), atMs: ms }),
  v.strictObject({ kind: v.literal('speed'), factor: v.number() }),
  /** Any address with a run in it. */
  v.strictObject({ kind: v.literal('open'), link: v.string() }),
]);

/** Something that is done to the run as a whole. */
export type SimCommand = v.InferOutput<typeof commandSchema>;

/** All routes of a simulated cluster, as the page knows them. */
export function createSimApi(demo: SimSupervisor): Hono {
  const api = new Hono();
  api.get('/api/sim/events', (context) =>
    eventStream(context.req.raw.signal, (send) => {
      send(demo.state);
      return demo.states.subscribe(send);
    }),
  );
  api.post('/api/sim', async (context) => {
    const command = await readBody(context, commandSchema);
    if (command instanceof Response) return command;
    return (await carryOut(demo, command)) ?? context.json(demo.state);
  });
  addControlRoutes(api, demo);
  return api;
}

/** Does it. Returns an answer only if it cannot be done. */
async function carryOut(demo: SimSupervisor, command: SimCommand): Promise<Response | undefined> {
  switch (command.kind) {
    case 'play':
      demo.setPlaying('playing');
      return undefined;
    case 'stand':
      demo.setPlaying('standing');
      return undefined;
    case 'step':
      await demo.step(command.byMs);
      return undefined;
    case 'stepTo':
      await demo.stepTo(command.what);
      return undefined;
    case 'seek':
      await demo.seek(command.atMs);
      return undefined;
    case 'fork':
      await demo.fork(command.atMs);
      return undefined;
    case 'speed':
      demo.setSpeed(command.factor);
      return undefined;
    case 'open': {
      const parsed = parseLink(command.link);
      if (parsed.kind === 'problem') {
        return problem('bad_field', { field: 'link', detail: parsed.detail });
      }
      if (parsed.kind === 'none') return undefined;
      await demo.open(parsed.plan);
      // A link to a moment shows that moment.
      demo.setPlaying(parsed.plan.atMs > 0 ? 'standing' : 'playing');
      return undefined;
    }
  }
}
