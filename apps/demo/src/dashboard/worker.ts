/** The cluster of a page without a server: all its nodes, in a worker, in virtual time. */
import { playSeed } from '../scenarios/play-seed.ts';
import { servePort } from '../sim/serve-port.ts';
import { createSimApi } from '../sim/sim-routes.ts';
import { SimSupervisor } from '../sim/sim-supervisor.ts';
import type { PlaySeed } from './check/seed-messages.ts';
import type { ToWorker } from './source/worker-messages.ts';

/** About a frame of a screen, in ms; most of it may go into the run. */
const FRAME_MS = 16;
const BUSY_MS = 12;
/** After a longer pause (a page in the background) the run goes on as if it had been so long. */
const PAUSE_MS_MAX = 200;

let take: ((message: ToWorker) => Promise<void>) | undefined;
self.addEventListener('message', ({ data }: MessageEvent<ToWorker | PlaySeed>) => {
  if (data.kind === 'seed') void playSeed(data).then((played) => self.postMessage(played));
  else void (take ??= start())(data);
});

/** A worker is for the page's own run, or for other seeds: the first message tells. */
function start(): (message: ToWorker) => Promise<void> {
  const plan = { seed: 1, scenario: undefined, atMs: 0, inputs: [] };
  const demo = new SimSupervisor(plan, { hasTrail: true });
  void play(demo);
  return servePort(createSimApi(demo), (message) => {
    self.postMessage(message);
  });
}

async function play(demo: SimSupervisor): Promise<never> {
  let lastMs = performance.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS - BUSY_MS));
    const nowMs = performance.now();
    const elapsedMs = Math.min(PAUSE_MS_MAX, nowMs - lastMs);
    lastMs = nowMs;
    await demo.pump(elapsedMs, () => performance.now() < nowMs + BUSY_MS);
  }
}
