import { DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import { expect, test } from 'vitest';

import { awMap } from '../../src/causal/aw-map.ts';
import { type AwSet, awSet } from '../../src/causal/aw-set.ts';
import { mvRegister } from '../../src/causal/mv-register.ts';
import type { DotFun } from '../../src/causal/dot-fun.ts';
import { mvRegisterCodec } from '../../src/codec/dot-codec.ts';
import { awMapCodec, awSetCodec, rwSetCodec } from '../../src/codec/dot-map-codec.ts';
import { keyCodec, textCodec } from '../../src/codec/key-codec.ts';
import * as cases from '../support/causal-cases.ts';
import { reachable } from '../support/lattice-laws.ts';

const sets = awSetCodec(textCodec);
const maps = awMapCodec(textCodec, awSet, sets);

describeCodec('add-wins sets', sets, reachable(cases.awSetCase), { show: cases.awSetCase.show });
describeCodec('remove-wins sets', rwSetCodec(textCodec), reachable(cases.rwSetCase), {
  show: cases.rwSetCase.show,
});
describeCodec('maps of sets', maps, reachable(cases.setMapCase), { show: cases.setMapCase.show });

test('what was decoded can be changed and joined as before', () => {
  let state: AwSet<string> = awSet.add(awSet.bottom, 'a', 'x');
  for (const element of ['y', 'z', 'w']) state = awSet.join(state, awSet.add(state, 'a', element));
  const read = sets.decode(sets.encode(state));

  expect([...awSet.elements(awSet.join(read, awSet.remove(read, 'y')))]).toEqual(['w', 'x', 'z']);
  expect(awSet.leq(state, read)).toBe(true);
  expect(awSet.leq(read, state)).toBe(true);
});

test('maps of maps of registers have a codec of three', () => {
  const page = awMap<DotFun<string>>(mvRegister);
  const pages = awMap(page);
  const codec = awMapCodec(
    keyCodec,
    page,
    awMapCodec(keyCodec, mvRegister, mvRegisterCodec(textCodec)),
  );
  const state = pages.update(pages.bottom, 7, (home) =>
    page.update(home, '__proto__', (title) => mvRegister.write(title, 'a', 'Welcome')),
  );
  const read = codec.decode(codec.encode(state));

  expect(mvRegister.values(page.get(pages.get(read, 7), '__proto__'))).toEqual(['Welcome']);
});

test.each([
  ['a key without dots', [0x54, 1, 1, 97, 1, 0, 0, 1, 3, 0, 1, 120, 0]],
  ['a dot under two keys', [0x54, 1, 1, 97, 1, 0, 0, 2, 2, 2, 1, 1, 0, 1, 2, 2, 2, 1, 0, 1]],
  ['keys in another order', [0x54, 1, 1, 97, 1, 0, 1, 2, 2, 2, 2, 1, 0, 1, 2, 2, 1, 1, 0, 2]],
])('%s is refused', (_name, bytes) => {
  expect(() => awSetCodec(keyCodec).decode(Uint8Array.from(bytes))).toThrow(DecodeError);
});
