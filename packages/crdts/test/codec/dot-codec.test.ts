import { DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import { expect, test } from 'vitest';

import { causalCounter } from '../../src/causal/causal-counter.ts';
import {
  causalCounterCodec,
  dwFlagCodec,
  ewFlagCodec,
  mvRegisterCodec,
} from '../../src/codec/dot-codec.ts';
import { textCodec } from '../../src/codec/key-codec.ts';
import * as cases from '../support/causal-cases.ts';
import { showDots } from '../support/causal-cases.ts';
import { reachable } from '../support/lattice-laws.ts';

const show = showDots;
const counters = reachable(cases.causalCounterCase).map((state) =>
  state.store.length > 3 ? causalCounter.compact(state, state) : state,
);

describeCodec('enable-wins flags', ewFlagCodec, reachable(cases.ewFlagCase), { show });
describeCodec('disable-wins flags', dwFlagCodec, reachable(cases.dwFlagCase), { show });
describeCodec('registers', mvRegisterCodec(textCodec), reachable(cases.mvRegisterCase), { show });
describeCodec('counters', causalCounterCodec, counters, { show });

test('the largest amounts survive', () => {
  for (const amount of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0]) {
    const state = causalCounter.increment(causalCounter.bottom, 'a', amount);
    const read = causalCounterCodec.decode(causalCounterCodec.encode(state));
    expect(causalCounter.value(read)).toBe(amount);
  }
});

test.each([
  ['a tally from before the first dot', [0x52, 1, 1, 97, 1, 0, 0, 1, 0, 1, 1, 0, 5]],
  ['an amount of -0', [0x52, 1, 1, 97, 1, 0, 0, 1, 0, 1, 0, 1, 0]],
  ['a flag of another type', [0x50, 1, 1, 97, 1, 0, 0, 1, 0, 1, 0, 1, 1]],
])('%s is refused', (_name, bytes) => {
  expect(() => causalCounterCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
});

test('values are checked by their own codec', () => {
  const codec = mvRegisterCodec(textCodec);
  const bytes = [0x53, 1, 1, 97, 1, 0, 0, 1, 0, 1, 2, 2, 7];

  expect(() => codec.decode(Uint8Array.from(bytes))).toThrow('text: expected one, got a number');
});
