import { HistoryError } from '../errors.ts';
import type { History, Operation, Outcome } from '../history.ts';

/** Joins the calls and the returns of a log, which tells them apart, to operations. */
export interface Calls<Input, Output> {
  /**
   * `process` called.
   *
   * @throws HistoryError if it has a call open, or one whose outcome nobody knows.
   */
  call(process: string, input: Input, callTime: number, place: string): void;

  /**
   * The open call of `process` came to its end.
   *
   * @throws HistoryError if there is none.
   */
  end(process: string, outcomeOf: (input: Input) => Outcome<Output>, place: string): void;

  /** All operations; calls that never returned are of unknown outcome. */
  history(): History<Input, Output>;
}

interface Open<Input> {
  readonly input: Input;
  readonly callTime: number;
  readonly place: string;
}

/** A log without events so far. */
export function pairCalls<Input, Output>(): Calls<Input, Output> {
  const open = new Map<string, Open<Input>>();
  const lost = new Map<string, string>();
  const ended: Operation<Input, Output>[] = [];
  return {
    call(process, input, callTime, place) {
      const before = open.get(process);
      if (before !== undefined) {
        throw new HistoryError(
          `${place}: expected process ${process} to have no open call, got one (${before.place})`,
        );
      }
      const lostAt = lost.get(process);
      if (lostAt !== undefined) {
        throw new HistoryError(
          `${place}: expected process ${process} to go on under a new name, because nobody ` +
            `knows the outcome of its last call (${lostAt}), got another call`,
        );
      }
      open.set(process, { input, callTime, place });
    },
    end(process, outcomeOf, place) {
      const call = open.get(process);
      if (call === undefined) {
        throw new HistoryError(`${place}: expected a call of process ${process} before its return`);
      }
      open.delete(process);
      const { input, callTime } = call;
      const outcome = outcomeOf(input);
      if (outcome.kind === 'info') lost.set(process, place);
      ended.push({ process, input, callTime, outcome });
    },
    history: () => [
      ...ended,
      ...Array.from(open, ([process, { input, callTime }]): Operation<Input, Output> => ({
        process,
        input,
        callTime,
        outcome: { kind: 'info' },
      })),
    ],
  };
}
