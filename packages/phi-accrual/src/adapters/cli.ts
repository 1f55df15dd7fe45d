#!/usr/bin/env node
/*
 * phi-accrual analyse heartbeats.csv --svg curves.svg
 *
 * Exit codes: 0 done, 64 wrong usage, 65 a file that is no trace, 70 a fault of this program,
 * 73 a picture that cannot be written.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { qualityCurve, settingsOf } from '../analysis/curves.ts';
import { curvesPicture } from '../analysis/curves-picture.ts';
import { detectorFamilies } from '../analysis/families.ts';
import type { QualityOptions } from '../analysis/quality.ts';
import { analyse, reportText } from '../analysis/report.ts';
import type { HeartbeatTrace } from '../analysis/trace.ts';
import { TraceFormatError } from '../errors.ts';
import { readTraces } from './trace-file.ts';

const USAGE = `usage: phi-accrual analyse <file> [options]

  phi-accrual analyse heartbeats.csv --svg curves.svg
  phi-accrual analyse links.csv --round-trips --interval 1s

Replays recorded heartbeats through every detector: how soon each notices a crash, and how often
it suspects a living peer. The file has comma-separated values, one heartbeat a line; the first
line names the columns:
  sequence     the sender's number, rising; numbers without a line were lost
  arrived_ms   when it arrived; empty if it never did
  sent_ms      when it was sent, on the same clock; optional

options of analyse
  --interval T     heartbeats were sent every T; default: what the file shows
  --warm-up N      the first N heartbeats teach and are not judged; default: 1100, or half of them
  --round-trips    the file is a table of round trips: a line for each heartbeat, a column for each
                   link, seconds in the cells; --interval is 1s unless given
  --svg FILE       draw mistakes over detection time
  --json           print one JSON object instead of text
  -h, --help       print this

Times are written 250, 250ms, 3s, 5m or 1h; a number alone is ms.

exit codes: 0 done, 64 usage, 65 no trace, 70 internal error, 73 the picture cannot be written
`;

class UsageError extends Error {}

class PictureError extends Error {}

type Values = ReturnType<typeof parse>['values'];

function main(args: readonly string[]): void {
  const { values, positionals } = parse(args);
  const [command, file, ...rest] = positionals;
  if (values.help) process.stdout.write(USAGE);
  else if (command === 'analyse' && file !== undefined && rest.length === 0) report(file, values);
  else throw new UsageError('expected: analyse <file>');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        interval: { type: 'string' },
        'warm-up': { type: 'string' },
        'round-trips': { type: 'boolean', default: false },
        svg: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function report(file: string, values: Values): void {
  const warmUp = values['warm-up'];
  const options = warmUp === undefined ? {} : { warmUpCount: countOf('--warm-up', warmUp) };
  const content = values['round-trips'] ? 'round-trips' : 'heartbeats';
  const intervalMs =
    values.interval === undefined ? undefined : timeOf('--interval', values.interval);
  const traces = readTraces(file, { intervalMs, content });
  try {
    const found = analyse(path.basename(file), traces, options);
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : reportText(found));
    if (values.svg !== undefined) writePicture(values.svg, picture(found.name, traces, options));
  } catch (error) {
    // What no detector takes, such as a trace that is too short.
    if (error instanceof RangeError) throw new TraceFormatError(`${file}: ${error.message}`);
    throw error;
  }
}

function picture(name: string, traces: readonly HeartbeatTrace[], options: QualityOptions): string {
  const intervalMs = traces[0]?.intervalMs ?? 1_000;
  const curves = detectorFamilies(intervalMs).map((family) =>
    qualityCurve(traces, family, settingsOf(family), options),
  );
  return curvesPicture(name, curves);
}

const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

function timeOf(name: string, text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+(?:\.[0-9]+)?)([a-z]*)$/u.exec(text) ?? [];
  const ms = Number(digits) * (MS_PER_UNIT.get(unit) ?? NaN);
  if (digits !== '' && ms > 0 && Number.isFinite(ms)) return ms;
  throw new UsageError(`${name}: expected a time such as 250ms or 3s, got ${text}`);
}

function countOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name}: expected an integer of at least 1, got ${text}`);
}

function writePicture(file: string, drawing: string): void {
  try {
    writeFileSync(file, drawing);
  } catch (error) {
    throw new PictureError(error instanceof Error ? error.message : String(error));
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 64;
  if (error instanceof PictureError) return 73;
  const isUnreadable = error instanceof Error && 'code' in error && 'syscall' in error;
  return error instanceof TraceFormatError || isUnreadable ? 65 : 70;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const code = exitCodeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`phi-accrual: ${reason}\n${code === 64 ? `\n${USAGE}` : ''}`);
  process.exitCode = code;
}
