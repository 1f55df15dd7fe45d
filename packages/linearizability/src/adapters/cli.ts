#!/usr/bin/env node
/*
 * linearizability check history.jsonl --model key-value --html report.html --timeout 30s
 *
 * Exit codes: 0 linearizable, 1 not linearizable, 2 unknown (a bound was met), 64 wrong usage,
 * 65 a history that cannot be read.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { check, type CheckResult } from '../checker.ts';
import { HistoryError } from '../errors.ts';
import type { History } from '../history.ts';
import { parseJepsenLog } from '../importers/jepsen.ts';
import { parseJsonLines } from '../importers/json-lines.ts';
import { parsePorcupineKeyValue } from '../importers/porcupine.ts';
import type { Model } from '../model.ts';
import { casRegister } from '../models/cas-register.ts';
import { counter } from '../models/counter.ts';
import { fencedLock } from '../models/fenced-lock.ts';
import { keyValue } from '../models/key-value.ts';
import { log } from '../models/log.ts';
import { multiRegister } from '../models/multi-register.ts';
import { mutex } from '../models/mutex.ts';
import { queue } from '../models/queue.ts';
import { register } from '../models/register.ts';
import { semaphore } from '../models/semaphore.ts';
import { set } from '../models/set.ts';
import { stack } from '../models/stack.ts';
import { htmlReport } from '../report/html-report.ts';

const USAGE = `usage: linearizability check <history> [options]

  linearizability check history.jsonl --model key-value --html report.html --timeout 30s
  linearizability check etcd.log --format jepsen --model cas-register

options
  --model NAME      register, cas-register, key-value (kv), counter, set, queue, stack, mutex,
                    fenced-lock, semaphore:N, log, multi-register; default key-value
  --format NAME     jsonl (one operation per line, the default), jepsen, porcupine
  --html FILE       write a report, one self-contained page
  --timeout TIME    give up with 'unknown' after TIME, such as 500ms, 30s or 2m
  --memory MIB      give up with 'unknown' past this memory; default 1024
  --json            print one JSON object instead of text
  -h, --help        print this

exit codes: 0 linearizable, 1 not linearizable, 2 unknown, 64 usage, 65 unreadable history
`;

/* A model whose inputs come from a file: what it does with them is checked by `step` itself. */
type FileModel = Model<unknown, unknown, unknown>;

class UsageError extends Error {}

function modelOf(name: string): FileModel {
  const [kind = '', size = '1'] = name.split(':');
  const models: Readonly<Record<string, () => unknown>> = {
    register: () => register<string | number | null>(null),
    'cas-register': () => casRegister<string | number | null>(null),
    'key-value': () => keyValue(),
    kv: () => keyValue(),
    'key-value-empty': () => keyValue(''),
    counter: () => counter(),
    set: () => set(),
    queue: () => queue(),
    stack: () => stack(),
    mutex: () => mutex(),
    'fenced-lock': () => fencedLock(),
    semaphore: () => semaphore(Number(size)),
    log: () => log(),
    'multi-register': () => multiRegister<string | number | null>(null),
  };
  if (!Object.hasOwn(models, kind)) {
    throw new UsageError(`--model: expected one of ${Object.keys(models).join(', ')}, got ${name}`);
  }
  return models[kind]?.() as FileModel;
}

function historyOf(text: string, format: string): History<unknown, unknown> {
  switch (format) {
    case 'jsonl':
      return parseJsonLines(text);
    case 'jepsen':
      return parseJepsenLog(text);
    case 'porcupine':
      return parsePorcupineKeyValue(text);
    default:
      throw new UsageError(`--format: expected jsonl, jepsen or porcupine, got ${format}`);
  }
}

function millisecondsOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const scales: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
  const scale = scales[unit ?? ''];
  if (count === undefined || scale === undefined) {
    throw new UsageError(`--timeout: expected a time such as 500ms, 30s or 2m, got ${text}`);
  }
  return Number(count) * scale;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'key-value' },
      format: { type: 'string', default: 'jsonl' },
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
  if (command !== 'check' || path === undefined || rest.length > 0) {
    throw new UsageError('expected: check <history>');
  }
  const model = modelOf(values.model);
  const history = historyOf(readFileSync(path, 'utf8'), values.format);
  const timeoutMs = values.timeout === undefined ? undefined : millisecondsOf(values.timeout);
  const result = await check(model, history, {
    maxMemoryBytes: Number(values.memory) * 2 ** 20,
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  });
  if (values.html !== undefined) {
    writeFileSync(values.html, htmlReport(model, history, result, { title: path }));
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify(summaryOf(history, result))}\n`
      : textOf(model, history, result),
  );
  return { linearizable: 0, 'not-linearizable': 1, unknown: 2 }[result.verdict];
}

type Result = CheckResult<unknown, unknown, unknown>;

function summaryOf(history: History<unknown, unknown>, result: Result): object {
  const { verdict, reason, steps, configurationCount, counterexample } = result;
  return {
    verdict,
    reason,
    operations: history.length,
    partitions: result.partitions.length,
    steps,
    configurationCount,
    counterexample: counterexample?.operations,
    culprit: counterexample?.culprit,
  };
}

function textOf(model: FileModel, history: History<unknown, unknown>, result: Result): string {
  const { verdict, reason, counterexample } = result;
  const lines = [
    `${verdict}${reason === undefined ? '' : ` (${reason})`}: ${history.length} operations, ` +
      `${result.partitions.length} partitions, ${result.steps} steps`,
  ];
  for (const operation of counterexample?.operations ?? []) {
    const { process: client, input, outcome } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : undefined;
    const text = model.describeOperation?.(input, output) ?? JSON.stringify(input);
    const mark = operation === counterexample?.culprit ? '   ← impossible' : '';
    lines.push(`  ${client}  ${text}${mark}`);
  }
  return `${lines.join('\n')}\n`;
}

function exitCodeOf(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const isBadHistory =
    error instanceof HistoryError || Reflect.get(Object(error), 'code') === 'ENOENT';
  process.stderr.write(isBadHistory ? `${message}\n` : `${message}\n\n${USAGE}`);
  return isBadHistory ? 65 : 64;
}

process.exitCode = await main(process.argv.slice(2)).catch(exitCodeOf);
