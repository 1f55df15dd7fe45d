import { expect, test } from 'vitest';

import { limitNotices } from '../../src/observe/limit-notices.ts';

test('of things of one kind one is said, and how many were left out is said with the next', () => {
  const said: string[] = [];
  let nowMs = 0;
  const say = limitNotices((text) => said.push(text), { nowMs: () => nowMs });
  for (let count = 1; count <= 200; count += 1) say('full', `board ${count}: full`);
  say('damaged', 'board 7: damaged');
  expect(said).toEqual(['board 1: full', 'board 7: damaged']);
  nowMs = 9_999;
  say('full', 'board 8: full');
  nowMs = 10_000;
  say('full', 'board 9: full');
  nowMs = 20_000;
  say('full', 'board 9: full');
  expect(said.slice(2)).toEqual(['board 9: full (and 200 alike before)', 'board 9: full']);
});
