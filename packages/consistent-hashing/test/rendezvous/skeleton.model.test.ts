/*
 * Goal: the arrays of the tree answer what the sentence says: at each digit, go where the key
 * draws the smallest exponential number by weight.
 *
 * Method: the nodes are grouped anew for each key, by text, with `Math.log`.
 */
import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { draw, moreOf } from '../../src/rendezvous/draw.ts';
import { skeletonRendezvous } from '../../src/rendezvous/skeleton.ts';
import { avalanche } from '../../src/replicas.ts';
import { someIds } from '../support/all-placements.ts';

interface ModelNode {
  readonly id: string;
  readonly weight: number;
  /** 32 binary digits of each half. */
  readonly bits: readonly [high: string, low: string];
}

interface Bits {
  readonly high: number;
  readonly low: number;
}

const hasher = keyHasher();

function hashed(text: string): Bits {
  hasher.hash(text);
  return { high: hasher.high, low: hasher.low };
}

function binary(half: number): string {
  return (half >>> 0).toString(2).padStart(32, '0');
}

function digit({ bits: [high, low] }: ModelNode, at: number): string {
  return (at < 6 ? high : low).slice(5 * (at % 6), 5 * (at % 6) + 5);
}

function score(key: Bits, { bits: [high, low] }: ModelNode, at: number, weight: number): number {
  const kept = [high.slice(0, 5 * Math.min(at + 1, 6)), low.slice(0, 5 * Math.max(at - 5, 0))];
  const [keptHigh = 0, keptLow = 0] = kept.map((text) => Number.parseInt(text.padEnd(32, '0'), 2));
  const byHigh = avalanche(keptHigh ^ Math.imul(at + 1, 0x9e3779b1));
  const byLow = avalanche(keptLow ^ byHigh ^ 0x2545f491);
  const first = draw(key.high ^ byHigh, key.low ^ byLow);
  const more = moreOf(first, key.low, byHigh);
  const fraction = ((first >>> 0) * 2 ** 21 + (more >>> 12) * 2 + 1) / 2 ** 53;
  return -Math.log(fraction) / weight;
}

function ownerOf(nodes: readonly ModelNode[], key: Bits, at = 0): string | undefined {
  if (nodes.length < 2) return nodes[0]?.id;
  const digits = new Set(nodes.map((node) => digit(node, at)));
  if (digits.size === 1) return ownerOf(nodes, key, at + 1);
  const scored = [...digits].map((one) => {
    const group = nodes.filter((node) => digit(node, at) === one);
    const weight = group.reduce((sum, node) => sum + node.weight, 0);
    return { group, score: score(key, group[0]!, at, weight) };
  });
  const best = scored.reduce((left, right) => (left.score <= right.score ? left : right));
  return ownerOf(best.group, key, at + 1);
}

test('agrees with groups by text', () => {
  const weights = fc.array(fc.constantFrom(0, 0.5, 1, 1, 3, 40), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(weights, fc.nat(1_000_000), (drawn, from) => {
      const nodes = someIds(drawn.length).map((id, index) => ({ id, weight: drawn[index]! }));
      const placement = skeletonRendezvous({ nodes });
      const model = nodes
        .filter(({ weight }) => weight > 0)
        .map(({ id, weight }): ModelNode => {
          const { high, low } = hashed(id);
          return { id, weight, bits: [binary(high), binary(low)] };
        });
      for (let key = from; key < from + 40; key += 1) {
        expect(placement.tryLocate(`${key}`)?.id).toBe(ownerOf(model, hashed(`${key}`)));
      }
    }),
    { numRuns: 60 },
  );
});
