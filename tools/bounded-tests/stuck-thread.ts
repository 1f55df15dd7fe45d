/** The thread that watches the main one: see stuck-watch.ts. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

import type { Expectation, WatchedThread } from './stuck-watch.ts';

const LOOK_MS = 500;
const STANDARD_ERROR = 2;

const { beats, graceMs } = workerData as WatchedThread;
let expectation: Expectation = { doing: 'starting', limitMs: Infinity };
let lastBeat = 0;
/** Counted by looks: while the machine stands still, so does this. */
let silentMs = 0;

parentPort?.on('message', (message: Expectation) => {
  expectation = message;
  silentMs = 0;
});

setInterval(() => {
  const beat = Atomics.load(beats, 0);
  silentMs = beat === lastBeat ? silentMs + LOOK_MS : 0;
  lastBeat = beat;
  const { doing, limitMs } = expectation;
  if (silentMs <= limitMs + graceMs) return;
  const seconds = Math.round(silentMs / 1_000);
  // Whatever else it could be told with needs the main thread.
  writeSync(STANDARD_ERROR, `ended after ${seconds} s without waiting for anything: ${doing}\n`);
  process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
