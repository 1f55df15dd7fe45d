import { expect, test } from 'vitest';

import { playSeed } from '../../src/scenarios/play-seed.ts';
import { formatLink, parseLink } from '../../src/sim/run-link.ts';

const plan = { seed: 1, scenario: undefined, atMs: 5_000, inputs: [] };

test('plays the run of a link with another seed, and says how to open it', async () => {
  const played = await playSeed({ link: formatLink(plan), seed: 7 });
  expect(played).toMatchObject({ kind: 'played', seed: 7, holds: true, detail: '' });
  expect(parseLink(`?${played.link}`)).toEqual({ kind: 'plan', plan: { ...plan, seed: 7 } });
});

test('says what does not hold', async () => {
  const inputs = [
    { atMs: 0, kind: 'reads', mode: 'stale' },
    { atMs: 0, kind: 'load', edits: 5, config: 60 },
    { atMs: 2_500, kind: 'partition', left: ['follower'], right: 'others', isOneWay: false },
  ] as const;
  const link = formatLink({ ...plan, inputs: structuredClone(inputs) as never });
  const { holds, detail } = await playSeed({ link, seed: 1 });
  expect([holds, detail.split(':')[0]]).toEqual([false, 'linearizable']);
});

test('refuses what is no run', async () => {
  await expect(playSeed({ link: 'nothing', seed: 1 })).rejects.toThrow('expected a run');
});
