/** Reads traces of heartbeats from files that a person names. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { parseRoundTrips } from '../analysis/round-trips.ts';
import { parseTrace } from '../analysis/trace-text.ts';
import type { HeartbeatTrace } from '../analysis/trace.ts';
import { TraceFormatError } from '../errors.ts';

/** Larger files are not read. */
const FILE_BYTES_MAX = 256 * 2 ** 20;

/** How to read a file. */
export interface TraceFileOptions {
  /** The interval of the heartbeats in ms; the file shows it if it is left out. */
  readonly intervalMs?: number | undefined;
  /** What is in the file: heartbeats, or a table of round trips. */
  readonly content: 'heartbeats' | 'round-trips';
}

/**
 * The traces in the file at `file`: one of heartbeats, or one for each link of round trips.
 *
 * @throws TraceFormatError that begins with the name of the file, if its content is no such table
 *   or larger than 256 MiB. Errors of the file system pass through.
 */
export function readTraces(
  file: string,
  { intervalMs, content }: TraceFileOptions,
): readonly HeartbeatTrace[] {
  const { size } = statSync(file);
  if (size > FILE_BYTES_MAX) {
    throw new TraceFormatError(`${file}: expected at most ${FILE_BYTES_MAX} bytes, got ${size}`);
  }
  const text = readFileSync(file, 'utf8');
  const name = path.basename(file);
  try {
    if (content === 'round-trips') return parseRoundTrips(text, intervalMs ?? 1_000);
    return [parseTrace(text, intervalMs === undefined ? { name } : { name, intervalMs })];
  } catch (error) {
    if (!(error instanceof TraceFormatError)) throw error;
    throw new TraceFormatError(`${file}: ${error.message}`, { cause: error });
  }
}
