import { nodeId, type Requester } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { clusterSettings, type ClusterStoreOptions } from '../../src/cluster/cluster-options.ts';
import { rendezvousPlacement } from '../../src/cluster/placement.ts';

const localId = nodeId('n1');
const requester: Requester = { request: () => Promise.reject(new Error()), serve: () => () => {} };
const options: ClusterStoreOptions = {
  localId,
  requester,
  clock: systemClock,
  placement: rendezvousPlacement([localId]),
};

describe('options', () => {
  test('have defaults', () => {
    expect(clusterSettings(options)).toMatchObject({
      leaseMs: 1_000,
      timeoutMs: 100,
      onOwnerUnreachable: 'localShare',
    });
  });

  test.each([
    ['leaseMs', 0],
    ['leaseMs', -1],
    ['leaseMs', Number.NaN],
    ['leaseMs', Infinity],
    ['timeoutMs', 0],
    ['timeoutMs', 1_001],
    ['ownerRetryMs', 0],
    ['leaseShare', 0],
    ['leaseShare', 1.1],
    ['leaseShare', Number.NaN],
    ['localShare', 0],
    ['localShare', 2],
    ['startingShare', -0.1],
    ['startingShare', 1.1],
    ['keysMax', 0],
    ['keysMax', 1.5],
    ['leasesMax', 0],
    ['waitingMax', 0],
    ['chargesMax', 2 ** 53],
    ['stateBytesMax', 1_023],
    ['onOwnerUnreachable', 'open'],
  ])('refuse %s of %s', (name, value) => {
    const given = { ...options, [name]: value };
    expect(() => clusterSettings(given)).toThrow(new RegExp(`^${name}: expected `));
    expect(() => clusterSettings(given)).toThrow(RangeError);
  });

  test('bear a starting share of nothing', () => {
    expect(clusterSettings({ ...options, startingShare: 0 }).startingShare).toBe(0);
  });
});
