/**
 * Ends this process if its main thread never waits for too long. Such a thread runs no timer, so
 * nobody in it can notice: a second thread does.
 */
import { Worker } from 'node:worker_threads';

/** How often the main thread says that it has come round, in ms. */
const BEAT_MS = 500;

/** What the main thread does from now on. */
export interface Expectation {
  /** For whoever reads why the process has ended. */
  readonly doing: string;
  /** How long it may do so without waiting for anything. */
  readonly limitMs: number;
}

/** What the second thread is given. */
export interface WatchedThread {
  /** Counts how often the main thread came round. */
  readonly beats: Int32Array;
  /** How long it may be silent beyond its limit, in ms. */
  readonly graceMs: number;
}

/** The second thread, as the first one knows it. */
export class StuckWatch {
  readonly #thread: Worker;

  /** @param graceMs - How long it may be silent beyond what is expected. */
  constructor(graceMs: number) {
    const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workerData: WatchedThread = { beats, graceMs };
    const file = new URL('./stuck-thread.ts', import.meta.url);
    this.#thread = new Worker(file, { workerData, execArgv: [] });
    this.#thread.unref();
    setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
  }

  /** From now on it does this; the time begins anew. */
  expect(doing: string, limitMs: number): void {
    this.#thread.postMessage({ doing, limitMs } satisfies Expectation);
  }
}
