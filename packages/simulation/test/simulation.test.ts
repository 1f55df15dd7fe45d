import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Simulation, SimulationFailure, type TraceLine } from '../src/index.ts';

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

test('runUntil stops at the first instant at which the predicate holds', async () => {
  const simulation = new Simulation({ seed: 1 });
  let count = 0;
  simulation.addNode(a, ({ clock }) => {
    const tick = (): void => {
      count += 1;
      clock.setTimer(10, tick);
    };
    tick();
    return {};
  });
  expect(await simulation.runUntil(() => count === 5, 1_000)).toBe(true);
  expect(simulation.nowMs).toBe(40);
  expect(await simulation.runUntil(() => count === 5, 0)).toBe(true);
  expect(await simulation.runUntil(() => count === 500, 100)).toBe(false);
  expect(simulation.nowMs).toBe(140);
});

test('listeners hear of each event once it is over, with all its reactions', async () => {
  const simulation = new Simulation({ seed: 1 });
  let done = 0;
  const lines: (TraceLine & { readonly done: number })[] = [];
  const stop = simulation.onEvent((line) => lines.push({ ...line, done }));
  simulation.addNode(a, ({ clock, transport }) => {
    clock.setTimer(10, () => {
      transport.send(a, protocolName('self'), Uint8Array.of(1));
      void Promise.resolve().then(() => (done += 1));
    });
    clock.setTimer(20, () => undefined);
    return {};
  });
  await simulation.run(10);
  stop();
  stop();
  await simulation.run(20);
  const seen = lines.map(({ kind, node, done }) => `${kind} ${node} ${done}`);
  expect(seen).toEqual(['start a 0', 'timer a 1', 'lose a 1']);
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

test('a timer that stops time is told from one that takes long', async () => {
  const simulation = new Simulation({ seed: 1, trace: { keepLines: 100 } });
  simulation.addNode(a, ({ clock }) => {
    const again = (): void => void clock.setTimer(0, again);
    again();
    return {};
  });
  await expect(simulation.run(1)).rejects.toThrow('time does not pass: 1000000 events at 0 ms');
});

test('two runs at once are refused, and the first is none the worse', async () => {
  const simulation = new Simulation({ seed: 1 });
  const first = simulation.run(100);
  await expect(simulation.run(100)).rejects.toThrow('run: expected no other run in progress');
  await first;
  expect(simulation.nowMs).toBe(100);
});

test('calm undoes all that can be undone', async () => {
  const simulation = new Simulation({ seed: 1, network: { lossRate: 1 } });
  const heard: string[] = [];
  const names = ['a', 'b', 'c', 'd'].map(nodeId);
  const talk = protocolName('talk');
  for (const id of names) {
    simulation.addNode(id, ({ transport, clock }) => {
      transport.subscribe(talk, ({ from }) => heard.push(`${from}>${id}`));
      clock.setTimer(1_000, () => {
        for (const to of names) transport.send(to, talk, Uint8Array.of(1));
      });
      return {};
    });
  }
  await simulation.run(100);
  const [b = a, c = a, d = a] = names.slice(1);
  simulation.pause(b);
  simulation.crash(c);
  simulation.partition([a], [d]);
  simulation.inject({ kind: 'clog', left: [d], right: [a] });
  simulation.inject({ kind: 'drift', node: a, ppm: -500_000 });
  await simulation.run(100);
  simulation.calm();
  await simulation.run(2_000);
  expect(names.map((id) => simulation.stateOf(id))).toEqual(new Array(4).fill('running'));
  expect(new Set(heard).size).toBe(16);
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
