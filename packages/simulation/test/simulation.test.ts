import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Simulation, SimulationFailure } from '../src/index.ts';

const a = nodeId('a');

/** A node whose timer of `atMs` throws `error`. */
function failing(atMs: number, error: unknown): Simulation {
  const simulation = new Simulation({ seed: 42 });
  simulation.addNode(a, ({ clock }) => {
    clock.setTimer(atMs, () => {
      throw error;
    });
    return {};
  });
  return simulation;
}

test('time passes as asked, and nothing else makes it pass', async () => {
  const simulation = new Simulation({ seed: 1 });
  expect(simulation.nowMs).toBe(0);
  await simulation.run(0);
  await simulation.run(1_234.5678);
  expect(simulation.nowMs).toBe(1_234.568);
  await simulation.run(1e12);
  expect(simulation.nowMs).toBe(1e12 + 1_234.568);
  for (const forMs of [-1, NaN]) {
    await expect(simulation.run(forMs)).rejects.toThrow(`forMs: expected at least 0, got ${forMs}`);
  }
});

test('an endless run ends with the last event', async () => {
  const simulation = new Simulation({ seed: 1 });
  const heard: number[] = [];
  simulation.addNode(a, ({ clock }) => {
    clock.setTimer(1e6, () => heard.push(clock.nowMs()));
    return {};
  });
  expect(await simulation.runUntil(() => heard.length > 0, Infinity)).toBe(true);
  expect(simulation.nowMs).toBe(1e6);
});

test('what code of a node throws fails the run, with seed, node, time and trace', async () => {
  const cause = new RangeError('one vote per term');
  const failure: unknown = await failing(12.5, cause)
    .run(100)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulationFailure);
  if (!(failure instanceof SimulationFailure)) return;
  const { seed, atMs, nodeId: failed, code } = failure;
  expect({ seed, atMs, failed, code, cause: failure.cause }).toEqual({
    seed: 42,
    atMs: 12.5,
    failed: 'a',
    code: 'SIMULATION_FAILED',
    cause,
  });
  expect(failure.message).toContain('one vote per term\n  in a at 12.500 ms, SEED=42, after:\n');
  expect(failure.message).toContain('12.500 timer a - - 1 -');
  await expect(failing(1, 'a text').run(10)).rejects.toThrow('a text\n  in a at 1.000 ms');
});

test('a run goes on after a failure, if it is asked to', async () => {
  const simulation = failing(10, new Error('once'));
  await expect(simulation.run(100)).rejects.toThrow('once');
  expect(simulation.nowMs).toBe(10);
  await simulation.run(100);
  expect(simulation.nowMs).toBe(110);
});

test('what a check throws fails the run as well', async () => {
  const simulation = new Simulation({ seed: 9 });
  simulation.addNode(a, () => ({}));
  simulation.onEvent(() => {
    throw new Error('two leaders');
  });
  await expect(simulation.run(1)).rejects.toThrow('two leaders\n  in the test at 0.000 ms, SEED=9');
  const other = new Simulation({ seed: 9 });
  const predicate = (): boolean => {
    throw new Error('no predicate');
  };
  await expect(other.runUntil(predicate, 1)).rejects.toThrow(SimulationFailure);
});

test('a note is a line of the trace', async () => {
  const simulation = new Simulation({ seed: 1 });
  await simulation.run(5);
  simulation.note('the test begins to write');
  expect(simulation.trace.print()).toBe('5.000 note - - - - the test begins to write');
});

test.each([1.5, NaN, Infinity, 2 ** 53])('refuses the seed %f', (seed) => {
  expect(() => new Simulation({ seed })).toThrow(`seed: expected a safe integer, got ${seed}`);
});

test('refuses a node twice, and questions about a stranger', () => {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(a, () => ({}));
  expect(() => simulation.addNode(a, () => ({}))).toThrow(
    "nodeId: expected a new one, got 'a' twice",
  );
  const stranger = nodeId('__proto__');
  expect(() => simulation.stateOf(stranger)).toThrow('expected a node of this simulation');
  expect(() => simulation.incarnationOf(stranger)).toThrow('expected a node of this simulation');
  expect(simulation.nodeIds).toEqual(['a']);
});
