import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Talkers } from './support/talkers.ts';

const [a, b] = [nodeId('a'), nodeId('b')];

async function met(): Promise<Talkers> {
  const talkers = new Talkers(['a', 'b'], { network: { downAfterMs: 1_000, redialMs: 50 } });
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b up 1']);
  expect(talkers.newsOf('b')).toEqual(['a up 1']);
  talkers.events.length = 0;
  return talkers;
}

test('a partition is news only once it has lasted, and so is its end', async () => {
  const talkers = await met();
  talkers.simulation.partition([a], [b], { direction: 'forward' });
  await talkers.simulation.run(900);
  expect(talkers.events).toEqual([]);
  talkers.simulation.heal();
  await talkers.simulation.run(5_000);
  expect(talkers.events).toEqual([]);

  talkers.simulation.partition([a], [b], { direction: 'forward' });
  await talkers.simulation.run(1_100);
  expect(talkers.newsOf('a')).toEqual(['b down timeout']);
  expect(talkers.newsOf('b')).toEqual(['a down timeout']);
  // Silence proves nothing: what is sent the other way still arrives.
  expect(talkers.say('b', 'a', 'hello')).toBe('accepted');
  await talkers.simulation.run(10);
  expect(talkers.heard).toHaveLength(1);
  talkers.simulation.heal();
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down timeout', 'b up 1']);
});

test('a silent crash is noticed by timeout, or by the next life', async () => {
  const talkers = await met();
  talkers.simulation.crash(b);
  await talkers.simulation.run(500);
  expect(talkers.say('a', 'b')).toBe('accepted');
  talkers.simulation.restart(b);
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down superseded', 'b up 2']);
  talkers.events.length = 0;

  talkers.simulation.crash(b);
  await talkers.simulation.run(2_000);
  expect(talkers.newsOf('a')).toEqual(['b down timeout']);
});

test('a crash that is noticed is a reset, and sends are refused until the next life', async () => {
  const talkers = await met();
  talkers.simulation.inject({ kind: 'crash', node: 'b', mode: 'process', isNoticed: true });
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down reset']);
  expect(talkers.say('a', 'b')).toBe('dropped');
  talkers.simulation.restart(b);
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down reset', 'b up 2']);
  expect(talkers.say('a', 'b')).toBe('accepted');
});

test('a node that closes its transport says goodbye', async () => {
  const talkers = await met();
  await talkers.transports.get('b')?.close();
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down closed']);
  expect(talkers.newsOf('b')).toEqual([]);
});

test.each([
  ['both', ['b down reset', 'b up 1'], ['a down reset', 'a up 1']],
  ['left', ['b down reset', 'b up 1'], ['a down superseded', 'a up 1']],
  ['neither', ['b down superseded', 'b up 1'], ['a down superseded', 'a up 1']],
] as const)('a reset noticed by %s', async (noticedBy, newsOfA, newsOfB) => {
  const talkers = await met();
  talkers.say('a', 'b', 'in flight');
  talkers.simulation.inject({ kind: 'reset', left: 'a', right: 'b', noticedBy });
  expect(talkers.say('b', 'a', 'new session')).toBe('accepted');
  await talkers.simulation.run(0);
  expect(talkers.say('a', 'b')).toBe(noticedBy === 'neither' ? 'accepted' : 'dropped');
  await talkers.simulation.run(1_000);
  expect(talkers.newsOf('a')).toEqual(newsOfA);
  expect(talkers.newsOf('b')).toEqual(newsOfB);
  expect(talkers.heard.map(({ text }) => text)).not.toContain('in flight');
});

test('a long pause breaks the session, a short one does not', async () => {
  const talkers = await met();
  talkers.simulation.pause(b);
  talkers.say('a', 'b', 'while it stands still');
  await talkers.simulation.run(500);
  expect(talkers.heard).toEqual([]);
  talkers.simulation.resume(b);
  await talkers.simulation.run(0);
  expect(talkers.heard).toHaveLength(1);
  await talkers.simulation.run(100);
  expect(talkers.events).toEqual([]);

  talkers.simulation.pause(b);
  await talkers.simulation.run(2_000);
  expect(talkers.newsOf('a')).toEqual(['b down timeout']);
  talkers.simulation.resume(b);
  await talkers.simulation.run(100);
  expect(talkers.newsOf('a')).toEqual(['b down timeout', 'b up 1']);
  expect(talkers.newsOf('b')).toEqual(['a down timeout', 'a up 1']);
});
