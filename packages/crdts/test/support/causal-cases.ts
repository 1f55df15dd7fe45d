import { type AwMap, awMap, type AwMapType } from '../../src/causal/aw-map.ts';
import { type AwSet, awSet } from '../../src/causal/aw-set.ts';
import type { Causal } from '../../src/causal/causal.ts';
import { type CausalCounter, causalCounter } from '../../src/causal/causal-counter.ts';
import type { DotFun, DotSet } from '../../src/causal/dot-fun.ts';
import type { DotMap } from '../../src/causal/dot-map.ts';
import { type DwFlag, dwFlag } from '../../src/causal/dw-flag.ts';
import { type EwFlag, ewFlag } from '../../src/causal/ew-flag.ts';
import { type MvRegister, mvRegister } from '../../src/causal/mv-register.ts';
import { entriesOf, type Key } from '../../src/ordered-map.ts';
import { type RwSet, rwSet } from '../../src/causal/rw-set.ts';
import type { Lattice } from '../../src/lattice.ts';
import { type Delivered, newest, sees } from './exhaustive.ts';

/** A type of the catalogue as data: what can be done, what is seen, and what should be. */
export interface CausalCase<State, Operation> {
  readonly lattice: Lattice<State>;
  readonly operations: readonly Operation[];
  readonly mutate: (state: State, replicaId: string, operation: Operation) => State;
  readonly show: (state: State) => string;
  readonly view: (state: State) => unknown;
  readonly specification: (events: Delivered<Operation>) => unknown;
}

const contextShown = ({ context }: Causal<unknown>): unknown =>
  [...entriesOf(context)].map(({ key, value }) => [key, value]);

/** A store of dots and its context, as text. */
export function showDots(state: Causal<DotFun<unknown>>): string {
  return JSON.stringify([state.store, contextShown(state)]);
}

/** A map of stores of dots, its index and its context, as text. */
export function showMap(state: Causal<DotMap<Key, DotFun<unknown>>>): string {
  return JSON.stringify([mapShown(state.store, (dots) => dots), contextShown(state)]);
}

function mapShown<Store>(
  { entries, owners }: DotMap<Key, Store>,
  showStore: (store: Store) => unknown,
): unknown {
  return [
    [...entriesOf(entries)].map(({ key, value }) => [key, showStore(value)]),
    [...entriesOf(owners)].map(({ key, value }) => [
      key,
      [...entriesOf(value)].map((owner) => [owner.key, owner.value]),
    ]),
  ];
}

type SetOperation = readonly ['add' | 'remove', string];

const elementsOf = (events: Delivered<SetOperation>): string[] =>
  [...new Set(events.map(({ operation: [, element] }) => element))].sort();

export const awSetCase: CausalCase<AwSet<string>, SetOperation> = {
  lattice: awSet,
  operations: [
    ['add', 'x'],
    ['remove', 'x'],
    ['add', 'y'],
    ['remove', 'y'],
  ],
  mutate: (state, replicaId, [kind, element]) =>
    kind === 'add' ? awSet.add(state, replicaId, element) : awSet.remove(state, element),
  show: showMap,
  view: (state) => [...awSet.elements(state)],
  // There is an addition that no removal has seen.
  specification: (events) =>
    elementsOf(events).filter((element) => {
      const own = events.filter(({ operation }) => operation[1] === element);
      const removals = own.filter(({ operation }) => operation[0] === 'remove');
      return own.some(
        (event) =>
          event.operation[0] === 'add' && !removals.some((removal) => sees(removal, event)),
      );
    }),
};

export const rwSetCase: CausalCase<RwSet<string>, SetOperation> = {
  lattice: rwSet,
  operations: awSetCase.operations,
  mutate: (state, replicaId, [kind, element]) => rwSet[kind](state, replicaId, element),
  show: showMap,
  view: (state) => [...rwSet.elements(state)],
  // What happened last to an element, by all who are concurrent, are additions.
  specification: (events) =>
    elementsOf(events).filter((element) =>
      newest(events.filter(({ operation }) => operation[1] === element)).every(
        ({ operation: [kind] }) => kind === 'add',
      ),
    ),
};

type FlagOperation = 'enable' | 'disable';

export const ewFlagCase: CausalCase<EwFlag, FlagOperation> = {
  lattice: ewFlag,
  operations: ['enable', 'disable'],
  mutate: (state, replicaId, kind) => ewFlag[kind](state, replicaId),
  show: showDots,
  view: (state) => ewFlag.isEnabled(state),
  specification: (events) => newest(events).some(({ operation }) => operation === 'enable'),
};

export const dwFlagCase: CausalCase<DwFlag, FlagOperation> = {
  lattice: dwFlag,
  operations: ['enable', 'disable'],
  mutate: (state, replicaId, kind) => dwFlag[kind](state, replicaId),
  show: showDots,
  view: (state) => dwFlag.isEnabled(state),
  specification: (events) =>
    events.length > 0 && newest(events).every(({ operation }) => operation === 'enable'),
};

type RegisterOperation = readonly ['write', string] | readonly ['clear'];

export const mvRegisterCase: CausalCase<MvRegister<string>, RegisterOperation> = {
  lattice: mvRegister,
  operations: [['write', 'v'], ['write', 'w'], ['clear']],
  mutate: (state, replicaId, [kind, value = '']) =>
    kind === 'write' ? mvRegister.write(state, replicaId, value) : mvRegister.clear(state),
  show: showDots,
  view: (state) => mvRegister.values(state).sort(),
  // The writes that no write and no clearing has seen.
  specification: (events) =>
    newest(events)
      .flatMap(({ operation }) => (operation[0] === 'write' ? [operation[1]] : []))
      .sort(),
};

type CounterOperation = number | 'reset';

export const causalCounterCase: CausalCase<CausalCounter, CounterOperation> = {
  lattice: causalCounter,
  operations: [1, -10, 'reset'],
  mutate: (state, replicaId, operation) =>
    operation === 'reset'
      ? causalCounter.reset(state)
      : causalCounter.increment(state, replicaId, operation),
  show: showDots,
  view: (state) => causalCounter.value(state),
  specification: (events) => sumOf(events),
};

/** The increments that no reset has seen. */
function sumOf(events: Delivered<CounterOperation>): number {
  const resets = events.filter(({ operation }) => operation === 'reset');
  return events
    .filter((event) => !resets.some((reset) => sees(reset, event)))
    .reduce((sum, { operation }) => (operation === 'reset' ? sum : sum + operation), 0);
}

/** A map of sets. */
export const setMap: AwMapType<DotMap<string, DotSet>> = awMap<DotMap<string, DotSet>>(awSet);

type SetMapOperation =
  readonly ['add' | 'remove', key: string, element: string] | readonly ['drop', key: string];

export const setMapCase: CausalCase<AwMap<string, DotMap<string, DotSet>>, SetMapOperation> = {
  lattice: setMap,
  operations: [
    ['add', 'k', 'x'],
    ['remove', 'k', 'x'],
    ['add', 'k', 'y'],
    ['add', 'l', 'x'],
    ['drop', 'k'],
  ],
  mutate: (state, replicaId, [kind, key, element = '']) => {
    if (kind === 'drop') return setMap.remove(state, key);
    return setMap.update(state, key, (set) =>
      kind === 'add' ? awSet.add(set, replicaId, element) : awSet.remove(set, element),
    );
  },
  show: (state) =>
    JSON.stringify([
      mapShown(state.store, (set) => mapShown(set, (dots) => dots)),
      contextShown(state),
    ]),
  view: (state) =>
    [...setMap.keys(state)].map((key) => [key, [...awSet.elements(setMap.get(state, key))]]),
  // Of each key: additions of elements that neither a removal of the element nor of the key saw.
  specification: (events) => {
    const standing = events.filter((event) => {
      const [kind, key, element] = event.operation;
      return (
        kind === 'add' &&
        !events.some(
          (other) =>
            sees(other, event) &&
            other.operation[1] === key &&
            (other.operation[0] === 'drop' ||
              (other.operation[0] === 'remove' && other.operation[2] === element)),
        )
      );
    });
    const keys = [...new Set(standing.map(({ operation }) => operation[1]))].sort();
    return keys.map((key) => [
      key,
      [
        ...new Set(
          standing.flatMap(({ operation: [kind, of, element] }) =>
            kind !== 'drop' && of === key ? [element] : [],
          ),
        ),
      ].sort(),
    ]);
  },
};
