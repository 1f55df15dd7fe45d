import { expect, test } from 'vitest';

import { ElectionWaits } from '../../../src/dashboard/cluster/election-waits.ts';
import { nodeView } from '../../support/node-view.ts';

const waiting = (electionElapsedTicks: number, role = 'follower') =>
  nodeView('n1', { figures: { electionElapsedTicks, electionDueTicks: 10, role } });

test('what is left of a wait runs from one reading to the next in the time between them', () => {
  const waits = new ElectionWaits();
  waits.learn([waiting(0)], 1_000);
  expect(waits.of('n1', 1_000)).toMatchObject({ leftShare: 1, isCandidate: false });
  waits.learn([waiting(4)], 1_200);
  expect(waits.of('n1', 1_200)?.leftShare).toBeCloseTo(1);
  expect(waits.of('n1', 1_300)?.leftShare).toBeCloseTo(0.8);
  expect(waits.of('n1', 9_000)?.leftShare).toBeCloseTo(0.6);
});

test('a reading that says the same again does not start the way anew', () => {
  const waits = new ElectionWaits();
  waits.learn([waiting(0)], 1_000);
  waits.learn([waiting(5)], 1_200);
  waits.learn([waiting(5)], 1_300);
  expect(waits.of('n1', 1_400)?.leftShare).toBeCloseTo(0.5);
});

test('who leads, or says nothing, does not wait', () => {
  const waits = new ElectionWaits();
  waits.learn([waiting(3)], 0);
  waits.learn([waiting(0, 'leader')], 10);
  expect(waits.of('n1', 20)).toBeUndefined();
  waits.learn([waiting(3, 'candidate')], 30);
  expect(waits.of('n1', 40)?.isCandidate).toBe(true);
  waits.learn([nodeView('n1', { process: 'stopped' })], 50);
  expect(waits.of('n1', 60)).toBeUndefined();
});
