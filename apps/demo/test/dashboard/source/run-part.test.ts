import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { type Part, runPart } from '../../../src/dashboard/source/run-part.ts';

test('runs what a part needs before it, and each part once', () => {
  const ran: string[] = [];
  const part =
    (name: string, needs: readonly string[]): Part =>
    (exports, require) => {
      const found = needs.map((need) => require(need));
      ran.push(name);
      Object.assign(exports, { name, found });
    };
  runPart(
    {
      './shared.js': part('shared', []),
      './page.js': part('page', ['./shared.js', './charts.js']),
      './charts.js': part('charts', ['./shared.js']),
      './worker.js': part('worker', ['./shared.js']),
    },
    './page.js',
  );
  expect(ran).toEqual(['shared', 'charts', 'page']);
});

test('gives every part the same exports of another', () => {
  const given: object[] = [];
  const asks: Part = (_exports, load) => given.push(load('./shared.js'));
  const both: Part = (_exports, load) => ['./a.js', './b.js'].map(load);
  const shared: Part = (exports) => Object.assign(exports, { count: 1 });
  runPart(
    { './shared.js': shared, './a.js': asks, './b.js': asks, './both.js': both },
    './both.js',
  );
  expect(given).toEqual([{ count: 1 }, { count: 1 }]);
  expect(given[0]).toBe(given[1]);
});

test('what is not there yet is required by a promise, and runs once it is', async () => {
  const given: object[] = [];
  const later: Part = (exports, load) => Object.assign(exports, { page: load('./page.js') });
  const parts: Record<string, Part> = {
    './page.js': (exports, load) => {
      Object.assign(exports, { name: 'page' });
      given.push(load('./later.js'), load('./later.js'));
    },
  };
  const loaded: string[] = [];
  runPart(parts, './page.js', async (name) => {
    loaded.push(name);
    await Promise.resolve();
    parts[name] = later;
  });
  const [first, second] = await Promise.all(given.map((each) => Promise.resolve(each)));
  expect(loaded).toEqual(['./later.js', './later.js']);
  expect(first).toEqual({ page: { name: 'page' } });
  expect(second).toBe(first);
});

test('needs nothing from where it was written', () => {
  const ran: string[] = [];
  const parts = { './page.js': () => ran.push('page') };
  runInNewContext(`(${runPart.toString()})(parts, './page.js')`, { parts });
  expect(ran).toEqual(['page']);
});
