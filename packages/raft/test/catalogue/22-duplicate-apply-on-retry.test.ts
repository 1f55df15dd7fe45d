/*
 * Scenario 22: duplicate apply on retry after failover (curvine#676, fluree#1716, cockroach#10602).
 * A command is applied and its reply lost; the client asks again at the new leader, which has its
 * memory of calls from a snapshot.
 *
 * Protection: sessions, their numbers and their answers are in the replicated state and in
 * snapshots.
 * Mutations: take the answers out of the table's snapshot, or apply repeated numbers anew. The
 * second test takes the answers out of snapshots, and the call is applied twice.
 */
import { expect, test } from 'vitest';

import { forgetfulSnapshot, losingReplies } from '../support/session-bugs.ts';
import type { SessionBug } from '../support/session-cluster.ts';
import { SessionScene } from '../support/session-scene.ts';

/** Where a call was applied that was retried after a failover from snapshots. */
async function retryAfterFailover(bug: SessionBug): Promise<readonly number[]> {
  const lossy = losingReplies(bug, ({ sequence }) => sequence === 2);
  // So patient that everything else happens before it tries again.
  const scene = new SessionScene(lossy, { retryMsMin: 20_000, retryMsMax: 20_000 });
  await scene.elect();
  await scene.settled(scene.put(0, 1));
  const retried = scene.put(0, 2);
  await scene.until(() => scene.appliedAt.has(2));
  for (const callId of [11, 12, 13, 14]) await scene.settled(scene.put(1, callId));
  await scene.replaceLeader();
  await scene.restartAll();
  expect(await scene.settled(retried)).toMatchObject({ kind: 'committed' });
  return [...(scene.appliedAt.get(2) ?? [])];
}

test('a call whose reply was lost is applied once, by whichever leader', async () => {
  expect(await retryAfterFailover({})).toHaveLength(1);
});

test('it would be applied twice if snapshots forgot the answers', async () => {
  expect(await retryAfterFailover(forgetfulSnapshot)).toHaveLength(2);
});
