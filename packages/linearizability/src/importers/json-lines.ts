/*
 * The exchange format: one operation per line.
 *
 *   {"process":"c1","call":10.5,"return":11.2,"outcome":"ok","input":{"kind":"get","key":"x"},
 *    "output":"1"}                                          (on one line)
 *
 * `outcome` is "ok", "fail" or "info". "info" has no `return`, and only "ok" has an `output`, which
 * may be left out where it says nothing. Lines may be in any order; empty ones are passed over.
 */

import { HistoryError } from '../errors.ts';
import type { History, Operation, Outcome } from '../history.ts';

/**
 * Reads a history of one operation per line.
 *
 * @returns Inputs and outputs as JSON has them: whether they suit a model is the caller's to check.
 * @throws HistoryError if a line is no operation; the message names line and field.
 */
export function parseJsonLines(text: string): History<unknown, unknown> {
  const history: Operation<unknown, unknown>[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() !== '') history.push(operationOf(line, index + 1));
  });
  return history;
}

/**
 * Writes a history of one operation per line, so that `parseJsonLines` reads it back.
 *
 * @throws TypeError if an input or output has no JSON form.
 */
export function formatJsonLines(history: History<unknown, unknown>): string {
  return history
    .map(({ process, callTime, outcome, input, note }) => {
      const end = outcome.kind === 'info' ? {} : { return: outcome.returnTime };
      const answer = outcome.kind === 'ok' ? { output: outcome.output } : {};
      const about = note === undefined ? {} : { note };
      return `${JSON.stringify({
        process,
        call: callTime,
        ...end,
        outcome: outcome.kind,
        input,
        ...answer,
        ...about,
      })}\n`;
    })
    .join('');
}

function operationOf(line: string, lineNumber: number): Operation<unknown, unknown> {
  const fail = (field: string, expected: string): never => {
    throw new HistoryError(`line ${String(lineNumber)}: ${field}: expected ${expected}`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new HistoryError(`line ${String(lineNumber)}: expected JSON`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null) return fail('line', 'an object');
  const field = (name: string): unknown =>
    Object.hasOwn(parsed, name) ? Reflect.get(parsed, name) : undefined;
  const timeOf = (name: string): number => {
    const value = field(name);
    return typeof value === 'number' ? value : fail(name, 'a number');
  };
  const process = field('process');
  if (typeof process !== 'string' && typeof process !== 'number') {
    return fail('process', 'a string or a number');
  }
  if (!Object.hasOwn(parsed, 'input')) return fail('input', 'a value');
  const note = field('note');
  return {
    process,
    input: field('input'),
    callTime: timeOf('call'),
    outcome: outcomeOf(field('outcome'), () => timeOf('return'), field('output'), fail),
    ...(typeof note === 'string' && { note }),
  };
}

function outcomeOf(
  kind: unknown,
  returnTime: () => number,
  output: unknown,
  fail: (field: string, expected: string) => never,
): Outcome<unknown> {
  switch (kind) {
    case 'ok':
      return { kind, output, returnTime: returnTime() };
    case 'fail':
      return { kind, returnTime: returnTime() };
    case 'info':
      return { kind };
    default:
      return fail('outcome', '"ok", "fail" or "info"');
  }
}
