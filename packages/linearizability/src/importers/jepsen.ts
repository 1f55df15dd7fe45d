import { HistoryError } from '../errors.ts';
import type { History, Operation, Outcome } from '../history.ts';
import type { CasRegisterInput, CasRegisterOutput } from '../models/cas-register.ts';

type RegisterOperation = Operation<
  CasRegisterInput<number | null>,
  CasRegisterOutput<number | null>
>;

const LINE = /^INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;

/**
 * Reads the text log of a Jepsen test of a compare-and-set register.
 *
 * @param text - Lines of the form `INFO jepsen.util - 3 :invoke :write 4`; others are passed over.
 * @returns The history; times are line numbers.
 * @throws HistoryError if a return has no call, or a value is none.
 *
 * @remarks
 * A failed compare-and-set is an answer (the value was another), not a failed operation. A process
 * whose outcome is unknown (`:info`) retires. Calls that never returned are of unknown outcome.
 */
export function parseJepsenLog(
  text: string,
): History<CasRegisterInput<number | null>, CasRegisterOutput<number | null>> {
  const open = new Map<
    string,
    { readonly input: CasRegisterInput<number | null>; readonly callTime: number }
  >();
  const history: RegisterOperation[] = [];
  const finish = (process: string, outcome: Outcome<CasRegisterOutput<number | null>>): void => {
    const call = open.get(process);
    if (call === undefined) throw new HistoryError(`process ${process}: expected a call before`);
    open.delete(process);
    history.push({ process, ...call, outcome });
  };

  text.split('\n').forEach((line, index) => {
    const [, process, type, name, value] = LINE.exec(line) ?? [];
    if (process === undefined || type === undefined || value === undefined) return;
    if (type === 'invoke') {
      open.set(process, { input: inputOf(name ?? '', value), callTime: index });
      return;
    }
    finish(process, outcomeOf(type, name ?? '', value, index));
  });
  for (const process of [...open.keys()]) finish(process, { kind: 'info' });
  return history;
}

function inputOf(name: string, text: string): CasRegisterInput<number | null> {
  if (name === 'read') return { kind: 'read' };
  if (name === 'write') return { kind: 'write', value: valueOf(text) };
  const [, expected = '', value = ''] = /^\[(\S+) (\S+)\]$/.exec(text) ?? [];
  return { kind: 'cas', expected: valueOf(expected), value: valueOf(value) };
}

function outcomeOf(
  type: string,
  name: string,
  text: string,
  returnTime: number,
): Outcome<CasRegisterOutput<number | null>> {
  if (type === 'info') return { kind: 'info' };
  if (name === 'cas') return { kind: 'ok', output: type === 'ok', returnTime };
  if (type === 'fail') return { kind: 'fail', returnTime };
  return { kind: 'ok', output: name === 'read' ? valueOf(text) : undefined, returnTime };
}

function valueOf(text: string): number | null {
  if (text === 'nil') return null;
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw new HistoryError(`value: expected a number or nil, got ${text}`);
}
