import { describe, expect, test } from 'vitest';

import { check, type CheckProgress, checkSync } from '../src/checker.ts';
import type { History, Operation } from '../src/history.ts';
import { UNKNOWN } from '../src/model.ts';
import type { Model } from '../src/model.ts';
import { keyValue } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { hardHistory } from './support/hard-history.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = register<number>(0);

function read(process: string, value: number, from: number, to: number): RegisterOperation {
  return {
    process,
    input: { kind: 'read' },
    callTime: from,
    outcome: { kind: 'ok', output: value, returnTime: to },
  };
}

function write(process: string, value: number, from: number, to?: number): RegisterOperation {
  return {
    process,
    input: { kind: 'write', value },
    callTime: from,
    outcome:
      to === undefined ? { kind: 'info' } : { kind: 'ok', output: undefined, returnTime: to },
  };
}

const verdictOf = (history: History<RegisterInput<number>, RegisterOutput<number>>): string =>
  checkSync(model, history).verdict;

describe('rules of the search, each of which decides these histories', () => {
  test('nothing happened: linearizable', () => {
    expect(verdictOf([])).toBe('linearizable');
  });

  test('a read sees the last write before it', () => {
    expect(verdictOf([write('a', 1, 0, 1), read('b', 1, 2, 3)])).toBe('linearizable');
    expect(verdictOf([write('a', 1, 0, 1), read('b', 0, 2, 3)])).toBe('not-linearizable');
  });

  test('a read beside a write may see either value', () => {
    expect(verdictOf([write('a', 1, 0, 5), read('b', 0, 2, 3)])).toBe('linearizable');
    expect(verdictOf([write('a', 1, 0, 5), read('b', 1, 2, 3)])).toBe('linearizable');
  });

  test('once the new value was seen, the old one is gone', () => {
    const both = [write('a', 1, 0, 9), read('b', 1, 1, 2), read('c', 0, 3, 4)];
    expect(verdictOf(both)).toBe('not-linearizable');
  });

  test('intervals are closed: equal times are concurrent', () => {
    expect(verdictOf([write('a', 1, 0, 2), read('b', 0, 2, 3)])).toBe('linearizable');
  });

  test('an operation of unknown outcome may take effect long after its client gave up', () => {
    const late = [write('a', 1, 0), read('b', 0, 10, 11), read('b', 1, 12, 13)];
    expect(verdictOf(late)).toBe('linearizable');
  });

  test('and may never happen', () => {
    expect(verdictOf([write('a', 1, 0), read('b', 0, 10, 11)])).toBe('linearizable');
  });

  test('but not before its call, and only once', () => {
    expect(verdictOf([read('b', 1, 0, 1), write('a', 1, 2)])).toBe('not-linearizable');
    const twice = [
      write('a', 1, 0),
      write('b', 2, 0, 1),
      read('c', 1, 2, 3),
      write('b', 2, 4, 5),
      read('c', 1, 6, 7),
    ];
    expect(verdictOf(twice)).toBe('not-linearizable');
  });

  test('a certainly failed operation did not happen', () => {
    const failed: RegisterOperation = {
      process: 'a',
      input: { kind: 'write', value: 1 },
      callTime: 0,
      outcome: { kind: 'fail', returnTime: 1 },
    };
    expect(verdictOf([failed, read('b', 1, 2, 3)])).toBe('not-linearizable');
    expect(verdictOf([failed, read('b', 0, 2, 3)])).toBe('linearizable');
  });

  test('a read of unknown outcome says nothing', () => {
    const lost: RegisterOperation = {
      process: 'a',
      input: { kind: 'read' },
      callTime: 0,
      outcome: { kind: 'info' },
    };
    const { partitions } = checkSync(model, [lost, read('b', 0, 2, 3)]);
    expect(partitions.map(({ operationCount }) => operationCount)).toEqual([1]);
  });

  // Why this test? A write of the value that is there already looks like a read, and is none: the
  // first search took it at once, and could not use it to restore the value later.
  test('a write that changes nothing now may still change something later', () => {
    const history = [
      write('a', 2, 0, 0),
      write('b', 0, 1, 1),
      read('c', 2, 2, 2),
      write('d', 2, 0, 1),
    ];
    expect(verdictOf(history)).toBe('linearizable');
  });

  test('reads are taken at once: a thousand of them cost no search', () => {
    const reads = Array.from({ length: 1_000 }, (_, index) => read(`r${index}`, 0, 0, 10));
    const { verdict, configurationCount } = checkSync(model, [...reads, write('w', 1, 11, 12)]);
    expect(verdict).toBe('linearizable');
    expect(configurationCount).toBe(1);
  });

  test('a choosing object is in all of its possible states at once', () => {
    /** Each flip answers nothing and leads to 0 or 1. */
    const coin: Model<number, 'flip' | 'look', number | undefined> = {
      name: 'coin',
      init: () => 0,
      step: (state, input, output) => {
        if (input === 'flip') return [0, 1];
        return output === UNKNOWN || output === state ? [state] : [];
      },
    };
    const operation = (
      input: 'flip' | 'look',
      time: number,
      output?: number,
    ): Operation<'flip' | 'look', number | undefined> => ({
      process: 'a',
      input,
      callTime: time,
      outcome: { kind: 'ok', output, returnTime: time + 0.5 },
    });
    const seen = (...faces: number[]): string =>
      checkSync(coin, [
        operation('flip', 0),
        ...faces.map((face, index) => operation('look', index + 1, face)),
      ]).verdict;
    expect([seen(1, 1), seen(0, 0), seen(0, 1)]).toEqual([
      'linearizable',
      'linearizable',
      'not-linearizable',
    ]);
  });
});

describe('results', () => {
  test('hold the order that proves the verdict and the states it ends in', () => {
    const history = [write('a', 1, 0, 9), read('b', 1, 1, 2), read('c', 1, 3, 4)];
    const [partition] = checkSync(model, history).partitions;
    expect(partition?.linearization?.[0]).toBe(history[0]);
    expect(partition?.linearization).toHaveLength(3);
    expect(partition?.finalStates).toEqual([1]);
  });

  test('partitions are independent, and an illegal one decides', () => {
    const put = (key: string, value: string, time: number) => ({
      process: key + value,
      input: { kind: 'put', key, value } as const,
      callTime: time,
      outcome: { kind: 'ok', output: undefined, returnTime: time + 0.5 } as const,
    });
    const get = (key: string, output: string | null, time: number) => ({
      process: `${key}get${time}`,
      input: { kind: 'get', key } as const,
      callTime: time,
      outcome: { kind: 'ok', output, returnTime: time + 0.5 } as const,
    });
    const result = checkSync(keyValue(), [
      put('x', '1', 0),
      put('y', '2', 1),
      get('x', '1', 2),
      get('y', null, 3),
    ]);
    expect(result.verdict).toBe('not-linearizable');
    expect(result.partitions.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['x', 'linearizable'],
      ['y', 'not-linearizable'],
    ]);
    expect(result.counterexample?.operations).toHaveLength(2);
  });

  test('slices take turns, so that a hard partition does not hide an easy violation', () => {
    const { history, steps } = hardHistory();
    const result = checkSync(keyValue(), history, { sliceSteps: 64 });
    expect(result.verdict).toBe('not-linearizable');
    expect(result.steps).toBeLessThan(steps / 10);
  });
});

describe('bounds', () => {
  const concurrent = Array.from({ length: 15 }, (_, index) => write(`w${index}`, index, 0, 10));
  const hard = [...concurrent, read('r', 99, 11, 12)];

  test('steps: unknown, never a guess', () => {
    const result = checkSync(model, hard, { maxSteps: 1_000 });
    expect([result.verdict, result.reason]).toEqual(['unknown', 'steps']);
    expect(result.steps).toBeLessThanOrEqual(1_000);
  });

  test('memory: unknown, never a guess', () => {
    const result = checkSync(model, hard, { maxMemoryBytes: 100_000 });
    expect([result.verdict, result.reason]).toEqual(['unknown', 'memory']);
    expect(result.configurationCount).toBeLessThan(100_000 / 20);
  });

  test('memory: large states count as well', () => {
    const appends = Array.from({ length: 6 }, (_, index) => ({
      process: `a${index}`,
      input: { kind: 'append', key: 'x', value: 'x'.repeat(100_000 + index) } as const,
      callTime: 0,
      outcome: { kind: 'ok', output: undefined, returnTime: 10 } as const,
    }));
    const swap = {
      process: 'swapper',
      input: { kind: 'cas', key: 'x', expected: 'never', value: '' } as const,
      callTime: 11,
      outcome: { kind: 'ok', output: true, returnTime: 12 } as const,
    };
    const result = checkSync(keyValue(''), [...appends, swap], { maxMemoryBytes: 4 * 2 ** 20 });
    expect([result.verdict, result.reason]).toEqual(['unknown', 'memory']);
    // Of 200 kB to 1.2 MB each.
    expect(result.configurationCount).toBeLessThan(8);
  });

  test('memory of a partition that is decided is free for the others', () => {
    const history = Array.from({ length: 2_000 }, (_, index) => ({
      process: index,
      input: { kind: 'put', key: `k${index}`, value: 'x' } as const,
      callTime: 0,
      outcome: { kind: 'ok', output: undefined, returnTime: 1 } as const,
    }));
    const { verdict } = checkSync(keyValue(), history, { maxMemoryBytes: 100_000 });
    expect(verdict).toBe('linearizable');
  });

  test('a partition that is too hard hides no violation in another', () => {
    const { history } = hardHistory();
    const { verdict, partitions } = checkSync(keyValue(), history.toReversed(), {
      maxMemoryBytes: 20_000,
      sliceSteps: 1_000_000,
    });
    expect(partitions.map((partition) => partition.verdict)).toEqual([
      'unknown',
      'not-linearizable',
    ]);
    expect(verdict).toBe('not-linearizable');
  });

  test('abort: unknown, after the slice', async () => {
    const controller = new AbortController();
    let slices = 0;
    const result = await check(model, hard, {
      signal: controller.signal,
      sliceSteps: 100,
      onProgress: ({ partitionCount }) => {
        slices += partitionCount;
        if (slices === 5) controller.abort();
      },
    });
    expect([result.verdict, result.reason]).toEqual(['unknown', 'aborted']);
    expect(slices).toBe(5);
  });

  test('time: unknown, never a guess', async () => {
    const result = await check(model, hard, { timeoutMs: 1, sliceSteps: 100 });
    expect([result.verdict, result.reason]).toEqual(['unknown', 'timeout']);
  });

  test('check lets other work run after every slice', async () => {
    let turns = 0;
    const controller = new AbortController();
    const other = (): void => {
      turns += 1;
      if (turns < 20) setImmediate(other);
      else controller.abort();
    };
    setImmediate(other);
    let slices = 0;
    await check(model, hard, { signal: controller.signal, onProgress: () => (slices += 1) });
    expect(slices).toBeLessThanOrEqual(20);
    expect(turns).toBe(20);
  });

  describe('while it makes a counterexample small', () => {
    const writes = Array.from({ length: 60 }, (_, n) => write(`w${n % 4}`, n + 1, n, n + 0.5));
    const illegal = [...writes, read('reader', 7, 100, 101)];

    test('check lets other work run as well, and finds the same', async () => {
      let slices = 0;
      let pauses = 0;
      const { counterexample } = await check(model, illegal, {
        sliceSteps: 100,
        onProgress: () => (slices += 1),
        pause: () => Promise.resolve(void (pauses += 1)),
      });
      expect(pauses).toBeGreaterThan(slices + 5);
      expect(counterexample).toEqual(checkSync(model, illegal).counterexample);
      expect(counterexample?.isMinimal).toBe(true);
    });

    test('check tells of every smaller set, each a violation, down to the smallest', async () => {
      const seen: History<RegisterInput<number>, RegisterOutput<number>>[] = [];
      const { counterexample } = await check(model, illegal, {
        onSmaller: (operations) => seen.push(operations),
      });
      const sizes = seen.map(({ length }) => length);
      expect(sizes.length).toBeGreaterThan(3);
      expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
      expect(seen.at(-1)).toEqual(counterexample?.operations);
      for (const operations of seen) {
        expect(checkSync(model, operations).verdict).toBe('not-linearizable');
      }
    });

    test('check can be aborted, keeps its verdict and claims no minimum', async () => {
      const controller = new AbortController();
      let slices = 0;
      let pauses = 0;
      const result = await check(model, illegal, {
        sliceSteps: 100,
        signal: controller.signal,
        onProgress: () => (slices += 1),
        pause: () => {
          pauses += 1;
          if (pauses === slices + 3) controller.abort();
          return Promise.resolve();
        },
      });
      expect([result.verdict, result.reason]).toEqual(['not-linearizable', undefined]);
      expect(result.counterexample?.isMinimal).not.toBe(true);
      expect(pauses).toBeLessThan(slices + 6);
    });
  });

  test('slices are as long as asked, whatever the number of partitions', async () => {
    const history = Array.from({ length: 100 }, (_, index) => ({
      process: index,
      input: { kind: 'put', key: `k${index % 50}`, value: 'x' } as const,
      callTime: index,
      outcome: { kind: 'ok', output: undefined, returnTime: index + 0.5 } as const,
    }));
    const seen: CheckProgress[] = [];
    const options = {
      sliceSteps: 50,
      onProgress: (progress: CheckProgress) => seen.push(progress),
    };
    const { steps, configurationCount } = await check(keyValue(), history, options);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.length).toBeLessThan(20);
    const rising = seen.toSorted((left, right) => left.steps - right.steps);
    expect(seen).toEqual(rising);
    expect(seen.at(-1)).toEqual({
      steps,
      configurationCount,
      partitionsDone: 50,
      partitionCount: 50,
    });
  });

  test('without being aborted, check says what checkSync says', async () => {
    const history = [write('a', 1, 0, 1), read('b', 0, 2, 3)];
    expect(await check(model, history)).toEqual(checkSync(model, history));
  });

  test.each([0, 1.5, Number.NaN, 2 ** 31])('a timeout of %s ms is refused', async (timeoutMs) => {
    await expect(check(model, [], { timeoutMs })).rejects.toThrow(/^timeoutMs: expected/);
  });

  test.each([
    ['maxSteps', { maxSteps: 0 }],
    ['maxMemoryBytes', { maxMemoryBytes: Number.NaN }],
    ['sliceSteps', { sliceSteps: -1 }],
  ])('%s out of range is refused', (name, options) => {
    expect(() => checkSync(model, [], options)).toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('bad histories', () => {
  test('a return before its call', () => {
    expect(() => checkSync(model, [write('a', 1, 5, 4)])).toThrow(/operation 0: expected a return/);
  });

  test('two operations of one process open at once', () => {
    const history = [write('a', 1, 0, 5), read('a', 1, 3, 6)];
    expect(() => checkSync(model, history)).toThrow(/process a: expected one open operation/);
  });

  test('a process that goes on after an unknown outcome', () => {
    const history = [write('a', 1, 0), read('a', 1, 3, 6)];
    expect(() => checkSync(model, history)).toThrow(/process a: .* go on under a new name/);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a time that is %s', (time) => {
    expect(() => checkSync(model, [write('a', 1, time, 9)])).toThrow(/finite call time/);
    expect(() => checkSync(model, [write('a', 1, 0, time)])).toThrow(/finite return time/);
  });
});

describe('a million operations', () => {
  const COUNT = 1_000_000;

  test('are decided if few are open at once', () => {
    const history = Array.from({ length: COUNT }, (_, index) =>
      index % 2 === 0
        ? write(`p${index % 4}`, index % 10, index, index + 3.5)
        : read(`p${index % 4}`, (index - 1) % 10, index, index + 3.5),
    );
    const { verdict, steps } = checkSync(model, history);
    expect(verdict).toBe('linearizable');
    expect(steps).toBeLessThan(10 * COUNT);
  });

  test('are left undecided, within the memory, if all are open at once', () => {
    const history = Array.from({ length: COUNT }, (_, index) => write(`w${index}`, index, 0, 1));
    const { verdict, reason, configurationCount } = checkSync(
      model,
      [...history, read('r', -1, 2, 3)],
      { maxMemoryBytes: 16 * 2 ** 20 },
    );
    expect([verdict, reason]).toEqual(['unknown', 'memory']);
    expect(configurationCount).toBeLessThan((16 * 2 ** 20) / 20);
  });
});
