import { expect, test } from 'vitest';

import { b, c, LoneNode } from '../support/lone-node.ts';

// A write that is done is taken for another of the same entry (etcd#1690; etcd/raft's
// append_aba_race): an entry is being written, is replaced by another leader, and comes back by a
// third, all while the disk is at the first write. When that is done, the entry counts as durable,
// and the second write is on its way to destroy it.
//
// Protection: a cut lowers what every write under way vouches for: `#vouchAtMost` of src/log.ts.
// Mutation: let it lower `#durableIndex` only: entry 5 is taken for durable, and applied.

test('a write that is done does not vouch for what came back after it', () => {
  const node = LoneNode.withLog([1, 1, 1, 1]);
  const after = { prevLogIndex: 4, prevLogTerm: 1 };
  node.append(b, 2, { ...after, terms: [2] });
  const { issuedTicket: first } = node.raft;
  node.append(c, 3, { ...after, terms: [3] });
  node.append(b, 4, { ...after, terms: [2], leaderCommit: 5 });
  expect(node.raft).toMatchObject({ commitIndex: 5, issuedTicket: first + 2 });
  expect(node.logTerms).toEqual([1, 1, 1, 1, 2]);

  node.step({ kind: 'persisted', ticket: first });
  expect(node.raft.log.durableIndex).toBe(4);
  expect(node.raft.applyingIndex).toBe(4);
  expect(node.sentTo(b, 'appendEntriesReply').filter(({ term }) => term === 4)).toEqual([]);
  node.step({ kind: 'persisted', ticket: first + 1 });
  expect(node.raft.log.durableIndex).toBe(4);
  node.step({ kind: 'persisted', ticket: first + 2 });
  expect(node.raft.log.durableIndex).toBe(5);
  expect(node.raft.applyingIndex).toBe(5);
});
