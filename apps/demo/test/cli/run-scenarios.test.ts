import { expect, test } from 'vitest';

import { runScenarios, type ScenarioSettings } from '../../src/cli/run-scenarios.ts';

async function run({
  isJson = false,
  ...settings
}: Partial<ScenarioSettings & { isJson: boolean }>) {
  const [printed, noted]: [string[], string[]] = [[], []];
  const code = await runScenarios(
    { name: undefined, isList: false, firstSeed: 1, lastSeed: 1, ...settings },
    { print: (line) => printed.push(line), note: (line) => noted.push(line), isJson },
  );
  return { code, printed, noted };
}

test('lists the scenarios, for people and for programs', async () => {
  const people = await run({ isList: true });
  expect([people.code, people.printed.length]).toEqual([0, 12]);
  const programs = await run({ isList: true, isJson: true });
  expect(programs.printed.map((line) => JSON.parse(line) as unknown)[0]).toMatchObject({
    name: 'partition',
  });
});

test('plays one for each seed, and says which run it was', async () => {
  const { code, printed } = await run({ name: 'clock-skew', lastSeed: 2, isJson: true });
  expect(code).toBe(0);
  const lines = printed.map((line) => JSON.parse(line) as { seed: number; hash: string });
  expect(lines.map(({ seed }) => seed)).toEqual([1, 2]);
  expect(new Set(lines.map(({ hash }) => hash)).size).toBe(2);
});

test('knows no other', async () => {
  const { code, noted } = await run({ name: 'doom' });
  expect([code, noted[0]]).toEqual([2, expect.stringContaining('expected one of partition,')]);
});
