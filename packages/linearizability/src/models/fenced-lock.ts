import { type Model, UNKNOWN } from '../model.ts';
import { describeCall, show } from './text.ts';

/** What a fenced lock is asked, and by whom. */
export type FencedLockInput =
  | { readonly kind: 'acquire'; readonly owner: string }
  | { readonly kind: 'release'; readonly owner: string };

/** Output of `acquire`: the fencing token, or `null` if refused; of `release`: `undefined`. */
export type FencedLockOutput = number | null | undefined;

/** Who holds the lock, and the highest token given out. */
export interface FencedLockState {
  readonly holder: string | null;
  readonly token: number;
}

/**
 * A lock whose every acquisition comes with a token larger than all before, so that whoever is
 * still working under an older one can be turned away. A release by somebody who does not hold the
 * lock changes nothing. Free at first; tokens are above 0.
 *
 * Source: M. Kleppmann, "How to do distributed locking", 2016 (fencing tokens).
 */
export function fencedLock(): Model<FencedLockState, FencedLockInput, FencedLockOutput> {
  return {
    name: 'fenced-lock',
    init: () => ({ holder: null, token: 0 }),
    step: (state, input, output) => {
      const { holder, token } = state;
      if (input.kind === 'release') {
        return [holder === input.owner ? { holder: null, token } : state];
      }
      if (output === null) return [state];
      if (holder !== null) return output === UNKNOWN ? [state] : [];
      // Nobody saw the token: only that it is larger than the last, which later ones are anyway.
      const given = output === UNKNOWN ? token : output;
      if (given === undefined || (output !== UNKNOWN && given <= token)) return [];
      return [{ holder: input.owner, token: given }];
    },
    isRead: ({ kind }, output) => kind === 'acquire' && output === null,
    describeOperation: (input, output) => describeCall(input.kind, [input.owner], output),
    describeState: ({ holder, token }) => `${show(holder)}, token ${String(token)}`,
  };
}
