#!/usr/bin/env node
/*
 * linearizability check history.jsonl --model kv --html report.html --timeout 30s
 *
 * Exit codes: 0 linearizable, 1 not linearizable, 2 unknown (a bound was met), 64 wrong usage,
 * 65 a history that cannot be read, 70 a fault of this program, 73 a report that cannot be written.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { HistoryError } from '../errors.ts';
import type { Operation } from '../history.ts';
import { formatJsonLines } from '../importers/json-lines.ts';
import {
  type Format,
  FORMATS,
  openHistoryFile,
  type OpenHistoryFile,
  readHistoryFile,
} from './history-file.ts';
import { type Examination, MODEL_NAMES, modelNamed, type NamedModel } from './named-models.ts';

const USAGE = `usage: linearizability check <history> [options]
       linearizability convert <history> [--format NAME]

  linearizability check history.jsonl --model kv --html report.html --timeout 30s
  linearizability check jepsen.log
  linearizability convert history.edn > history.jsonl

<history> is a file, or - for the standard input.

options of check
  --model NAME      key-value (kv), key-value-empty (a get of a missing key answers ''),
                    register, cas-register, multi-register, counter, set, queue, stack,
                    mutex, fenced-lock, semaphore:N, log.
                    Default: what a Jepsen history is about, otherwise key-value
  --format NAME     jsonl (one operation per line), jepsen (a log, or a history as EDN or JSON,
                    also of Maelstrom and elle-cli), porcupine (key-value).
                    Default: found out from the first line
  --html FILE       write a report, one self-contained page
  --timeout TIME    give up with 'unknown' after TIME, such as 500ms, 30s or 2m
  --memory MIB      give up with 'unknown' past this memory; default 1024
  --json            print one JSON object instead of text
  -h, --help        print this

exit codes: 0 linearizable, 1 not linearizable, 2 unknown, 64 usage, 65 unreadable history,
            70 internal error, 73 the report cannot be written
`;

const TIMER_MS_MAX = 2 ** 31 - 1;

class UsageError extends Error {}

/** Keeps apart what the file system says about the report from what it says about the history. */
class ReportError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      format: { type: 'string' },
      html: { type: 'string' },
      timeout: { type: 'string' },
      memory: { type: 'string', default: '1024' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [command, path, ...rest] = positionals;
  if (path === undefined || rest.length > 0 || (command !== 'check' && command !== 'convert')) {
    throw new UsageError('expected: check <history>, or convert <history>');
  }
  const format = formatNamed(values.format);
  if (command === 'convert') {
    const { history, annotations } = readHistoryFile(path, format).recording;
    process.stdout.write(formatJsonLines(history, annotations));
    return 0;
  }
  const chosen = values.model === undefined ? undefined : modelOf(values.model);
  const maxMemoryBytes = bytesOf(values.memory);
  const timeoutMs = values.timeout === undefined ? undefined : millisecondsOf(values.timeout);
  const file = openHistoryFile(path, format);
  const examination = await modelFor(file, chosen).check(file.operations, () => ({
    maxMemoryBytes,
    ...(timeoutMs !== undefined && { timeoutMs: timeLeftMs(timeoutMs) }),
  }));
  process.stdout.write(values.json ? jsonOf(examination) : examination.text());
  if (values.html !== undefined) {
    const { annotations } = file;
    writeReport(values.html, examination.html({ title: path, annotations }));
  }
  return { linearizable: 0, 'not-linearizable': 1, unknown: 2 }[examination.result.verdict];
}

function formatNamed(name: string | undefined): Format | undefined {
  if (name === undefined) return undefined;
  const format = FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new UsageError(`--format: expected one of ${FORMATS.join(', ')}, got ${name}`);
}

function modelOf(name: string): NamedModel {
  const model = modelNamed(name);
  if (model !== undefined) return model;
  throw new UsageError(`--model: expected one of ${MODEL_NAMES.join(', ')}, got ${name}`);
}

/** The model asked for, or the one that such a file is usually about. */
function modelFor(
  { format, operations }: OpenHistoryFile,
  chosen: NamedModel | undefined,
): NamedModel {
  // Porcupine's stores answer '' where others say that a key is missing.
  const isKeyValue = chosen === undefined || chosen.name === 'key-value';
  if (format === 'porcupine' && isKeyValue) return modelOf('key-value-empty');
  if (chosen !== undefined) return chosen;
  return modelOf(format === 'jepsen' ? usualModelOf(operations) : 'key-value');
}

/** What the operations of a Jepsen history can only be about. */
function usualModelOf(operations: Iterable<Operation<unknown, unknown>>): string {
  const words = new Set<unknown>();
  for (const { input } of operations) {
    if (typeof input !== 'object' || input === null) continue;
    words.add(Reflect.get(input, 'kind'));
    if (Object.hasOwn(input, 'by')) words.add('by');
  }
  const has = (...some: readonly string[]): boolean => some.some((word) => words.has(word));
  if (has('get', 'put')) return 'key-value';
  if (has('enqueue', 'dequeue')) return 'queue';
  if (has('acquire', 'release')) return 'mutex';
  if (has('by')) return 'counter';
  return has('add') ? 'set' : 'cas-register';
}

function millisecondsOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const scales: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
  const milliseconds = Math.ceil(Number(count) * (scales[unit ?? ''] ?? Number.NaN));
  if (milliseconds <= TIMER_MS_MAX) return milliseconds;
  throw new UsageError(
    `--timeout: expected a time such as 500ms, 30s or 2m, at most 24 days, got ${text}`,
  );
}

/** Reading the history took its part. */
function timeLeftMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - performance.now()));
}

function bytesOf(mebibytes: string): number {
  const bytes = Number(mebibytes) * 2 ** 20;
  if (bytes >= 1 && Number.isSafeInteger(Math.ceil(bytes))) return bytes;
  throw new UsageError(`--memory: expected a number of MiB, got ${mebibytes}`);
}

function writeReport(path: string, html: string): void {
  try {
    writeFileSync(path, html);
  } catch (error) {
    throw new ReportError(`--html: ${messageOf(error)}`, { cause: error });
  }
}

function jsonOf({ result, operationCount: operations }: Examination): string {
  const { verdict, reason, partitions, steps, configurationCount, counterexample } = result;
  const summary = {
    verdict,
    reason,
    operations,
    partitions: partitions.length,
    steps,
    configurationCount,
    counterexample: counterexample?.operations,
    culprit: counterexample?.culprit,
  };
  return `${JSON.stringify(summary)}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function exitCodeOf(error: unknown): number {
  const code: unknown = Reflect.get(Object(error), 'code');
  const isUsage =
    error instanceof UsageError || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'));
  if (isUsage) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    return 64;
  }
  const isOfFileSystem = typeof Reflect.get(Object(error), 'syscall') === 'string';
  if (error instanceof HistoryError || error instanceof ReportError || isOfFileSystem) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof ReportError ? 73 : 65;
  }
  process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
  return 70;
}

process.exitCode = await main(process.argv.slice(2)).catch(exitCodeOf);
