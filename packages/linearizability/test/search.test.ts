import { describe, expect, test } from 'vitest';

import type { History, Operation } from '../src/history.ts';
import type { Model } from '../src/model.ts';
import { counter, type CounterInput, type CounterOutput } from '../src/models/counter.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { type Partition, partitionsOf } from '../src/partition.ts';
import { Search } from '../src/search.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = register<number>(0);

function operation<Input, Output>(
  process: string,
  input: Input,
  output: Output,
  from: number,
  to: number,
): Operation<Input, Output> {
  return { process, input, callTime: from, outcome: { kind: 'ok', output, returnTime: to } };
}

/** The same, but nobody heard how it ended. */
function lost<Input, Output>(called: Operation<Input, Output>): Operation<Input, Output> {
  return { ...called, outcome: { kind: 'info' } };
}

function write(process: string, value: number, from: number, to: number): RegisterOperation {
  return operation(process, { kind: 'write', value }, undefined, from, to);
}

function read(process: string, value: number, from: number, to: number): RegisterOperation {
  return operation(process, { kind: 'read' }, value, from, to);
}

/** What nobody wrote: a history with this in it is illegal, and all of it has to be searched. */
const impossible = read('impossible', 99, 90, 91);

function onlyPartition<State, Input, Output>(
  of: Model<State, Input, Output>,
  history: History<Input, Output>,
): Partition<Input, Output> {
  const [partition, ...others] = partitionsOf(of, history);
  if (partition === undefined || others.length > 0) throw new Error('expected one partition');
  return partition;
}

/** So that a rule that does not work fails, instead of taking for ever. */
const STEPS_MAX = 10_000_000;

/** The verdict, and what it took. */
function search<State, Input, Output>(
  of: Model<State, Input, Output>,
  history: History<Input, Output>,
): { verdict: string | undefined; steps: number; configurationCount: number } {
  const searched = new Search(of, onlyPartition(of, history), { bytesLeft: 2 ** 28 });
  const verdict = searched.run(STEPS_MAX);
  return { verdict, steps: searched.steps, configurationCount: searched.configurationCount };
}

const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

describe('search', () => {
  test('goes on where it stopped, whatever the slices', () => {
    const history = times(8, (index) => write(`w${index}`, index, 0, 10));
    const partition = onlyPartition(model, history);
    const whole = new Search(model, partition, { bytesLeft: 2 ** 24 });
    expect(whole.run(Number.MAX_SAFE_INTEGER)).toBe('linearizable');
    const sliced = new Search(model, partition, { bytesLeft: 2 ** 24 });
    let slices = 1;
    while (sliced.run(1) === undefined) slices += 1;
    expect([sliced.steps, sliced.order]).toEqual([whole.steps, whole.order]);
    expect(slices).toBe(whole.steps);
  });

  test('is linear in a history without concurrency', () => {
    const history = times(1_000, (index) =>
      index % 2 === 0
        ? write('a', index, index, index + 0.5)
        : read('a', index - 1, index, index + 0.5),
    );
    expect(search(model, history).steps).toBeLessThan(4 * history.length);
  });
});

describe('what the search is spared', () => {
  test('configurations that it was in before, exactly: 15 writes have not 15! orders', () => {
    // Others before them, so that their bits lie in two words.
    const before = times(24, (index) => write('before', index, index - 50, index - 50));
    const writes = times(15, (index) => write(`w${index}`, index, 0, 10));
    const { verdict, configurationCount } = search(model, [...before, ...writes, impossible]);
    expect(verdict).toBe('not-linearizable');
    // Any subset, and any of its members as the last.
    expect(configurationCount).toBe(24 + 15 * 2 ** 14);
  });

  test('and only those, even if all hashes are equal', () => {
    const before = times(27, (index) => write('before', index, index - 50, index - 50));
    const writes = times(10, (index) => write(`w${index}`, index, 0, 10));
    const partition = onlyPartition(model, [...before, ...writes, impossible]);
    const hashOf = new Int32Array(partition.operations.length);
    const searched = new Search(model, { ...partition, hashOf }, { bytesLeft: 2 ** 28 });
    expect(searched.run(STEPS_MAX)).toBe('not-linearizable');
    expect(searched.configurationCount).toBe(27 + 10 * 2 ** 9);
  });

  test('reads that can happen now happen now, without alternatives', () => {
    const reads = times(12, (index) => read(`r${index}`, 0, index, 80 - index));
    const history = [...reads, write('w', 1, 1, 60), impossible];
    expect(search(model, history)).toMatchObject({ verdict: 'not-linearizable' });
    expect(search(model, history).steps).toBeLessThan(100);
  });

  test('reads that can happen now happen before anything else, if called later too', () => {
    const writes = times(8, (index) => write(`w${index}`, index + 1, 0, 50));
    const first = read('first', 0, 1, 60);
    const alone = search(model, [...writes, impossible]);
    const beside = search(model, [...writes, first, impossible]);
    // After a write the value is gone, so that the read can only come first.
    expect(beside.configurationCount).toBeLessThan(alone.configurationCount + 10);
  });

  test('operations of unknown outcome that change nothing are left out', () => {
    const writes = times(12, (index) => lost(write(`w${index}`, 0, index, 0)));
    const { verdict, configurationCount } = search(model, [...writes, impossible]);
    expect([verdict, configurationCount]).toEqual(['not-linearizable', 0]);
  });

  test('operations of unknown outcome whose effect nobody sees are left out', () => {
    const writes = times(12, (index) => lost(write(`w${index}`, index + 1, index, 0)));
    const { verdict, configurationCount } = search(model, [...writes, impossible]);
    expect(verdict).toBe('not-linearizable');
    expect(configurationCount).toBe(12);
  });

  test('equal operations are taken in turn', () => {
    const add = { kind: 'add', by: 1 } as const;
    const adds = times(12, (index) =>
      operation<CounterInput, CounterOutput>(`a${index}`, add, undefined, index, 20 + index),
    );
    const never = operation<CounterInput, CounterOutput>('r', { kind: 'read' }, 99, 90, 91);
    const known = search(counter(), [...adds, never]);
    expect([known.verdict, known.configurationCount]).toEqual(['not-linearizable', 12]);
    const unknown = search(counter(), [...adds.map(lost), never]);
    expect([unknown.verdict, unknown.configurationCount]).toEqual(['not-linearizable', 12]);
  });

  test('states that the next read refutes are given up', () => {
    const append = (index: number): Operation<KeyValueInput, KeyValueOutput> =>
      operation(`a${index}`, { kind: 'append', key: 'x', value: `${index};` }, undefined, 0, 10);
    const get = (output: string, from: number): Operation<KeyValueInput, KeyValueOutput> =>
      operation(`get${from}`, { kind: 'get', key: 'x' }, output, from, from + 1);
    const seen = '3;1;0;4;2;5;7;6;';
    const history = [...times(8, append), get(seen, 11), get('8;', 13)];
    const { verdict, configurationCount } = search(keyValue(''), history);
    expect(verdict).toBe('not-linearizable');
    expect(configurationCount).toBeLessThan(20);
  });
});
