import { expect, test } from 'vitest';

import { isEdgeKind, isEdgeMessage } from '../../src/codec/edge-messages.ts';

test('tells what is for the node from what is for its core', () => {
  expect(isEdgeKind('stateHash')).toBe(true);
  expect(isEdgeKind('heartbeat')).toBe(false);
  expect(isEdgeMessage({ kind: 'stateHash', logIndex: 1, digest: Uint8Array.of(1) })).toBe(true);
  expect(isEdgeMessage({ kind: 'timeoutNow', term: 1 })).toBe(false);
});
