import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { expect, test } from 'vitest';

import { latestAttachment, nextAttachment } from '../../src/replicator/attachments.ts';

test('attachments over one transport are counted on, whoever counts', () => {
  const network = new MemoryNetwork();
  const [left, right] = [network.join(nodeId('left')), network.join(nodeId('right'))];
  expect([latestAttachment(left), nextAttachment(left), nextAttachment(left)]).toEqual([0, 1, 2]);
  expect([latestAttachment(left), latestAttachment(right)]).toEqual([2, 0]);
});
