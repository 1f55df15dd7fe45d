import { HistoryError } from '../errors.ts';
import type { History, Operation } from '../history.ts';
import type { KeyValueInput, KeyValueOutput } from '../models/key-value.ts';

const LINE = new RegExp(
  '^\\{:process (\\d+), :type :(invoke|ok), :f :(get|put|append), ' +
    ':key "([^"]*)", :value (nil|"([^"]*)")\\}$',
);

/**
 * Reads a key-value history as Porcupine's tests keep them.
 *
 * @param text - Lines such as `{:process 0, :type :invoke, :f :get, :key "1", :value nil}`.
 * @returns The history; times are line numbers. A missing key is '' there: use `keyValue('')`.
 * @throws HistoryError if a line has another form or a return has no call.
 */
export function parsePorcupineKeyValue(text: string): History<KeyValueInput, KeyValueOutput> {
  const open = new Map<string, { readonly input: KeyValueInput; readonly callTime: number }>();
  const history: Operation<KeyValueInput, KeyValueOutput>[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const [, process, type, kind, key, , value = ''] = LINE.exec(line) ?? [];
    if (process === undefined || key === undefined) {
      throw new HistoryError(`line ${index + 1}: expected a key-value event, got ${line}`);
    }
    if (type === 'invoke') {
      open.set(process, { input: inputOf(kind ?? '', key, value), callTime: index });
      return;
    }
    const call = open.get(process);
    if (call === undefined) {
      throw new HistoryError(`line ${index + 1}: expected a call of process ${process} before`);
    }
    open.delete(process);
    const output = kind === 'get' ? value : undefined;
    history.push({ process, ...call, outcome: { kind: 'ok', output, returnTime: index } });
  });
  for (const [process, call] of open) history.push({ process, ...call, outcome: { kind: 'info' } });
  return history;
}

function inputOf(kind: string, key: string, value: string): KeyValueInput {
  if (kind === 'get') return { kind, key };
  return kind === 'put' ? { kind, key, value } : { kind: 'append', key, value };
}
