#!/usr/bin/env node
/*
 * phi-accrual analyse heartbeats.csv --svg curves.svg
 *
 * Exit codes: 0 done, 1 a requirement that cannot be met, 64 wrong usage, 65 a file that is no
 * trace, 70 a fault of this program, 73 a picture that cannot be written.
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
import { configure, type QosOutcome, type QosRequirement } from '../configure.ts';
import { TraceFormatError } from '../errors.ts';
import { countOf, shareOf, timeOf, UsageError } from './options-text.ts';
import { readTraces } from './trace-file.ts';

const USAGE = `usage: phi-accrual analyse <file> [options]
       phi-accrual configure --detection-time T --mistake-recurrence T --mistake-duration T

  phi-accrual analyse heartbeats.csv --svg curves.svg
  phi-accrual analyse links.csv --round-trips --interval 1s
  phi-accrual configure --detection-time 30s --mistake-recurrence 30d --mistake-duration 1m

analyse replays recorded heartbeats through every detector: how soon each notices a crash, and how
often it suspects a living peer. configure finds the interval and the margin that are required.

The file has comma-separated values, one heartbeat a line; the first line names the columns:
  sequence     the sender's number, rising; numbers without a line were lost
  arrived_ms   when it arrived; empty if it never did
  sent_ms      when it was sent, on the same clock; optional

options of analyse
  --interval T     heartbeats were sent every T; default: what the file shows
  --warm-up N      the first N heartbeats teach and are not judged; default: 1100, or half of them
  --round-trips    the file is a table of round trips: a line for each heartbeat, a column for each
                   link, seconds in the cells; --interval is 1s unless given
  --svg FILE       draw mistakes over detection time

options of configure
  --detection-time T      a crash is suspected within this time
  --mistake-recurrence T  mistakes are at least so far apart on average
  --mistake-duration T    a mistake is over after so long on average
  --loss P                share of heartbeats that are lost; default: 0
  --delay-deviation T     standard deviation of delays; default: 0
  --delay-mean T          mean delay; default: 0

options of both
  --json           print one JSON object instead of text
  -h, --help       print this

Times are written 250, 250ms, 3s, 5m, 1h or 30d; a number alone is ms. Shares are 0.01 or 1%.

exit codes: 0 done, 1 the requirement cannot be met, 64 usage, 65 no trace, 70 internal error,
73 the picture cannot be written
`;

class PictureError extends Error {}

type Values = ReturnType<typeof parse>['values'];

function main(args: readonly string[]): void {
  const { values, positionals } = parse(args);
  const [command, file, ...rest] = positionals;
  if (values.help) process.stdout.write(USAGE);
  else if (command === 'analyse' && file !== undefined && rest.length === 0) report(file, values);
  else if (command === 'configure' && file === undefined) settings(values);
  else throw new UsageError('expected: analyse <file>, or configure');
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
        'detection-time': { type: 'string' },
        'mistake-recurrence': { type: 'string' },
        'mistake-duration': { type: 'string' },
        loss: { type: 'string', default: '0' },
        'delay-deviation': { type: 'string', default: '0' },
        'delay-mean': { type: 'string', default: '0' },
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
  if (intervalMs === 0) throw new UsageError('--interval: expected more than 0');
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

/** Says which settings do what is required; sets the exit code if none do. */
function settings(values: Values): void {
  const time = (name: TimeOption): number => timeOf(`--${name}`, required(name, values[name]));
  const requirement = {
    detectionTimeMs: time('detection-time'),
    mistakeRecurrenceMs: time('mistake-recurrence'),
    mistakeDurationMs: time('mistake-duration'),
    lossRate: shareOf('--loss', values.loss),
    delayDeviationMs: time('delay-deviation'),
    delayMeanMs: time('delay-mean'),
  };
  const outcome = configured(requirement);
  process.stdout.write(values.json ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome));
  if (outcome.kind === 'unattainable') process.exitCode = 1;
}

function hours(ms: number): string {
  const count = ms / 3_600_000;
  if (count > 1e7) return 'ten million hours';
  return `${count < 100 ? Number(count.toPrecision(3)) : count.toFixed(0)} h`;
}

type TimeOption =
  'detection-time' | 'mistake-recurrence' | 'mistake-duration' | 'delay-deviation' | 'delay-mean';

function required(name: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new UsageError(`expected --${name}`);
}

function configured(requirement: QosRequirement): QosOutcome {
  try {
    return configure(requirement);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function outcomeText(outcome: QosOutcome): string {
  if (outcome.kind === 'unattainable') return `${outcome.reason}\n`;
  const { intervalMs, marginMs, mistakeRecurrenceMs, mistakeDurationMs } = outcome;
  return [
    `send a heartbeat every ${intervalMs.toFixed(0)} ms`,
    `and suspect ${marginMs.toFixed(0)} ms after the expected arrival: kind 'chen', marginMs`,
    `mistakes are at least ${hours(mistakeRecurrenceMs)} apart on average,`,
    `and last at most ${mistakeDurationMs.toFixed(0)} ms`,
    '',
  ].join('\n');
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
