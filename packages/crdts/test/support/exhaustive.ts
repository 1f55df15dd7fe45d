/*
 * Bounded exhaustive checking of replicated data types.
 *
 * Random tests find what is likely. The mistakes of replicated types are short and unlikely: three
 * replicas, four operations, one unlucky order. So try them all. A *history* says which operations
 * there were, who issued each, and which of the others had been delivered there before. Up to a
 * small size all histories can be listed; for each of them, all orders of delivery that keep causes
 * before effects.
 *
 * Orders are many, what replicas can have delivered is little: sets of events that contain the past
 * of each of their events. So states are kept by set. A set is reached by each of its last events;
 * if all of these ways give equal states, then by induction all orders do. And its view must be
 * what the specification says: a function of the events of the set, of who saw whom, and of how
 * ties are broken, written down without regard to cost (Burckhardt, Gotsman, Yang and Zawirski,
 * "Replicated data types: specification, verification, optimality", POPL 2014).
 *
 * For lattices more is asked, up to `depthOfAllOrders` events: changes joined in any order,
 * without regard to causes, never lose what comes later; any two states join to that of both sets;
 * what is more, is more in the order of the lattice.
 */
import { difference, type Lattice } from '../../src/lattice.ts';

/** One operation of a history. */
export interface Event<Operation> {
  /** Its place in the history; causes come before effects. At most 30. */
  readonly index: number;
  readonly replicaId: string;
  readonly operation: Operation;
  /** Bit i is set if event i had been delivered at this replica before. */
  readonly past: number;
  /** 1 + the largest of its past: causes have smaller ones, concurrent events may have the same. */
  readonly lamport: number;
}

/** Whether `later` was issued by somebody who had seen `earlier`. */
export function sees<Operation>(later: Event<Operation>, earlier: Event<Operation>): boolean {
  return ((later.past >> earlier.index) & 1) === 1;
}

/** The events of a history that a replica has delivered, causes first: what a view is made of. */
export type Delivered<Operation> = readonly Event<Operation>[];

/** Those of `events` that no other of them has seen. */
export function newest<Operation>(events: Delivered<Operation>): Event<Operation>[] {
  return events.filter((event) => !events.some((other) => sees(other, event)));
}

/** A type under test. A change is what travels: a delta, or the effect of an operation. */
export interface Subject<State, Operation, Change> {
  readonly bottom: State;
  /** What a replica may try at any time; a handful, as their number counts to the fourth power. */
  readonly operations: readonly Operation[];
  /** What a replica sends to all, itself included; `undefined` if it cannot do this now. */
  readonly issue: (state: State, replicaId: string, operation: Operation) => Change | undefined;
  readonly receive: (state: State, change: Change) => State;
  /** All that counts of a state, as text: the hex of its bytes, say. */
  readonly show: (state: State) => string;
  /** What a user sees, as data. */
  readonly view: (state: State) => unknown;
  /** The same, from the definition. */
  readonly specification: (events: Delivered<Operation>) => unknown;
  /** Set if changes are states: more is asked of these. */
  readonly lattice?: Lattice<State> & { readonly deltaOf: (change: Change) => State };
}

/** A lattice with its delta-mutators as a subject. */
export function deltaSubject<State, Operation>(parts: {
  readonly lattice: Lattice<State>;
  readonly operations: readonly Operation[];
  readonly mutate: (state: State, replicaId: string, operation: Operation) => State | undefined;
  readonly show: (state: State) => string;
  readonly view: (state: State) => unknown;
  readonly specification: (events: Delivered<Operation>) => unknown;
}): Subject<State, Operation, State> {
  const { lattice, mutate, ...rest } = parts;
  return {
    ...rest,
    bottom: lattice.bottom,
    issue: mutate,
    receive: (state, delta) => lattice.join(state, delta),
    lattice: {
      bottom: lattice.bottom,
      join: (left, right) => lattice.join(left, right),
      leq: (left, right) => lattice.leq(left, right),
      decompose: (state) => lattice.decompose(state),
      deltaOf: (delta) => delta,
    },
  };
}

export interface Bounds {
  /** The number of events of the longest histories. */
  readonly depth: number;
  /** From this number on, the costly laws of lattices are taken on trust. Default: 3. */
  readonly depthOfAllOrders?: number;
  /** Default: three. */
  readonly replicaIds?: readonly string[];
  /**
   * 'interchangeable' (default): histories that differ in the names of replicas only are tried
   * once. 'distinct': all of them, for types that compare the names of events in causal order.
   */
  readonly replicas?: 'interchangeable' | 'distinct';
}

/**
 * `usual`, or the environment's CRDTS_DEPTH: how deep to look tonight. Every event more takes some
 * fifty times as long.
 */
export function depthOf(usual: number): number {
  return Number(process.env['CRDTS_DEPTH'] ?? usual);
}

/** What is known of the histories that begin alike. */
interface Prefix<State, Operation, Change> {
  readonly events: readonly Event<Operation>[];
  readonly changes: readonly Change[];
  /** By sets of events that contain the pasts of their events, in ascending order. */
  readonly states: ReadonlyMap<number, State>;
  /** By any sets of events: their deltas joined. Empty beyond `depthOfAllOrders`. */
  readonly joins: ReadonlyMap<number, State>;
}

/**
 * Tries all histories within `bounds`.
 *
 * @returns How many there were, so that a test can say that it tried enough.
 * @throws Error that tells the history, if two orders end in different states or a view is not as
 *   specified.
 */
export function checkExhaustively<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  bounds: Bounds,
): number {
  const { depth, replicaIds = ['a', 'b', 'c'] } = bounds;
  const start = new Map([[0, subject.bottom]]);
  let historyCount = 0;
  expectView(subject, [], 0, subject.bottom);
  const explore = (prefix: Prefix<State, Operation, Change>): void => {
    historyCount += 1;
    if (prefix.events.length === depth) return;
    for (const { replicaId, past } of continuations(prefix, replicaIds, bounds)) {
      for (const operation of subject.operations) {
        const next = extend(subject, prefix, { replicaId, operation, past }, bounds);
        if (next !== undefined) explore(next);
      }
    }
  };
  explore({ events: [], changes: [], states: start, joins: start });
  return historyCount;
}

/** Who may issue the next event, and what may have been delivered there. */
function* continuations<State, Operation, Change>(
  { events, states }: Prefix<State, Operation, Change>,
  replicaIds: readonly string[],
  { replicas = 'interchangeable' }: Bounds,
): Iterable<{ replicaId: string; past: number }> {
  const last = events.at(-1);
  const used = new Set(events.map((event) => event.replicaId)).size;
  const candidates = replicas === 'distinct' ? replicaIds : replicaIds.slice(0, used + 1);
  for (const replicaId of candidates) {
    const own = events.findLast((event) => event.replicaId === replicaId);
    for (const past of states.keys()) {
      if (own !== undefined && ((past >> own.index) & 1) === 0) continue;
      // Of two neighbours that do not know of each other, only one order need be tried.
      const isConcurrent = last !== undefined && ((past >> last.index) & 1) === 0;
      if (isConcurrent && last.replicaId > replicaId) continue;
      yield { replicaId, past };
    }
  }
}

/** The history with one event more, all of whose states have been checked. */
function extend<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  prefix: Prefix<State, Operation, Change>,
  added: Pick<Event<Operation>, 'replicaId' | 'operation' | 'past'>,
  { depthOfAllOrders = 3 }: Bounds,
): Prefix<State, Operation, Change> | undefined {
  const change = subject.issue(at(prefix.states, added.past), added.replicaId, added.operation);
  if (change === undefined) return undefined;
  const index = prefix.events.length;
  const seen = prefix.events.filter((event) => ((added.past >> event.index) & 1) === 1);
  const lamport = 1 + Math.max(0, ...seen.map((event) => event.lamport));
  const events = [...prefix.events, { ...added, index, lamport }];
  const changes = [...prefix.changes, change];
  const states = new Map(prefix.states);
  for (const before of prefix.states.keys()) {
    if ((before & added.past) !== added.past) continue;
    const set = before | (1 << index);
    states.set(set, deliver(subject, { events, changes, states }, set));
  }
  const { lattice } = subject;
  const joins = new Map(prefix.joins);
  const next = { events, changes, states, joins };
  if (lattice === undefined || events.length > depthOfAllOrders) return next;
  for (const before of prefix.joins.keys()) {
    const set = before | (1 << index);
    joins.set(set, joinInAnyOrder(subject, lattice, next, set));
  }
  expectLattice(subject, lattice, next);
  return next;
}

/** The state of `set`, the same whichever of its events was delivered last. */
function deliver<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  known: Pick<Prefix<State, Operation, Change>, 'events' | 'changes' | 'states'>,
  set: number,
): State {
  let result: { readonly state: State; readonly shown: string } | undefined;
  for (const event of known.events) {
    const others = set & ~(1 << event.index);
    const before = known.states.get(others);
    // No other event of the set knows of this one, or they were no set to be delivered.
    if (others === set || before === undefined) continue;
    const state = subject.receive(before, changeOf(known.changes, event.index));
    const shown = subject.show(state);
    result ??= { state, shown };
    if (shown === result.shown) continue;
    const claim = `${eventsOf(set)} with ${event.index} last: ${shown}, but also ${result.shown}`;
    throw failure(known.events, claim);
  }
  if (result === undefined) throw failure(known.events, `${eventsOf(set)}: no event is last`);
  expectView(subject, known.events, set, result.state);
  return result.state;
}

function joinInAnyOrder<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  lattice: NonNullable<Subject<State, Operation, Change>['lattice']>,
  { events, changes, states, joins }: Prefix<State, Operation, Change>,
  set: number,
): State {
  const result = states.get(set);
  let shown = result === undefined ? undefined : subject.show(result);
  let last = result;
  for (const { index } of events) {
    if (((set >> index) & 1) === 0) continue;
    const delta = lattice.deltaOf(changeOf(changes, index));
    last = lattice.join(at(joins, set & ~(1 << index)), delta);
    const shownNow = subject.show(last);
    shown ??= shownNow;
    if (shownNow === shown) continue;
    const claim = `deltas ${eventsOf(set)}, ${index} last: ${shownNow}, expected ${shown}`;
    throw failure(events, claim);
  }
  if (last === undefined) throw failure(events, 'a set of events is not empty');
  return last;
}

/** What holds of the states of the newest event beside all others. */
function expectLattice<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  lattice: Lattice<State>,
  { events, states }: Prefix<State, Operation, Change>,
): void {
  const newestBit = 1 << (events.length - 1);
  for (const [left, leftState] of states) {
    if ((left & newestBit) === 0) continue;
    expectParts(subject, lattice, events, leftState);
    for (const [right, rightState] of states) {
      const both = subject.show(at(states, left | right));
      const joined = subject.show(lattice.join(leftState, rightState));
      const names = `${eventsOf(left)} and ${eventsOf(right)}`;
      if (joined !== both) throw failure(events, `${names} join to ${joined}, expected ${both}`);
      if (lattice.leq(leftState, rightState) !== (both === subject.show(rightState))) {
        throw failure(events, `${names}: leq is not what join says`);
      }
      if (lattice.leq(rightState, leftState) !== (both === subject.show(leftState))) {
        throw failure(events, `${names}: leq is not what join says, the other way round`);
      }
      const delta = difference(lattice, leftState, rightState);
      if (subject.show(lattice.join(rightState, delta)) !== both) {
        throw failure(events, `${names}: the difference does not make up for the first`);
      }
    }
  }
}

function expectParts<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  lattice: Lattice<State>,
  events: readonly Event<Operation>[],
  state: State,
): void {
  const parts = [...lattice.decompose(state)];
  const joined = parts.reduce((sum, part) => lattice.join(sum, part), lattice.bottom);
  if (subject.show(joined) === subject.show(state)) return;
  throw failure(events, `parts join to ${subject.show(joined)}, not to ${subject.show(state)}`);
}

function expectView<State, Operation, Change>(
  subject: Subject<State, Operation, Change>,
  events: readonly Event<Operation>[],
  set: number,
  state: State,
): void {
  const seen = JSON.stringify(subject.view(state));
  const delivered = events.filter(({ index }) => ((set >> index) & 1) === 1);
  const specified = JSON.stringify(subject.specification(delivered));
  if (seen === specified) return;
  throw failure(events, `after ${eventsOf(set)} a user sees ${seen}, specified: ${specified}`);
}

function at<Value>(values: ReadonlyMap<number, Value>, set: number): Value {
  const value = values.get(set);
  if (value === undefined) throw new Error(`${eventsOf(set)}: expected a state`);
  return value;
}

function changeOf<Change>(changes: readonly Change[], index: number): Change {
  const change = changes[index];
  if (change === undefined) throw new Error(`expected a change of event ${index}`);
  return change;
}

function eventsOf(set: number): string {
  const indices = Array.from({ length: 31 }, (_, index) => index);
  return `{${indices.filter((index) => ((set >> index) & 1) === 1).join(' ')}}`;
}

function failure<Operation>(events: readonly Event<Operation>[], claim: string): Error {
  const lines = events.map(
    ({ index, replicaId, operation, past }) =>
      `  ${index}: ${replicaId} does ${JSON.stringify(operation)} having ${eventsOf(past)}`,
  );
  return new Error([claim, ...lines].join('\n'));
}
