import { describe, expect, test } from 'vitest';

import { RemoteReads } from '../src/remote-reads.ts';

const retryTicks = 5;

function reads(): RemoteReads {
  return new RemoteReads(1, 10);
}

describe('reads that wait for the leader', () => {
  test('are confirmed by an answer to a request that was made after them', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.add(2, 'quorum');
    expect(remote.takeRequests(1, retryTicks)).toEqual([{ requestId: 1, how: 'quorum' }]);
    remote.add(3, 'quorum');
    expect(remote.takeRequests(1, retryTicks)).toEqual([{ requestId: 2, how: 'quorum' }]);
    expect(remote.confirm(1, 'quorum')).toEqual([1, 2]);
    expect(remote.confirm(1, 'quorum')).toEqual([]);
    expect(remote.confirm(2, 'quorum')).toEqual([3]);
  });

  test('are confirmed by an answer to a later request', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.takeRequests(1, retryTicks);
    remote.add(2, 'quorum');
    remote.takeRequests(1, retryTicks);
    expect(remote.confirm(2, 'quorum')).toEqual([1, 2]);
  });

  test('are asked for once, and again after silence, and the late answer is still good', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.takeRequests(1, retryTicks);
    for (let tick = 1; tick < retryTicks; tick += 1) remote.tick();
    expect(remote.takeRequests(1, retryTicks)).toEqual([]);
    remote.tick();
    expect(remote.takeRequests(1, retryTicks)).toEqual([{ requestId: 2, how: 'quorum' }]);
    expect(remote.takeRequests(1, retryTicks)).toEqual([]);
    expect(remote.confirm(1, 'quorum')).toEqual([1]);
  });

  test('are asked for again of the leader of another term', () => {
    const remote = reads();
    remote.add(1, 'lease');
    remote.takeRequests(1, retryTicks);
    expect(remote.takeRequests(2, retryTicks)).toEqual([{ requestId: 2, how: 'lease' }]);
  });

  test('are confirmed by a lease only where that will do', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.add(2, 'lease');
    const [quorum, lease] = remote.takeRequests(1, retryTicks);
    expect([quorum?.how, lease?.how]).toEqual(['quorum', 'lease']);
    expect(remote.confirm(lease!.requestId, 'lease')).toEqual([2]);
    expect(remote.confirm(lease!.requestId, 'quorum')).toEqual([1]);
  });

  test('are full at their limit, those of both kinds together', () => {
    const remote = new RemoteReads(1, 2);
    remote.add(1, 'quorum');
    remote.takeRequests(1, retryTicks);
    remote.add(2, 'lease');
    expect(remote.isFull).toBe(true);
    remote.forget(1);
    expect(remote.isFull).toBe(false);
  });

  test('are asked for no more once nobody waits', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.forget(1);
    remote.add(2, 'quorum');
    remote.takeRequests(1, retryTicks);
    remote.forget(2);
    expect(remote.takeRequests(2, retryTicks)).toEqual([]);
  });

  test('are given back to a node that leads', () => {
    const remote = reads();
    remote.add(1, 'quorum');
    remote.takeRequests(1, retryTicks);
    remote.add(2, 'lease');
    expect([...remote.drain()].sort()).toEqual([1, 2]);
    expect(remote.takeRequests(2, retryTicks)).toEqual([]);
  });
});
