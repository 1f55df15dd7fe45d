import { expect, test } from 'vitest';

import { entrySize } from '../src/state.ts';
import { LoneNode } from './support/lone-node.ts';

test('entrySize counts an entry without payload too, or the number of entries had no bound', () => {
  const entry = { logIndex: 1, term: 1, kind: 'command' } as const;
  expect(entrySize({ ...entry, payload: new Uint8Array(0) })).toBeGreaterThan(0);
  const small = entrySize({ ...entry, payload: new Uint8Array(10) });
  expect(entrySize({ ...entry, payload: new Uint8Array(30) })).toBe(small + 20);
});

test('a state can be read between steps, with the invariants of its fields', () => {
  const { raft } = LoneNode.withLog([1, 1, 2], 3);
  expect(raft.lastApplied).toBeLessThanOrEqual(raft.applyingIndex);
  expect(raft.applyingIndex).toBeLessThanOrEqual(raft.commitIndex);
  expect(raft.commitIndex).toBeLessThanOrEqual(raft.log.lastIndex);
  expect(raft.durableTicket).toBeLessThanOrEqual(raft.issuedTicket);
  expect(raft.peers).not.toContain(raft.id);
});
