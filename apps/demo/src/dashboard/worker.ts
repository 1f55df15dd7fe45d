/** The cluster of a page without a server: all its nodes, in a worker, in virtual time. */
import { servePort } from '../sim/serve-port.ts';
import { createSimApi } from '../sim/sim-routes.ts';
import { SimSupervisor } from '../sim/sim-supervisor.ts';
import type { ToWorker } from './source/worker-messages.ts';

/** About a frame of a screen, in ms; most of it may go into the run. */
const FRAME_MS = 16;
const BUSY_MS = 12;
/** After a longer pause (a page in the background) the run goes on as if it had been so long. */
const PAUSE_MS_MAX = 200;

const demo = new SimSupervisor({ seed: 1, scenario: undefined, atMs: 0, inputs: [] });
const take = servePort(createSimApi(demo), (message) => {
  self.postMessage(message);
});
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  void take(data);
});

async function play(): Promise<never> {
  let lastMs = performance.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS - BUSY_MS));
    const nowMs = performance.now();
    const elapsedMs = Math.min(PAUSE_MS_MAX, nowMs - lastMs);
    lastMs = nowMs;
    await demo.pump(elapsedMs, () => performance.now() < nowMs + BUSY_MS);
  }
}

void play();
