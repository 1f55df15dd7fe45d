import { HistoryError } from '../errors.ts';
import type { History } from '../history.ts';
import type { KeyValueInput, KeyValueOutput } from '../models/key-value.ts';
import { pairCalls } from './calls.ts';
import { linesOf, type TextOrLines } from './lines.ts';

const LINE = new RegExp(
  '^\\{:process (\\d+), :type :(invoke|ok), :f :(get|put|append), ' +
    ':key "([^"\\\\]*)", :value (nil|"([^"\\\\]*)")\\}$',
);

/**
 * Reads a key-value history as Porcupine's tests keep them.
 *
 * @param text - Lines such as `{:process 0, :type :invoke, :f :get, :key "1", :value nil}`.
 * @returns The history; times are line numbers. A missing key is '' there: use `keyValue('')`.
 * @throws HistoryError if a line has another form, a return has no call, or a process has two calls
 *   open; the message names the line.
 */
export function parsePorcupineKeyValue(text: TextOrLines): History<KeyValueInput, KeyValueOutput> {
  const calls = pairCalls<KeyValueInput, KeyValueOutput>();
  let lineNumber = 0;
  for (const line of linesOf(text)) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const place = `line ${lineNumber}`;
    const [, process, type, kind = '', key, , value = ''] = LINE.exec(line) ?? [];
    if (process === undefined || key === undefined) {
      throw new HistoryError(`${place}: expected a key-value event, got ${line.slice(0, 80)}`);
    }
    if (type === 'invoke') {
      calls.call(process, inputOf(kind, key, value), lineNumber, place);
      continue;
    }
    const output = kind === 'get' ? value : undefined;
    const returnTime = lineNumber;
    calls.end(
      process,
      (input) => {
        if (input.kind === kind && input.key === key) return { kind: 'ok', output, returnTime };
        throw new HistoryError(
          `${place}: expected the return of ${input.kind} ${input.key}, got ${kind} ${key}`,
        );
      },
      place,
    );
  }
  return calls.history();
}

function inputOf(kind: string, key: string, value: string): KeyValueInput {
  if (kind === 'get') return { kind, key };
  return kind === 'put' ? { kind, key, value } : { kind: 'append', key, value };
}
