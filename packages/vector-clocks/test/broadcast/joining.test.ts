import { describe, expect, test } from 'vitest';

import { limitsOf } from '../../src/broadcast/broadcast-options.ts';
import { stampedBody, stampedIn } from '../../src/broadcast/codec.ts';
import { Joining } from '../../src/broadcast/joining.ts';
import type { StampedMessage, WelcomeMessage } from '../../src/broadcast/messages.ts';
import { membersOf } from '../support/members.ts';

const first = (): number => 0;
const state = Uint8Array.of(1, 2, 3);
const limits = limitsOf({ joinTimeoutMs: 100 });

const welcome: WelcomeMessage = {
  ...{ kind: 'welcome', incarnation: 1, epoch: 4, state },
  entries: [
    { id: 'a@1', delivered: 5, forgotten: 3 },
    { id: 'gone@7', delivered: 2, forgotten: 1 },
  ],
};

function messageOf(origin: string, counter: number): StampedMessage {
  const stamp = { epoch: 3, origin, stableCount: 0, ids: [origin], counters: [counter] };
  return stampedIn(stampedBody(stamp, new Uint8Array(0)));
}

function joiningOf(): Joining {
  return new Joining(4, membersOf('a@1', 'b@1', 'z@1'), 'z@1', limits);
}

describe('a joiner', () => {
  test('asks one, fetches what is not stable, and begins', () => {
    const joining = joiningOf();
    expect(joining.step(0, first)).toEqual({ kind: 'ask', to: membersOf('a@1')[0] });
    expect(joining.step(10, first)).toEqual({ kind: 'wait' });
    joining.welcome('a@1', welcome, 20);
    expect(joining.joined()).toBeUndefined();
    expect(joining.step(30, first)).toMatchObject({
      kind: 'fetch',
      ranges: [
        { origin: 'a@1', first: 4, count: 2 },
        { origin: 'gone@7', first: 2, count: 1 },
      ],
    });
    joining.collect(messageOf('a@1', 5), 40);
    joining.collect(messageOf('a@1', 6), 40);
    joining.collect(messageOf('gone@7', 2), 40);
    expect(joining.step(50, first)).toMatchObject({
      kind: 'fetch',
      ranges: [{ origin: 'a@1', first: 4, count: 1 }],
    });
    joining.collect(messageOf('a@1', 4), 60);
    const joined = joining.joined();
    expect(joined?.state).toEqual(state);
    expect(joined?.group.clock.toJSON()).toEqual({ 'a@1': 5, 'gone@7': 2 });
    expect(joined?.group.stableCut.toJSON()).toEqual({ 'a@1': 3, 'gone@7': 1 });
    expect([joined?.group.log.count, joined?.group.table.isMember(2)]).toEqual([3, false]);
  });

  test('begins at once with a state of which all is stable', () => {
    const joining = joiningOf();
    joining.step(0, first);
    joining.welcome('a@1', { ...welcome, entries: [] }, 0);
    expect(joining.joined()?.group.clock.size).toBe(0);
  });

  test('takes no state of another epoch, or from one that it has not asked', () => {
    const joining = joiningOf();
    joining.step(0, first);
    joining.welcome('b@1', { ...welcome, entries: [] }, 0);
    joining.welcome('a@1', { ...welcome, entries: [], epoch: 5 }, 0);
    expect(joining.joined()).toBeUndefined();
  });

  test('asks another one when nothing comes, and begins anew', () => {
    const joining = joiningOf();
    joining.step(0, first);
    joining.welcome('a@1', welcome, 50);
    expect(joining.step(149, first)).toMatchObject({ kind: 'fetch' });
    expect(joining.step(150, () => 1)).toEqual({ kind: 'ask', to: membersOf('b@1')[0] });
    joining.collect(messageOf('a@1', 4), 150);
    joining.welcome('b@1', { ...welcome, entries: [] }, 160);
    expect(joining.joined()?.group.clock.size).toBe(0);
  });

  test('waits if there is nobody to ask', () => {
    const joining = new Joining(2, membersOf('z@1'), 'z@1', limits);
    expect([joining.step(0, first), joining.step(500, first)]).toEqual([
      ...[{ kind: 'wait' }, { kind: 'wait' }],
    ]);
    expect([joining.isMember('z@1'), joiningOf().isMember('a@1')]).toEqual([false, true]);
  });
});
