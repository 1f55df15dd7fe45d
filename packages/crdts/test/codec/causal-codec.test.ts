import { DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contextOf } from '../../src/causal/causal-context.ts';
import { type CausalCodec, causalCodec, dotFields } from '../../src/codec/causal-codec.ts';
import type { DotFun } from '../../src/causal/dot-fun.ts';
import { showDots } from '../support/causal-cases.ts';

const codec: CausalCodec<DotFun<true>> = causalCodec(
  1,
  dotFields<true>(
    () => undefined,
    () => true,
  ),
);

const dot = fc.record({
  replicaId: fc.constantFrom('a', 'b', '__proto__', '\u{1f642}'),
  counter: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 53 - 1 })),
});
const states = fc.array(dot, { maxLength: 20, size: 'max' }).map((dots) => {
  const seen = contextOf(dots);
  const alive = dots.filter(({ counter }) => counter % 2 === 1);
  const names = new Map(alive.map((one) => [`${one.replicaId} ${one.counter}`, one]));
  const store = [...names.values()]
    .sort((left, right) =>
      left.replicaId === right.replicaId
        ? left.counter - right.counter
        : left.replicaId < right.replicaId
          ? -1
          : 1,
    )
    .map((one): { replicaId: string; counter: number; value: true } => ({ ...one, value: true }));
  return { store, context: seen };
});

describeCodec('contexts and dots', codec, states, { show: showDots });

test('a delta is as small as its dot', () => {
  const delta = {
    store: [{ replicaId: 'a', counter: 1, value: true } as const],
    context: contextOf([{ replicaId: 'a', counter: 1 }]),
  };

  // Tag; one replica, its id, one range, no gap, no length; one dot: place, counter.
  expect([...codec.encode(delta)]).toEqual([1, 1, 1, 97, 1, 0, 0, 1, 0, 1]);
});

test.each([
  ['a dot that the context does not have', [1, 1, 1, 97, 1, 0, 0, 1, 0, 2]],
  ['a replica that the context does not have', [1, 1, 1, 97, 1, 0, 0, 1, 1, 1]],
  ['a replica without dots', [1, 1, 1, 97, 0, 0, 0, 0]],
  ['a replica without a name', [1, 1, 0, 1, 0, 0, 0, 0]],
  ['replicas in another order', [1, 2, 1, 98, 1, 0, 0, 1, 97, 1, 0, 0, 0]],
  ['dots in another order', [1, 1, 1, 97, 1, 0, 1, 2, 0, 2, 0, 1]],
  ['a dot of 0', [1, 1, 1, 97, 1, 0, 0, 1, 0, 0]],
  ['a counter beyond 2^53-1', [1, 1, 1, 97, 1, 255, 255, 255, 255, 255, 255, 255, 15, 1, 0]],
])('%s is refused', (_name, bytes) => {
  expect(() => codec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
});
