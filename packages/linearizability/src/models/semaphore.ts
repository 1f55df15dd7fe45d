import { type Model, UNKNOWN } from '../model.ts';
import { describeCall } from './text.ts';

/** What a semaphore is asked, and by whom. */
export type SemaphoreInput =
  | { readonly kind: 'acquire'; readonly owner: string }
  | { readonly kind: 'release'; readonly owner: string };

/** `true`, or `undefined` where the client is not told: it was done. `false`: it was refused. */
export type SemaphoreOutput = boolean | undefined;

/** How many permits each owner holds; owners without any are not in it. */
export type SemaphoreState = ReadonlyMap<string, number>;

/**
 * At most `permitCount` permits, of which one owner may hold several. All are free at first.
 *
 * @throws RangeError if `permitCount` is no integer of at least 1.
 */
export function semaphore(
  permitCount: number,
): Model<SemaphoreState, SemaphoreInput, SemaphoreOutput> {
  if (!Number.isSafeInteger(permitCount) || permitCount < 1) {
    throw new RangeError(`permitCount: expected an integer of at least 1, got ${permitCount}`);
  }
  return {
    name: 'semaphore',
    init: () => new Map<string, number>(),
    step: (state, input, output) => {
      if (output === false) return [state];
      const own = state.get(input.owner) ?? 0;
      const isAcquire = input.kind === 'acquire';
      const isPossible = isAcquire ? heldCount(state) < permitCount : own > 0;
      if (!isPossible) return output === UNKNOWN ? [state] : [];
      const next = new Map(state);
      const left = isAcquire ? own + 1 : own - 1;
      if (left === 0) next.delete(input.owner);
      else next.set(input.owner, left);
      return [next];
    },
    isRead: (_input, output) => output === false,
    describeOperation: (input, output) => describeCall(input.kind, [input.owner], output),
    describeState: (state) =>
      Array.from(state, ([owner, count]) => `${owner}: ${String(count)}`).join(', '),
  };
}

function heldCount(state: SemaphoreState): number {
  let count = 0;
  for (const held of state.values()) count += held;
  return count;
}
