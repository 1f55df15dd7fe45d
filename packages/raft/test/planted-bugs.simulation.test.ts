import { describe, expect, test } from 'vitest';

import { findBug } from './support/find-bug.ts';
import {
  acknowledgeBeforeSync,
  doubleVoteAfterRestart,
  forgetfulBridge,
  voteNotPersisted,
} from './support/planted-bugs.ts';

// Goal: the simulation notices what it is there for.
// Method: a bug is planted from outside, through the ports of a node; then seeds until one breaks.
// The bug in the commit rule has a file of its own: it replaces a module.
describe('a planted bug is found', () => {
  test('a vote that was not persisted', async () => {
    const found = await findBug(300, forgetfulBridge, voteNotPersisted);
    expect(found?.message).toMatch(/election safety|log matching|leader completeness/);
  });

  test('a second vote in a term, after a restart', async () => {
    const found = await findBug(300, forgetfulBridge, doubleVoteAfterRestart);
    expect(found?.message).toMatch(/election safety|log matching|leader completeness/);
  });

  test('an acknowledgement before the sync', async () => {
    const found = await findBug(300, {}, acknowledgeBeforeSync);
    expect(found?.message).toMatch(/durable|leader completeness|committed for ever/);
  });
});

// The same stage without the bug: what was found above is the bug, not the stage.
test('a node that keeps its vote survives where one that forgets it does not', async () => {
  expect(await findBug(40, forgetfulBridge)).toBeUndefined();
});
