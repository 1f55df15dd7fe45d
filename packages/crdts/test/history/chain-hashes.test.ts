import { seededRandom } from '@quorate/transport/system';
import { describe, expect, it } from 'vitest';

import { ChainHashes } from '../../src/history/chain-hashes.ts';
import { appendRandom, bareHistory } from '../support/random-histories.ts';

describe('hashes of what a replica did', () => {
  it.each([1, 2, 3])('are the same in whatever order they are asked for (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const history = bareHistory();
    const { graph, log } = history;
    const asked = new ChainHashes(graph, log);
    for (let step = 0; step < 400; step += 1) {
      appendRandom(history, `r${random.int(3)}`, random);
      for (let question = 0; question < 3; question += 1) {
        const replica = random.int(graph.replicaCount);
        const sequence = random.int(graph.nextSequence(replica) + 1);
        const fresh = new ChainHashes(graph, log);
        expect(asked.hashAt(replica, sequence)).toBe(fresh.hashAt(replica, sequence));
      }
    }
  });

  it('go on from one that was worked out elsewhere', () => {
    const random = seededRandom(4);
    const history = bareHistory();
    for (let step = 0; step < 100; step += 1) appendRandom(history, 'r', random);
    const { graph, log } = history;
    const [whole, resumed] = [new ChainHashes(graph, log), new ChainHashes(graph, log)];
    const last = graph.nextSequence(0);
    const [first, middle] = [last >> 2, last >> 1];
    resumed.resume(0, first, whole.hashAt(0, first) ?? 0, middle, whole.hashAt(0, middle) ?? 0);
    for (const sequence of [last, middle, first, middle + 1, first + 1]) {
      expect(resumed.hashAt(0, sequence)).toBe(whole.hashAt(0, sequence));
    }
    expect(resumed.hashAt(0, first - 1)).toBeUndefined();
  });
});
