import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Decisions } from '../src/decisions.ts';
import { withFlippedBits } from '../src/fates.ts';
import type { NetworkOptions } from '../src/index.ts';
import { Talkers } from './support/talkers.ts';

const differences = (left: Uint8Array, right: Uint8Array): number =>
  left.reduce((sum, byte, at) => {
    const bits = (byte ^ (right[at] ?? 0)).toString(2).replaceAll('0', '').length;
    return sum + bits;
  }, 0);

test('one to eight bits flip, never none, and not those of the bytes that were sent', () => {
  const counts = new Set<number>();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (payload, index) => {
      const before = payload.slice();
      const decisions = new Decisions(1, 'link a>b');
      const flipped = withFlippedBits(payload, decisions, 'original', index);
      const count = differences(payload, flipped);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(8);
      expect(payload).toEqual(before);
      expect(withFlippedBits(payload, decisions, 'original', index)).toEqual(flipped);
      counts.add(count);
    }),
    { numRuns: 500 },
  );
  expect(counts.size).toBe(8);
});

test('every bit is as likely as any other', () => {
  const decisions = new Decisions(1, 'link a>b');
  const hits = new Array<number>(32).fill(0);
  const total = 4_000;
  for (let index = 0; index < total; index += 1) {
    const flipped = withFlippedBits(new Uint8Array(4), decisions, 'original', index);
    for (let bit = 0; bit < 32; bit += 1) {
      hits[bit] = (hits[bit] ?? 0) + (((flipped[bit >> 3] ?? 0) >> (bit & 7)) & 1);
    }
  }
  const average = hits.reduce((sum, count) => sum + count, 0) / 32;
  for (const count of hits) expect(Math.abs(count - average)).toBeLessThan(5 * Math.sqrt(average));
});

const chances: readonly (readonly [kind: string, network: NetworkOptions])[] = [
  ['loss', { lossRate: 0.1 }],
  [
    'burstLoss',
    { burstyLoss: { goodCountMean: 20, badCountMean: 5, goodLossRate: 0, badLossRate: 0.5 } },
  ],
  ['flip', { damageRate: 0.1 }],
];

test.each(chances)('the double of a message has a %s of its own', async (_, network) => {
  const talkers = new Talkers(['a', 'b'], { network: { ...network, duplicationRate: 1 } });
  await talkers.simulation.run(100);
  for (let index = 0; index < 300; index += 1) talkers.say('a', 'b', String(index));
  await talkers.simulation.run(1_000);
  const counts = new Map<string, number>();
  for (const { text } of talkers.heard) counts.set(text, (counts.get(text) ?? 0) + 1);
  expect([...counts.values()].filter((count) => count === 1).length).toBeGreaterThan(10);
});

test.each(chances)(
  'a %s can be decided otherwise, and nothing else moves',
  async (kind, network) => {
    const play = async (spared: readonly string[]): Promise<Talkers> => {
      const talkers = new Talkers(['a', 'b'], {
        network: { ...network, duplicationRate: 0.1, spared },
      });
      await talkers.simulation.run(100);
      for (let index = 0; index < 300; index += 1) talkers.say('a', 'b', String(index));
      await talkers.simulation.run(1_000);
      return talkers;
    };
    const before = await play([]);
    const spared = before.simulation.mishaps.find((name) => name.endsWith(` ${kind}`)) ?? '';
    const after = await play([spared]);
    expect(after.simulation.mishaps).not.toContain(spared);
    const linesOf = ({ heard }: Talkers): readonly string[] =>
      heard.map(({ text, atMs }) => `${text} ${atMs}`);
    const heardBefore = new Set(linesOf(before));
    const more = linesOf(after).filter((line) => !heardBefore.has(line));
    expect(more.map((line) => line.split(' ')[0])).toEqual([spared.split(' ')[1]]);
    expect(linesOf(after)).toHaveLength(before.heard.length + 1);
  },
);
