import type { Model } from '../model.ts';
import { answering, describeCall, show } from './text.ts';

/** What a counter is asked. `by` may be negative. */
export type CounterInput =
  | { readonly kind: 'read' }
  | { readonly kind: 'add'; readonly by: number }
  /** Adds and answers the new value. */
  | { readonly kind: 'addAndGet'; readonly by: number };

/** Output of a read or addAndGet: the value. */
export type CounterOutput = number | undefined;

/** A number that can be added to. */
export function counter(initial = 0): Model<number, CounterInput, CounterOutput> {
  return {
    name: 'counter',
    init: () => initial,
    step: (state, input, output) => {
      switch (input.kind) {
        case 'read':
          return answering(output, state, state);
        case 'add':
          return [state + input.by];
        case 'addAndGet':
          return answering(output, state + input.by, state + input.by);
      }
    },
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) =>
      describeCall(input.kind, input.kind === 'read' ? [] : [input.by], output),
    describeState: show,
  };
}
