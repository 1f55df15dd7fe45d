import { expect, test } from 'vitest';

import { configurationCodec } from '../../src/codec/configuration.ts';
import { configurationOf } from '../../src/configuration.ts';
import { a, b, c, d, e, LoneNode } from '../support/lone-node.ts';

// A snapshot leaves a phantom configuration in force (openraft#1808). A node has a configuration in
// its log that was never committed, and installs a snapshot that reaches beyond it and knows of an
// older one. If it keeps the newer one in mind, it counts votes of nodes that are nobody's members.
//
// Protection: an installed snapshot brings its own configuration, which replaces all that is known:
// `configurations.replace` in `install` of src/log.ts, `adoptConfiguration` in `onInstallSnapshot`
// of src/snapshot.ts.
// Mutation: without either, the phantom members are asked, and elect the node.

test('a snapshot takes away a configuration that was never committed', () => {
  const node = LoneNode.withLog([1, 1]);
  const payload = configurationCodec.encode(configurationOf([a, d, e]));
  node.receive(b, {
    kind: 'appendEntries',
    term: 1,
    prevLogIndex: 2,
    prevLogTerm: 1,
    leaderCommit: 0,
    entries: [{ logIndex: 3, term: 1, kind: 'configuration', payload }],
  });
  expect(node.raft.peers).toEqual([d, e]);
  node.persist();
  node.receive(c, {
    kind: 'installSnapshot',
    term: 2,
    snapshot: {
      lastIncludedIndex: 5,
      lastIncludedTerm: 2,
      configuration: configurationOf([a, b, c]),
      configurationIndex: 0,
      data: new Uint8Array(0),
    },
  });
  node.persist();
  expect(node.raft.peers).toEqual([b, c]);
  expect(node.raft.log.configurationAt(5)).toMatchObject({ logIndex: 0 });
  node.tick(19);
  expect(node.sent.map(({ to }) => to)).toEqual([b, c]);
  for (const phantom of [d, e]) {
    node.receive(phantom, { kind: 'preVoteReply', term: 3, voteGranted: true });
  }
  expect(node.raft.role.kind).toBe('preCandidate');
});
