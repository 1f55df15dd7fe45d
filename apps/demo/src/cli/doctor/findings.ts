/** What the doctor thinks of what was measured: pure functions, one for each thing. */
import type { SyncLatency } from './measure.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** 'fail': the demo does not run like this. 'warn': it does, but not as it should. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** What was found, with figures. */
  readonly found: string;
  /** What to do about it; empty if all is well. */
  readonly advice: string;
}

const nodeMajorMin = 22;
const syncWarnMs = 50;
const syncFailMs = 1_000;
const driftWarnMs = 20;
const gigabyte = 1e9;
const roomWarnBytes = gigabyte;
const roomFailBytes = 0.1 * gigabyte;
const filesWarn = 1_024;
const nodeBytes = 0.12 * gigabyte;

/** @param version - Like `v26.1.0`. */
export function judgeNode(version: string): Finding {
  const major = Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
  const isFine = major >= nodeMajorMin;
  const advice = isFine ? '' : `install Node ${nodeMajorMin} or newer`;
  return { name: 'node', verdict: isFine ? 'ok' : 'fail', found: version, advice };
}

/** Raft answers only after a sync: a slow disk is a slow cluster, and one without a leader. */
export function judgeSyncs({ count, p50Ms, p99Ms }: SyncLatency): Finding {
  const found = `${count} syncs, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  const verdict = p99Ms >= syncFailMs ? 'fail' : p99Ms >= syncWarnMs ? 'warn' : 'ok';
  const advice =
    verdict === 'ok' ? '' : 'every write waits for two of them: use a local disk with --data';
  return { name: 'disk', verdict, found, advice };
}

/** Room for logs and snapshots. */
export function judgeRoom(bytes: number): Finding {
  const verdict = bytes < roomFailBytes ? 'fail' : bytes < roomWarnBytes ? 'warn' : 'ok';
  const advice = verdict === 'ok' ? '' : 'make room, or keep the data elsewhere with --data';
  return { name: 'room', verdict, found: `${(bytes / gigabyte).toFixed(1)} GB free`, advice };
}

/** Time in messages follows the wall clock; a wall clock that jumps is somebody's mistake. */
export function judgeDrift(driftMs: number, forMs: number): Finding {
  const isFine = driftMs < driftWarnMs;
  const found = `wall and monotonic time came ${driftMs.toFixed(1)} ms apart in ${forMs} ms`;
  const advice = isFine ? '' : 'is something setting the clock? see to its time synchronization';
  return { name: 'clock', verdict: isFine ? 'ok' : 'warn', found, advice };
}

/** @param taken - Ports that `demo up` would take, and somebody else has. */
export function judgePorts(taken: readonly number[], first: number): Finding {
  const isFine = taken.length === 0;
  const found = isFine ? `those from ${first} on are free` : `${taken.join(', ')} taken`;
  const advice = isFine ? '' : 'choose others with `demo up --port`, or any with --port 0';
  return { name: 'ports', verdict: isFine ? 'ok' : 'warn', found, advice };
}

/** Each connection is one. */
export function judgeFiles(
  files: { readonly open: number; readonly max: number } | undefined,
): Finding {
  if (files === undefined)
    return { name: 'files', verdict: 'ok', found: 'no limit known', advice: '' };
  const isFine = files.max >= filesWarn;
  const found = `${files.open} open, ${files.max} allowed`;
  const advice = isFine ? '' : `allow more: ulimit -n ${filesWarn * 4}`;
  return { name: 'files', verdict: isFine ? 'ok' : 'warn', found, advice };
}

/** Five nodes and a supervisor. */
export function judgeMemory(bytes: number): Finding {
  const wanted = 6 * nodeBytes;
  const isFine = bytes >= wanted;
  const found = `${(bytes / gigabyte).toFixed(1)} GB free`;
  const advice = isFine
    ? ''
    : `five nodes want ${(wanted / gigabyte).toFixed(1)} GB: try --nodes 3`;
  return { name: 'memory', verdict: isFine ? 'ok' : 'warn', found, advice };
}
