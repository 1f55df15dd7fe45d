import { type Model, UNKNOWN } from '../model.ts';
import { describeCall, show } from './text.ts';

/** What a lock is asked, and by whom. */
export type MutexInput =
  | { readonly kind: 'acquire'; readonly owner: string }
  | { readonly kind: 'release'; readonly owner: string };

/** `true`, or `undefined` where the client is not told: it was done. `false`: it was refused. */
export type MutexOutput = boolean | undefined;

/** Who holds the lock; `null` while nobody does. */
export type MutexState = string | null;

/** A lock that one owner holds at a time, and only its holder can release. Free at first. */
export function mutex(): Model<MutexState, MutexInput, MutexOutput> {
  return {
    name: 'mutex',
    init: () => null,
    step: (state, input, output) => {
      const isPossible = input.kind === 'acquire' ? state === null : state === input.owner;
      const next = input.kind === 'acquire' ? input.owner : null;
      if (output === UNKNOWN) return [isPossible ? next : state];
      const isDone = output !== false;
      // Giving up on a lock is always allowed, even if it was free for a moment.
      if (!isDone) return [state];
      return isPossible ? [next] : [];
    },
    isRead: (_input, output) => output === false,
    describeOperation: (input, output) => describeCall(input.kind, [input.owner], output),
    describeState: show,
  };
}
