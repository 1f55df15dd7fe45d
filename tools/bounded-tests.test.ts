import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import config from '../vitest.config.ts';

/** Numbers that always have another one to try next. */
class EndlessNumbers extends fc.Arbitrary<number> {
  override generate(): fc.Value<number> {
    return new fc.Value(0, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is number {
    return typeof value === 'number';
  }

  override shrink(value: number): fc.Stream<fc.Value<number>> {
    return fc.Stream.of(new fc.Value(value + 1, undefined));
  }
}

// Why this test? The shrinking of a property that had failed once held up everything for an hour
// and a half: no timer of Vitest runs meanwhile.
test('a property that fails for ever other values ends, and says how', { timeout: 4_000 }, () => {
  const property = fc.property(new EndlessNumbers(), (value) => {
    expect(value).toBeLessThan(0);
  });
  expect(() => fc.assert(property)).toThrow(/Counterexample: \[\d{2,}\]/);
});

test('a property that is not through in time has failed', { timeout: 4_000 }, () => {
  const property = fc.property(fc.nat(), (value) => {
    expect(value).toBeGreaterThanOrEqual(0);
  });
  expect(() => fc.assert(property, { numRuns: 1e12 })).toThrow(/interrupted/);
});

/** Runs `program` in a process that says that it may never wait for `limitMs`. */
async function watched(program: string, limitMs: number): Promise<unknown> {
  const file = path.join(import.meta.dirname, 'bounded-tests/stuck-watch.ts');
  const source = `
    const { StuckWatch } = await import(${JSON.stringify(file)});
    new StuckWatch(500).expect('counting', ${limitMs});
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
  const said = text(child.stderr);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { code, signal, said: await said };
}

test('what never waits is ended, and named', async () => {
  expect(await watched('for (;;);', 1_000)).toEqual({
    ...{ code: null, signal: 'SIGKILL' },
    said: expect.stringMatching(
      /^ended after \d s without waiting for anything: counting\n$/,
    ) as string,
  });
});

test('what waits now and then is not', async () => {
  const program = `
    const { setTimeout: wait } = await import('node:timers/promises');
    const wanted = performance.now() + 3_000;
    while (performance.now() < wanted) await wait(1);`;
  expect(await watched(program, 500)).toMatchObject({ code: 0, signal: null });
});

// What is not seen here, because it is another project, is seen there.
test('each project of tests loads it', () => {
  for (const project of config.test?.projects ?? []) {
    const files: unknown = expect.arrayContaining([
      expect.stringMatching(/tools\/bounded-tests\.ts$/u),
    ]);
    expect(project).toHaveProperty('test.setupFiles', files);
  }
});
