import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  generateTrace,
  type HeartbeatTrace,
  parseRoundTrips,
  type TraceKind,
} from '@quorate/phi-accrual/analysis';
import { seededRandom } from '@quorate/transport/system';

import { CannotRun } from '../suite.ts';

/** Heartbeats to compare detectors on. */
export interface NamedTraces {
  readonly name: string;
  readonly intervalMs: number;
  /** So many heartbeats teach before a detector is judged. */
  readonly warmUpCount: number;
  /** Made or read when first asked for. Throws `CannotRun` without the data. */
  readonly traces: () => readonly HeartbeatTrace[];
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The trace of a world that has a name. */
function madeTraces(kind: TraceKind, intervalMs: number, count: number): NamedTraces {
  const traces = once(() => [generateTrace(kind, { random: seededRandom(1), count })]);
  return { name: kind, intervalMs, warmUpCount: 1_100, traces };
}

const root = join(import.meta.dirname, '../../../..');
const data = process.env['QUORATE_DATA'] ?? join(root, '../shared/data');
const table = join(data, 'rtt/seattle-rtt-24links.csv');

/** Round trips of 24 links of the Internet, one heartbeat a second for each time slice. */
const measuredTraces: NamedTraces = {
  name: 'measured round trips',
  intervalMs: 1_000,
  warmUpCount: 50,
  traces: once(() => {
    if (!existsSync(table)) throw new CannotRun(`no ${table}: set QUORATE_DATA to where it is`);
    return parseRoundTrips(readFileSync(table, 'utf8'), 1_000);
  }),
};

/** Every world, and what was measured. */
export const allTraces: readonly NamedTraces[] = [
  madeTraces('wan', 103.5, 400_000),
  madeTraces('lan', 1_000, 200_000),
  madeTraces('lan-stalls', 1_000, 400_000),
  madeTraces('cloud', 1_000, 200_000),
  madeTraces('cross-region', 1_000, 200_000),
  madeTraces('gc-pauses', 1_000, 200_000),
  madeTraces('mobile', 1_000, 200_000),
  madeTraces('hidden-tab', 1_000, 200_000),
  madeTraces('lossy', 200, 400_000),
  measuredTraces,
];
