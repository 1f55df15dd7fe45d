import { createRequester, nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { hostTasks } from '../src/adapters/host-tasks.ts';
import { Simulation } from '../src/index.ts';

/** Ways to go on after a while without any timer, each longer than `length` reactions. */
const chains: readonly (readonly [name: string, start: (length: number) => Promise<unknown>])[] = [
  [
    'awaiting one after the other',
    async (length) => {
      for (let link = 0; link < length; link += 1) await Promise.resolve();
    },
  ],
  [
    'calling then on what then returned',
    (length) => {
      let last: Promise<unknown> = Promise.resolve();
      for (let link = 0; link < length; link += 1) last = last.then(() => link);
      return last;
    },
  ],
  [
    'an async function that calls itself',
    async (length) => {
      const descend = async (left: number): Promise<number> =>
        left === 0 ? 0 : 1 + (await descend(left - 1));
      await descend(Math.min(length, 2_000));
    },
  ],
  [
    'thenables that are no promises',
    async (length) => {
      for (let link = 0; link < length; link += 1) {
        await { then: (resolve: (value: number) => void) => resolve(link) };
      }
    },
  ],
  [
    'promises resolved with promises',
    (length) => {
      let last: Promise<unknown> = Promise.resolve();
      for (let link = 0; link < length; link += 1) {
        const inner = last;
        last = new Promise((resolve) => resolve(inner));
      }
      return last;
    },
  ],
  [
    'microtasks that queue microtasks',
    (length) =>
      new Promise<void>((resolve) => {
        const step = (left: number): void => {
          if (left === 0) resolve();
          else queueMicrotask(() => step(left - 1));
        };
        step(length);
      }),
  ],
  [
    'an async generator',
    async (length) => {
      const count = async function* (): AsyncGenerator<number> {
        for (let link = 0; link < length; link += 1) yield await Promise.resolve(link);
      };
      for await (const link of count()) if (link < 0) throw new Error('never');
    },
  ],
  [
    'rejections caught far away',
    async (length) => {
      const fail = async (left: number): Promise<void> => {
        await Promise.resolve();
        if (left === 0) throw new Error('caught below');
        await fail(left - 1);
      };
      await fail(Math.min(length, 2_000)).catch(() => undefined);
    },
  ],
];

test.each(chains)('an event waits for %s', async (_name, start) => {
  const simulation = new Simulation({ seed: 1 });
  const order: string[] = [];
  simulation.addNode(nodeId('n'), ({ clock }) => {
    for (const [index, length] of [10_000, 1, 300].entries()) {
      clock.setTimer(1 + index / 1_000, () => {
        order.push(`event ${index}`);
        void start(length).then(() => order.push(`end ${index}`));
      });
    }
    return {};
  });
  await simulation.run(2);
  expect(order).toEqual(['event 0', 'end 0', 'event 1', 'end 1', 'event 2', 'end 2']);
});

test('several at once end before the next event', async () => {
  const simulation = new Simulation({ seed: 1 });
  let endedCount = 0;
  const seen: number[] = [];
  simulation.addNode(nodeId('n'), ({ clock }) => {
    clock.setTimer(1, () => {
      for (const [, start] of chains) void start(1_000).then(() => (endedCount += 1));
    });
    clock.setTimer(1, () => seen.push(endedCount));
    return {};
  });
  await simulation.run(2);
  expect(seen).toEqual([chains.length]);
});

test('what a test started before a run has ended before its first event', async () => {
  const simulation = new Simulation({ seed: 1 });
  const order: string[] = [];
  simulation.addNode(nodeId('n'), () => {
    order.push('start');
    return {};
  });
  const [, start] = chains[0] ?? expect.fail();
  void start(5_000).then(() => order.push('before'));
  await simulation.run(0);
  expect(order).toEqual(['before', 'start']);
});

test('a promise resolved inside a delivery is followed to its end', async () => {
  const simulation = new Simulation({ seed: 1, network: { delay: { kind: 'constant', ms: 5 } } });
  const answers: { readonly atMs: number; readonly text: string }[] = [];
  const server = nodeId('server');
  simulation.addNode(server, ({ transport, clock }) => {
    const requester = createRequester(transport, clock);
    requester.serve('double', async (payload) => {
      for (let hop = 0; hop < 500; hop += 1) await Promise.resolve();
      return Uint8Array.of((payload[0] ?? 0) * 2);
    });
    return {};
  });
  simulation.addNode(nodeId('client'), ({ transport, clock }) => {
    const requester = createRequester(transport, clock);
    const ask = async (value: number): Promise<void> => {
      const reply = await requester.request(server, 'double', Uint8Array.of(value), {
        timeoutMs: 1_000,
      });
      answers.push({ atMs: simulation.nowMs, text: String(reply[0]) });
      if (value < 3) await ask(value + 1);
    };
    clock.setTimer(100, () => void ask(1));
    return {};
  });
  await simulation.run(1_000);
  expect(answers).toEqual([
    { atMs: 110, text: '2' },
    { atMs: 120, text: '4' },
    { atMs: 130, text: '6' },
  ]);
});

test('two simulations run at the same time without disturbing each other', async () => {
  const hashOf = async (seed: number): Promise<string> => {
    const simulation = new Simulation({ seed, network: { lossRate: 0.1 } });
    for (const name of ['a', 'b']) {
      simulation.addNode(nodeId(name), ({ transport, clock, random }) => {
        const tick = async (): Promise<void> => {
          for (let hop = random.int(50); hop > 0; hop -= 1) await Promise.resolve();
          transport.send(nodeId('a'), protocolName('tick'), random.bytes(8));
          clock.setTimer(random.int(20), () => void tick());
        };
        void tick();
        return {};
      });
    }
    await simulation.run(5_000);
    return simulation.trace.hash();
  };
  const alone = [await hashOf(1), await hashOf(2)];
  expect(await Promise.all([hashOf(1), hashOf(2)])).toEqual(alone);
});

test('a long run lets the host have its turn', async () => {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    const tick = (): void => void clock.setTimer(1, tick);
    tick();
    return {};
  });
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  await simulation.run(10_000);
  expect(hadTurn).toBe(true);
});

test('this host lets nothing but reactions run while they are waited for', async () => {
  const tasks = await hostTasks();
  expect(tasks.isExclusive).toBe(true);
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  await Promise.resolve();
  await tasks.settle();
  expect(hadTurn).toBe(false);
  await tasks.yieldToHost();
  expect(hadTurn).toBe(true);
});
