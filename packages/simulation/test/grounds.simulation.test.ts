import { test } from 'vitest';

import { expectHolds, seeds } from '../src/index.ts';
import { channelWorkload } from './support/channel-workload.ts';
import { logWorkload } from './support/log-workload.ts';
import { requesterWorkload } from './support/requester-workload.ts';

const chosen = (count: number): number[] => seeds(process.env['SEED'], count);

// Goal: what was acknowledged is there after crashes, or named as damaged; nothing else is there.
// Method: a log on one node under power cuts, killed processes and every fault of a disk, bit rot
// included, held against an array; a power cut at the end.
test('a write-ahead log keeps what it acknowledged, or says what it lost', async () => {
  await expectHolds(logWorkload, chosen(150));
});

// Goal: no request runs twice in one life of a peer, none that definitely failed runs at all, each
// is answered with its own answer, and none waits for ever.
// Method: nodes that ask each other under every fault of a network, crashes and pauses.
test('a requester runs each request at most once, and its definite errors are true', async () => {
  await expectHolds(requesterWorkload, chosen(100));
});

// Goal: what a channel delivers was sent, and where the carrier has sessions, in order and once.
// Method: numbered messages under every fault of a network, crashes and pauses.
test('a channel delivers what was sent', async () => {
  await expectHolds(channelWorkload, chosen(100));
});
