import { type History, HistoryError, parseJsonLines } from '@quorate/linearizability';
import * as v from 'valibot';

import type { ConfigInput, ConfigOutput } from './config-model.ts';

const key = v.string();
const revision = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const condition = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['none', 'absent', 'present']) }),
  v.strictObject({ kind: v.literal('revision'), revision }),
]);
const input = v.variant('kind', [
  v.strictObject({ kind: v.literal('get'), key }),
  v.strictObject({ kind: v.literal('put'), key, value: v.string(), condition }),
  v.strictObject({ kind: v.literal('delete'), key, condition }),
]);
const output = v.variant('kind', [
  v.strictObject({ kind: v.literal('value'), value: v.string(), revision }),
  v.strictObject({ kind: v.picklist(['absent', 'deleted']) }),
  v.strictObject({ kind: v.literal('written'), revision, isNew: v.boolean() }),
  v.strictObject({ kind: v.literal('mismatch'), currentRevision: v.nullable(revision) }),
]);

/**
 * The history of the configuration in JSON lines, as tests and `demo chaos` leave it.
 *
 * @throws HistoryError if a line is none, or an operation is none of the configuration.
 */
export function parseConfigHistory(text: string): History<ConfigInput, ConfigOutput> {
  return parseJsonLines(text).map((operation, index) => {
    const { outcome } = operation;
    const asked = checked(input, operation.input, `operation ${index}: input`);
    if (outcome.kind !== 'ok') return { ...operation, input: asked, outcome };
    const answered = checked(output, outcome.output, `operation ${index}: output`);
    return { ...operation, input: asked, outcome: { ...outcome, output: answered } };
  });
}

function checked<Value>(
  schema: v.GenericSchema<unknown, Value>,
  value: unknown,
  what: string,
): Value {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new HistoryError(`${what}: ${result.issues[0].message}`);
}
