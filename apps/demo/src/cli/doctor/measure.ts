/** What `demo doctor` measures. Nothing here judges. */
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { LatencyHistogram } from '../../latency-histogram.ts';

/** How long syncs of a file take, in ms. */
export interface SyncLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** As large as a small batch of log entries. */
const writeBytes = 4_096;

/** Writes and syncs a file in `directory`, again and again, and removes it. */
export function syncLatency(directory: string, count: number): SyncLatency {
  const folder = mkdtempSync(join(directory, 'doctor-'));
  const latency = new LatencyHistogram();
  const file = openSync(join(folder, 'log'), 'w');
  try {
    const bytes = new Uint8Array(writeBytes);
    for (let index = 0; index < count; index += 1) {
      writeSync(file, bytes);
      const startMs = performance.now();
      fsyncSync(file);
      latency.record(performance.now() - startMs);
    }
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
  return { count, p50Ms: latency.quantileMs(0.5), p99Ms: latency.quantileMs(0.99) };
}

/** Room on the disk of `directory`, in bytes. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** How far wall time and monotonic time came apart within `forMs`, in ms. */
export async function clockDriftMs(forMs: number, signal: AbortSignal): Promise<number> {
  const [wallMs, monotonicMs] = [Date.now(), performance.now()];
  await delay(forMs, undefined, { signal }).catch(() => undefined);
  return Math.abs(Date.now() - wallMs - (performance.now() - monotonicMs));
}

/** Files that this process has open, and may have at most; undefined where nobody says. */
export function fileDescriptors(): { readonly open: number; readonly max: number } | undefined {
  const report = process.report.getReport() as {
    readonly userLimits?: Readonly<Record<string, { readonly soft: number | string }>>;
  };
  const soft = report.userLimits?.['open_files']?.soft;
  if (soft === undefined) return undefined;
  return { open: openFiles(), max: soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft) };
}

/** Those of `ports` that somebody listens on. */
export async function takenPorts(ports: readonly number[], host: string): Promise<number[]> {
  const isTaken = await Promise.all(ports.map((port) => isPortTaken(port, host)));
  return ports.filter((_, index) => isTaken[index]);
}

function isPortTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}

function openFiles(): number {
  try {
    return readdirSync('/dev/fd').length;
  } catch {
    return 0;
  }
}
