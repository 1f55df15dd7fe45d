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
  state.store.length > 3 ? causalCounter.join(state, causalCounter.settle(state, state)) : state,
);

describeCodec('enable-wins flags', ewFlagCodec, reachable(cases.ewFlagCase), { show });
describeCodec('disable-wins flags', dwFlagCodec, reachable(cases.dwFlagCase), { show });
describeCodec('registers', mvRegisterCodec(textCodec), reachable(cases.mvRegisterCase), { show });
describeCodec('counters', causalCounterCodec, counters, { show });

test('a tally of all dots there are takes no time', () => {
  const largest = [255, 255, 255, 255, 255, 255, 255, 15];
  const beyond = [254, 255, 255, 255, 255, 255, 255, 15];
  const most = [253, 255, 255, 255, 255, 255, 255, 15];
  const bytes = [0x52, 1, 1, 97, 1, 0, ...beyond, 1, 0, ...largest, 0, 7, 1, 0, ...most];
  const state = causalCounterCodec.decode(Uint8Array.from(bytes));

  expect(causalCounter.value(state)).toBe(7);
  expect(causalCounter.reset(state).context).toEqual(state.context);
});

test('the largest amounts survive', () => {
  for (const amount of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0]) {
    const state = causalCounter.increment(causalCounter.bottom, 'a', amount);
    const read = causalCounterCodec.decode(causalCounterCodec.encode(state));
    expect(causalCounter.value(read)).toBe(amount);
  }
});

// Tag; one replica a with the dots 1..9; one dot: place, counter; sign, size, ranges of others.
const head = [0x52, 1, 1, 97, 1, 0, 8, 1, 0];

test.each([
  ['a tally of itself', [...head, 5, 0, 7, 1, 0, 4]],
  ['a tally of what comes later', [...head, 5, 0, 7, 1, 5, 0]],
  [
    'a tally of dots that the context does not have',
    [0x52, 1, 1, 97, 1, 4, 0, 1, 0, 5, 0, 7, 1, 0, 0],
  ],
  ['an amount of -0', [...head, 5, 1, 0, 0]],
  ['a sign that is none', [...head, 5, 2, 7, 0]],
  ['a flag of another type', [0x50, 1, 1, 97, 1, 0, 0, 1, 0, 1]],
])('%s is refused', (_name, bytes) => {
  expect(() => causalCounterCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
});

test('values are checked by their own codec', () => {
  const codec = mvRegisterCodec(textCodec);
  const bytes = [0x53, 1, 1, 97, 1, 0, 0, 1, 0, 1, 2, 2, 7];

  expect(() => codec.decode(Uint8Array.from(bytes))).toThrow('text: expected one, got a number');
});
