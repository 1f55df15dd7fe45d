import { describe, expect, test } from 'vitest';

import { type PrunedClock, PruningLog } from '../src/pruning.ts';
import { type ClockEntry, compare, merge, VectorClock } from '../src/vector-clock.ts';

const of = (epoch: number, entries: Record<string, number>): PrunedClock => ({
  epoch,
  clock: VectorClock.fromJSON(entries),
});

/** x left after 2 events, then y after 3. */
function twicePruned(): PruningLog {
  const log = new PruningLog();
  log.record({ epoch: 1, finals: VectorClock.of([['x', 2]]) });
  log.record({ epoch: 2, finals: VectorClock.of([['y', 3]]) });
  return log;
}

describe('clocks of different epochs', () => {
  test.each([
    [of(0, { a: 1, x: 2 }), of(1, { a: 1 }), 'equal'],
    [of(0, { a: 1, x: 1 }), of(1, { a: 1 }), 'before'],
    [of(0, { a: 1, x: 1 }), of(2, { a: 1 }), 'before'],
    [of(0, { a: 2, x: 1 }), of(1, { a: 1 }), 'concurrent'],
    [of(1, { a: 1, y: 3 }), of(2, { a: 1 }), 'equal'],
    [of(1, { y: 4 - 1, a: 2 }), of(2, { a: 1 }), 'after'],
    [of(2, { a: 1 }), of(2, { b: 1 }), 'concurrent'],
  ])('%j is, beside %j, %s', (left, right, ordering) => {
    expect(twicePruned().compare(left, right)).toEqual({ kind: 'compared', ordering });
  });

  test('merge without bringing anybody back', () => {
    expect(twicePruned().merge(of(0, { a: 1, b: 5, x: 1 }), of(1, { a: 3, y: 1 }))).toEqual({
      kind: 'pruned',
      pruned: of(1, { a: 3, b: 5, y: 1 }),
    });
    expect(twicePruned().prune(of(0, { a: 1, x: 2, y: 3 }))).toEqual({
      kind: 'pruned',
      pruned: of(2, { a: 1 }),
    });
  });
});

describe('a clock is refused by name', () => {
  test('if it counts an event that the pruning did not know of', () => {
    const log = twicePruned();
    const refusal = { kind: 'refused', reason: 'beyond', id: 'x' };

    expect(log.compare(of(0, { x: 3 }), of(2, {}))).toEqual(refusal);
    expect(log.compare(of(2, {}), of(1, { x: 1 }))).toEqual(refusal);
    expect(log.merge(of(0, { x: 3 }), of(2, {}))).toEqual(refusal);
    expect(log.merge(of(2, {}), of(2, { x: 1 }))).toEqual(refusal);
    expect(log.prune(of(0, { x: 3 }))).toEqual(refusal);
  });

  test('if it would say that it has seen what it has not', () => {
    expect(twicePruned().prune(of(0, { x: 1, y: 3 }))).toEqual({
      kind: 'refused',
      reason: 'behind',
      id: 'x',
    });
  });

  test('if its epoch is not known yet, or no more', () => {
    const log = twicePruned();
    expect(log.restore(of(3, {}))).toEqual({ kind: 'refused', reason: 'unknown' });

    log.forget(1);

    expect(log.restore(of(0, { a: 1 }))).toEqual({ kind: 'refused', reason: 'forgotten' });
    expect(log.compare(of(1, { a: 1, y: 2 }), of(2, { a: 1 }))).toEqual({
      kind: 'compared',
      ordering: 'before',
    });
    expect(log.epoch).toBe(2);
    log.forget(0);
    expect(log.restore(of(0, {}))).toEqual({ kind: 'refused', reason: 'forgotten' });
    expect(new PruningLog(2).restore(of(1, {}))).toEqual({ kind: 'refused', reason: 'forgotten' });
  });
});

describe('prunings', () => {
  test('are recorded one after the other, each once', () => {
    const log = new PruningLog(4);
    const finals = VectorClock.of([['x', 2]]);

    expect(log.record({ epoch: 4, finals })).toBe('known');
    expect(log.record({ epoch: 6, finals })).toBe('gap');
    expect(log.record({ epoch: 5, finals })).toBe('recorded');
    expect(log.record({ epoch: 5, finals })).toBe('known');
    expect(() => log.record({ epoch: 6, finals })).toThrow(
      new RangeError('finals: expected ids that are not gone, got "x"'),
    );
    expect(log.epoch).toBe(5);
  });

  test('have epochs that are numbers, and are forgotten only if they are known', () => {
    const log = twicePruned();

    expect(() => log.record({ epoch: NaN, finals: VectorClock.empty })).toThrow(RangeError);
    expect(() => {
      log.forget(3);
    }).toThrow(new RangeError('epoch: expected at most 2, got 3'));
    expect(() => log.restore(of(-1, {}))).toThrow(RangeError);
    expect(() => new PruningLog(2 ** 53)).toThrow(RangeError);
  });
});

/** A deterministic sequence of integers below `limit`. */
function draws(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** A clock, and what it would be if nothing were ever pruned. */
interface Twin {
  readonly whole: VectorClock;
  readonly pruned: PrunedClock;
}

/** A clock of any epoch, of two replicas that stay and of those that go with `finals`. */
function drawTwin(draw: (limit: number) => number, finals: readonly ClockEntry[]): Twin {
  const epoch = draw(3);
  const here = ['a', 'b'].map((id): ClockEntry => [id, draw(3)]);
  const gone = finals.map(([id, final], at): ClockEntry => [
    id,
    at < epoch ? final : draw(final + 1),
  ]);
  const kept = gone.filter((_, at) => at >= epoch);
  return {
    whole: VectorClock.of([...here, ...gone]),
    pruned: { epoch, clock: VectorClock.of([...here, ...kept]) },
  };
}

function expectTwins(log: PruningLog, left: Twin, right: Twin): void {
  expect(log.compare(left.pruned, right.pruned)).toEqual({
    kind: 'compared',
    ordering: compare(left.whole, right.whole),
  });
  const merged = log.merge(left.pruned, right.pruned);
  const restored = merged.kind === 'pruned' ? log.restore(merged.pruned) : merged;
  const clock = restored.kind === 'restored' ? restored.clock : VectorClock.empty;
  expect(compare(clock, merge(left.whole, right.whole))).toBe('equal');
}

test('answers are those of clocks that were never pruned', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const draw = draws(seed);
    const log = new PruningLog();
    const finals = ['x', 'y'].map((id): ClockEntry => [id, 1 + draw(3)]);
    for (const [index, entry] of finals.entries()) {
      log.record({ epoch: index + 1, finals: VectorClock.of([entry]) });
    }
    const twins = Array.from({ length: 12 }, () => drawTwin(draw, finals));
    for (const left of twins) for (const right of twins) expectTwins(log, left, right);
  }
});
