/*
 * Scenario 38: session client livelock after a change of leaders (atomix#466). Calls under way
 * together are applied and their replies lost; the client asks again, and a number that was applied
 * already waits for ever for a turn that has passed.
 *
 * Protection: a repeated number is answered at once with what it was answered first, and numbers
 * wait for no others.
 * Mutation: refuse repeated numbers in `admit` of src/sessions/session-table.ts. The second test
 * lets repeated numbers wait, and the calls are never answered.
 */
import { expect, test } from 'vitest';

import { losingReplies, repeatedCallWaits } from '../support/session-bugs.ts';
import type { SessionBug } from '../support/session-cluster.ts';
import { SessionScene } from '../support/session-scene.ts';

/** What becomes of three calls whose replies are all lost, with a new leader after that. */
async function retryThree(bug: SessionBug): Promise<readonly (string | undefined)[]> {
  const lossy = losingReplies(bug, () => true);
  const scene = new SessionScene(lossy, { retryMsMin: 3_000, retryMsMax: 3_000 });
  await scene.elect();
  const calls = [1, 2, 3].map((callId) => scene.put(0, callId, 30_000));
  await scene.until(() => scene.appliedAt.size === 3);
  await scene.replaceLeader();
  const outcomes = (await scene.settled(Promise.all(calls))) ?? [];
  for (const places of scene.appliedAt.values()) expect(places.size).toBe(1);
  return outcomes.map((outcome) => outcome?.kind);
}

test('numbers that were applied are answered again, by whichever leader', async () => {
  expect(await retryThree({})).toEqual(['committed', 'committed', 'committed']);
});

test('they would never be answered if they had to wait for their turn', async () => {
  expect(await retryThree(repeatedCallWaits)).toEqual(['unknown', 'unknown', 'unknown']);
});
