import { RetryBudget } from '@quorate/circuit-breaker';
import type { ShardedAsk } from '@quorate/consistent-hashing/sharding';
import { type NodeId, nodeId } from '@quorate/transport';
import { beforeEach, describe, expect, test } from 'vitest';

import { OwnerRequests, retryBounds } from '../../src/limits/owner-requests.ts';

const [a, b, c] = ['a', 'b', 'c'].map((id) => nodeId(id)) as [NodeId, NodeId, NodeId];
const choices = [a, b, c].map((owner) => ({ owner, weight: 1 }));
const failed = { owner: a, reason: new Error('no answer') };
let nowMs: number;
let requests: OwnerRequests;

beforeEach(() => {
  nowMs = 0;
  requests = new OwnerRequests({
    ...{ budget: new RetryBudget(retryBounds), clock: { nowMs: () => nowMs } },
  });
});

function ask(owner: NodeId, attempt = 1): void {
  requests.onAsk({ owner, method: 'boards/ask', attempt, choices } satisfies ShardedAsk);
}

function end(owner: NodeId): void {
  requests.onOutcome({ owner, method: 'boards/ask', error: undefined });
}

describe('what is under way', () => {
  test('is counted by owner, and forgotten when it ended', () => {
    ask(a);
    ask(a);
    ask(b, 2);
    expect(requests.figures().underWay).toEqual({ a: 2, b: 1 });
    for (const owner of [a, a, b]) end(owner);
    expect(requests.figures()).toMatchObject({ underWay: {}, requestCount: 2, strayedCount: 0 });
  });

  test('beyond the lid of an owner is told, whoever chose it', () => {
    for (let count = 0; count < 4; count += 1) ask(a);
    expect(requests.figures().overloadCount).toBe(0);
    // ceil(1.25 * 5 / 3) is less than the floor of 4.
    ask(a);
    expect(requests.figures()).toMatchObject({ overloadCount: 1, strayedCount: 0 });
    ask(b);
    expect(requests.figures()).toMatchObject({ overloadCount: 1, strayedCount: 1 });
  });

  test('may be more at an owner that others failed over to', () => {
    for (let count = 0; count < 9; count += 1) ask(b, 2);
    expect(requests.figures()).toMatchObject({ overloadCount: 0, requestCount: 0 });
  });
});

describe('retries', () => {
  const retry = (times: number): number =>
    Array.from({ length: times }, () => requests.mayRetry(failed)).filter(Boolean).length;

  test('are a burst, a fifth of the requests, and some with time', () => {
    expect(retry(100)).toBe(retryBounds.burst);
    for (let count = 0; count < 50; count += 1) ask(a);
    expect(retry(100)).toBe(10);
    nowMs = 3_000;
    expect(retry(100)).toBe(3);
    expect(requests.figures()).toMatchObject({
      ...{ retryCount: 23, deniedRetryCount: 277 },
    });
  });

  test('cost nothing where a breaker let nothing out', () => {
    const refused = Object.assign(new Error('open'), { code: 'CIRCUIT_OPEN' });
    for (let count = 0; count < 100; count += 1) {
      expect(requests.mayRetry({ owner: a, reason: refused })).toBe(true);
    }
    expect(requests.figures()).toMatchObject({ retryCount: 0, deniedRetryCount: 0 });
  });

  test('are no requests that pay in', () => {
    retry(100);
    for (let count = 0; count < 50; count += 1) ask(b, 2);
    expect(retry(1)).toBe(0);
  });
});
