import type { Codec } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import {
  awMap,
  awSet,
  boundedCounter,
  causalCounter,
  type DotMap,
  type DotSet,
  dwFlag,
  ewFlag,
  gCounter,
  gSet,
  lwwMap,
  lwwRegister,
  lwwSet,
  movableList,
  movableTree,
  mvRegister,
  orderedList,
  pnCounter,
  rwSet,
  twoPhaseSet,
} from '../../../src/index.ts';
import * as codecs from '../../../src/codec/index.ts';
import * as operations from '../../../src/codec/operations/index.ts';
import type { OperationType } from '../../../src/codec/operations/operation-type.ts';

const { textCodec } = codecs;
const ann = 'ann-0001';
const nowMs = 1_767_225_600_000;
const setMap = awMap<DotMap<string, DotSet>>(awSet);
const sets = operations.awSetOperations(textCodec);
const setCodec = codecs.awSetCodec(textCodec);

/** Of the second change of ann: the bytes of its delta, and of its operation. */
function sizesOf<State, Operation>(
  codec: Codec<State>,
  type: OperationType<State, Operation>,
  mutate: (state: State, id: string) => State,
): string {
  const first = type.prepare(type.bottom, ann, mutate(type.bottom, ann));
  const state = first === undefined ? type.bottom : type.effect(type.bottom, ann, first);
  const delta = mutate(state, ann);
  const operation = type.prepare(state, ann, delta);
  const size = operation === undefined ? 0 : type.codec.encode(operation).length;
  return `${codec.encode(delta).length} ${size}`;
}

const o = operations;
const c = codecs;
let count = 0;
const next = (): string => `item-${(count = (count % 9) + 1)}`;

const plain = {
  gCounter: sizesOf(c.gCounterCodec, o.gCounterOperations, (s, id) => gCounter.increment(s, id)),
  pnCounter: sizesOf(c.pnCounterCodec, o.pnCounterOperations, (s, id) =>
    pnCounter.decrement(s, id),
  ),
  boundedCounter: sizesOf(c.boundedCounterCodec, o.boundedCounterOperations, (s, id) =>
    boundedCounter.increment(s, id),
  ),
  causalCounter: sizesOf(c.causalCounterCodec, o.causalCounterOperations, (s, id) =>
    causalCounter.increment(s, id),
  ),
  lwwRegister: sizesOf(c.lwwRegisterCodec(textCodec), o.lwwRegisterOperations(textCodec), (s, id) =>
    lwwRegister.set(s, id, next(), nowMs),
  ),
  mvRegister: sizesOf(c.mvRegisterCodec(textCodec), o.mvRegisterOperations(textCodec), (s, id) =>
    mvRegister.write(s, id, next()),
  ),
  ewFlag: sizesOf(c.ewFlagCodec, o.ewFlagOperations, (s, id) => ewFlag.enable(s, id)),
  dwFlag: sizesOf(c.dwFlagCodec, o.dwFlagOperations, (s, id) => dwFlag.disable(s, id)),
  gSet: sizesOf(c.gSetCodec, o.deltaAsOperation(gSet, c.gSetCodec), (s) => gSet.add(s, next())),
  twoPhaseSet: sizesOf(
    c.twoPhaseSetCodec,
    o.deltaAsOperation(twoPhaseSet, c.twoPhaseSetCodec),
    (s) => twoPhaseSet.add(s, next()),
  ),
};

const causal = {
  'awSet, add': sizesOf(setCodec, sets, (s, id) => awSet.add(s, id, next())),
  'awSet, remove': sizesOf(setCodec, sets, (s, id) =>
    awSet.count(s) === 0 ? awSet.add(s, id, next()) : awSet.clear(s),
  ),
  rwSet: sizesOf(c.rwSetCodec(textCodec), o.rwSetOperations(textCodec), (s, id) =>
    rwSet.add(s, id, next()),
  ),
  lwwSet: sizesOf(c.lwwSetCodec, o.lwwSetOperations, (s, id) => lwwSet.add(s, id, next(), nowMs)),
  lwwMap: sizesOf(c.lwwMapCodec(textCodec), o.lwwMapOperations(textCodec), (s, id) =>
    lwwMap.set(s, id, 'key', next(), nowMs),
  ),
  'awMap of awSet': sizesOf(
    c.awMapCodec<string, DotMap<string, DotSet>>(textCodec, awSet, setCodec),
    o.awMapOperations<string, DotMap<string, DotSet>, operations.KeyContent<string, true>>(
      textCodec,
      awSet,
      sets,
    ),
    (s, id) => setMap.update(s, 'key', (set) => awSet.add(set, id, next())),
  ),
  orderedList: sizesOf(c.orderedListCodec(textCodec), o.orderedListOperations(textCodec), (s, id) =>
    orderedList.insert(s, id, orderedList.length(s), [next()]),
  ),
  movableList: sizesOf(c.movableListCodec(textCodec), o.movableListOperations(textCodec), (s, id) =>
    movableList.insert(s, id, movableList.length(s), [next()]),
  ),
  movableTree: sizesOf(
    c.movableTreeCodec,
    o.movableTreeOperations,
    (s, id) => movableTree.create(s, id, '').delta,
  ),
};

// What the README shows.
test('the bytes of a delta and of its operation, of replicas with ids of eight letters', () => {
  expect({ ...plain, ...causal }).toMatchInlineSnapshot(`
    {
      "awMap of awSet": "34 18",
      "awSet, add": "27 12",
      "awSet, remove": "15 7",
      "boundedCounter": "14 3",
      "causalCounter": "20 5",
      "dwFlag": "18 8",
      "ewFlag": "17 7",
      "gCounter": "14 2",
      "gSet": "9 9",
      "lwwMap": "35 22",
      "lwwRegister": "28 17",
      "lwwSet": "29 16",
      "movableList": "41 15",
      "movableTree": "22 6",
      "mvRegister": "26 16",
      "orderedList": "30 15",
      "pnCounter": "17 3",
      "rwSet": "28 13",
      "twoPhaseSet": "10 10",
    }
  `);
});
