import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { Transfers } from '../../src/node/transfers.ts';
import { ManualClock } from '../support/manual-clock.ts';

const [b, c] = [nodeId('b'), nodeId('c')];

describe('a transfer', () => {
  test('has happened once this node hears of the new leader, not when it steps down', async () => {
    const transfers = new Transfers(new ManualClock());
    const { transferId, outcome } = transfers.add(b, {});
    let settled: unknown = 'waiting';
    void outcome.then((found) => {
      settled = found;
    });
    transfers.onEnded({ kind: 'transferEnded', transferId, how: 'steppedDown' });
    transfers.onLeader(undefined);
    await Promise.resolve();
    expect(settled).toBe('waiting');
    transfers.onLeader(b);
    await Promise.resolve();
    expect(settled).toEqual({ kind: 'transferred', leaderId: b });
  });

  test('has failed if another was elected', async () => {
    const transfers = new Transfers(new ManualClock());
    const { transferId, outcome } = transfers.add(b, {});
    transfers.onEnded({ kind: 'transferEnded', transferId, how: 'steppedDown' });
    transfers.onLeader(c);
    expect(await outcome).toEqual({ kind: 'failed', reason: 'otherElected', leaderId: c });
  });

  test('to whoever is best has happened whoever was elected', async () => {
    const transfers = new Transfers(new ManualClock());
    const { transferId, outcome } = transfers.add(undefined, {});
    transfers.onEnded({ kind: 'transferEnded', transferId, how: 'steppedDown' });
    transfers.onLeader(c);
    expect(await outcome).toEqual({ kind: 'transferred', leaderId: c });
  });

  test('has failed if the target kept silent', async () => {
    const transfers = new Transfers(new ManualClock());
    const { transferId, outcome } = transfers.add(b, {});
    transfers.onEnded({ kind: 'transferEnded', transferId, how: 'timedOut' });
    expect(await outcome).toEqual({ kind: 'failed', reason: 'targetSilent' });
  });

  test('is rejected with a reason, and with whom to ask', async () => {
    const transfers = new Transfers(new ManualClock());
    const { transferId, outcome } = transfers.add(b, {});
    transfers.onRefused(transferId, 'notLeader', c);
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'notLeader', leaderId: c });
  });

  test('is unknown once nobody waits or the node closes', async () => {
    const clock = new ManualClock();
    const transfers = new Transfers(clock);
    const late = transfers.add(b, { timeoutMs: 5 });
    const closed = transfers.add(b, {});
    clock.advance(5);
    transfers.closeAll();
    expect(await late.outcome).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await closed.outcome).toEqual({ kind: 'unknown', reason: 'closed' });
  });
});
