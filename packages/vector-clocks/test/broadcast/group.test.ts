import { describe, expect, test } from 'vitest';

import { type BroadcastLimits, limitsOf } from '../../src/broadcast/broadcast-options.ts';
import { stampedIn } from '../../src/broadcast/codec.ts';
import { EpochTable } from '../../src/broadcast/epoch-table.ts';
import { Group } from '../../src/broadcast/group.ts';
import type { StampedMessage } from '../../src/broadcast/messages.ts';
import { membersOf } from '../support/members.ts';

/** Groups that are told by hand what the others say. */
class Scene {
  readonly groups = new Map<string, Group>();
  readonly delivered = new Map<string, string[]>();

  constructor(ids: readonly string[], limits: Partial<BroadcastLimits> = {}) {
    const table = new EpochTable(1, membersOf(...ids));
    for (const id of ids) {
      this.groups.set(id, Group.founded(table, id, limitsOf({ repairDelayMs: 0, ...limits })));
      this.delivered.set(id, []);
    }
  }

  at(id: string): Group {
    const group = this.groups.get(id);
    if (group === undefined) throw new Error(`no ${id}`);
    return group;
  }

  publish(id: string, text = ''): StampedMessage {
    const group = this.at(id);
    const message = group.stamp(new TextEncoder().encode(text));
    group.publish(message);
    return stampedIn(message.message.body);
  }

  /** `id` gets `stamped` from `sender`. */
  give(id: string, sender: string, stamped: StampedMessage): string {
    const group = this.at(id);
    const arrival = group.accept(group.table.indexOf(sender), stamped);
    for (let next = group.take(); next !== undefined; next = group.take()) {
      const { origin, vector } = next;
      this.delivered.get(id)?.push(`${group.table.ids[origin]}:${vector[origin]}`);
    }
    return arrival;
  }

  enter(id: string, members: readonly string[]): void {
    this.groups.set(id, this.at(id).next(membersOf(...members), id));
  }

  /** Each of `ids` hears what all the others have, and concludes. */
  reportAmong(ids: readonly string[]): void {
    for (const to of ids) {
      for (const from of ids) {
        if (from === to) continue;
        const group = this.at(to);
        group.hearReport(group.table.indexOf(from), this.at(from).report());
      }
    }
    for (const id of ids) this.at(id).conclude();
  }

  /** `id` asks whoever it would, and gets what they have. */
  repair(id: string): void {
    const { table } = this.at(id);
    for (const { peer, ranges } of this.at(id).repairs(0, () => 0)) {
      const from = table.ids[peer] ?? '';
      for (const body of [...this.at(from).wanted(ranges, 1_000_000)]) {
        this.give(id, from, stampedIn(body));
      }
    }
  }
}

describe('a message', () => {
  test('waits for its past, from whoever it comes', () => {
    const scene = new Scene(['a@1', 'b@1', 'c@1']);
    const a1 = scene.publish('a@1', 'x');
    expect(scene.give('b@1', 'a@1', a1)).toBe('ready');
    const b1 = scene.publish('b@1');
    expect(scene.give('c@1', 'b@1', b1)).toBe('waiting');
    expect(scene.give('c@1', 'b@1', b1)).toBe('duplicate');
    expect(scene.give('c@1', 'b@1', a1)).toBe('ready');
    expect(scene.delivered.get('c@1')).toEqual(['a@1:1', 'b@1:1']);
    expect(scene.give('c@1', 'a@1', a1)).toBe('duplicate');
    expect(scene.at('c@1').clock.toJSON()).toEqual({ 'a@1': 1, 'b@1': 1 });
  });

  test('from a later epoch is refused until this member has entered it', () => {
    const scene = new Scene(['a@1', 'b@1']);
    scene.enter('a@1', ['a@1', 'b@1', 'c@1']);
    const a1 = scene.publish('a@1');
    expect(scene.give('b@1', 'a@1', a1)).toBe('early');
    scene.enter('b@1', ['a@1', 'b@1', 'c@1']);
    expect(scene.give('b@1', 'a@1', a1)).toBe('ready');
  });

  test('of nobody whom this epoch speaks of is refused', () => {
    const scene = new Scene(['a@1', 'b@1']);
    const other = new Scene(['a@1', 'x@1']);
    expect(scene.give('b@1', 'a@1', other.publish('x@1'))).toBe('stranger');
  });

  test('that waits moves on to the next epoch', () => {
    const scene = new Scene(['a@1', 'b@1']);
    const [a1, a2] = [scene.publish('a@1'), scene.publish('a@1')];
    expect(scene.give('b@1', 'a@1', a2)).toBe('waiting');
    scene.enter('b@1', ['0@1', 'a@1', 'b@1']);
    expect(scene.at('b@1').waitingCount).toBe(1);
    expect(scene.give('b@1', 'a@1', a1)).toBe('ready');
    expect(scene.delivered.get('b@1')).toEqual(['a@1:1', 'a@1:2']);
  });
});

describe('what is stable', () => {
  test('is forgotten when all have acknowledged it, and not before', () => {
    const scene = new Scene(['a@1', 'b@1', 'c@1']);
    const a1 = scene.publish('a@1');
    scene.give('b@1', 'a@1', a1);
    scene.reportAmong(['a@1', 'b@1', 'c@1']);
    expect(scene.at('a@1').log.count).toBe(1);
    scene.give('c@1', 'a@1', a1);
    scene.reportAmong(['a@1', 'b@1', 'c@1']);
    expect(['a@1', 'b@1', 'c@1'].map((id) => scene.at(id).log.count)).toEqual([0, 0, 0]);
    expect(scene.at('a@1').stableCut.toJSON()).toEqual({ 'a@1': 1 });
  });

  test('is told by the origin with its next message', () => {
    const scene = new Scene(['a@1', 'b@1']);
    scene.give('b@1', 'a@1', scene.publish('a@1'));
    scene.at('a@1').hearReport(1, scene.at('b@1').report());
    expect([scene.at('a@1').conclude(), scene.at('b@1').conclude()]).toEqual([true, false]);
    scene.give('b@1', 'a@1', scene.publish('a@1'));
    expect([scene.at('b@1').log.count, scene.at('b@1').conclude()]).toEqual([1, true]);
  });

  test('does not grow by what was acknowledged in a later epoch', () => {
    const scene = new Scene(['a@1', 'b@1']);
    const a1 = scene.publish('a@1');
    scene.enter('b@1', ['a@1', 'b@1', 'c@1']);
    scene.give('b@1', 'a@1', a1);
    // By now b may have given c a state without a1.
    scene.at('a@1').hearReport(1, scene.at('b@1').report());
    expect([scene.at('a@1').conclude(), scene.at('a@1').log.count]).toEqual([false, 1]);
    scene.enter('a@1', ['a@1', 'b@1', 'c@1']);
    scene.reportAmong(['a@1', 'b@1']);
    expect(scene.at('a@1').log.count).toBe(1);
  });

  test('is everything, if a member is alone', () => {
    const scene = new Scene(['a@1']);
    scene.publish('a@1');
    expect([scene.at('a@1').conclude(), scene.at('a@1').log.count]).toEqual([true, 0]);
    expect(scene.at('a@1').isQuiet).toBe(true);
  });

  test('cannot be more than was delivered here, whatever a member says', () => {
    const scene = new Scene(['a@1', 'b@1']);
    scene.give('b@1', 'a@1', scene.publish('a@1'));
    scene.at('b@1').hearReport(0, { epoch: 1, stableCount: 7, entries: [] });
    expect([scene.at('b@1').stableCut.size, scene.at('b@1').log.count]).toEqual([0, 1]);
  });
});

describe('a window', () => {
  test('is closed by messages or bytes that are not stable, and never for the first', () => {
    const scene = new Scene(['a@1', 'b@1'], { windowCountMax: 2, windowBytesMax: 100 });
    expect(scene.at('a@1').canPublish(1_000)).toBe(true);
    scene.publish('a@1');
    expect([scene.at('a@1').canPublish(1_000), scene.at('a@1').canPublish(20)]).toEqual([
      ...[false, true],
    ]);
    scene.publish('a@1');
    expect(scene.at('a@1').canPublish(0)).toBe(false);
  });
});

describe('a departed member', () => {
  const all = ['a@1', 'b@1', 'k@1', 'l@1'];
  const rest = ['a@1', 'b@1', 'l@1'];

  test('is delivered to all as far as anybody has it', () => {
    const scene = new Scene(all);
    const k1 = scene.publish('k@1');
    scene.give('b@1', 'k@1', k1);
    for (const id of rest) scene.enter(id, rest);
    scene.reportAmong(rest);
    for (const id of rest) scene.repair(id);
    expect(scene.delivered.get('a@1')).toEqual(['k@1:1']);
    scene.reportAmong(rest);
    expect(rest.map((id) => [scene.at(id).log.count, scene.at(id).isQuiet])).toEqual([
      ...[
        [0, true],
        [0, true],
        [0, true],
      ],
    ]);
    for (const id of rest) scene.enter(id, rest);
    expect(scene.at('a@1').table.ids).toEqual(rest);
  });

  // Why this test? A member that said nothing of what it holds let the others give up what it was
  // about to deliver, and then to refuse all that it published.
  test('is not given up while one holds its next message', () => {
    const scene = new Scene(all);
    const l1 = scene.publish('l@1');
    scene.give('k@1', 'l@1', l1);
    expect(scene.give('b@1', 'k@1', scene.publish('k@1'))).toBe('waiting');
    for (const id of rest) scene.enter(id, rest);
    scene.reportAmong(rest);
    scene.give('b@1', 'l@1', l1);
    const b1 = scene.publish('b@1');
    expect(scene.give('a@1', 'b@1', b1)).toBe('waiting');
    scene.reportAmong(rest);
    scene.repair('a@1');
    expect(scene.delivered.get('a@1')).toEqual(['l@1:1', 'k@1:1', 'b@1:1']);
  });

  test('is given up, with all that depends on it, when nobody has what it said next', () => {
    const scene = new Scene(all);
    scene.publish('l@1');
    const l2 = scene.publish('l@1');
    scene.give('b@1', 'l@1', l2);
    expect(scene.at('b@1').waitingCount).toBe(1);
    const left = ['a@1', 'b@1', 'k@1'];
    for (const id of left) scene.enter(id, left);
    scene.reportAmong(left);
    expect([scene.at('b@1').waitingCount, scene.at('b@1').isQuiet]).toEqual([0, true]);
  });

  // Why this test? A message that is still under way may depend on what was given up.
  test('is spoken of as long as another one may depend on what is lost', () => {
    const scene = new Scene(all);
    scene.give('k@1', 'l@1', scene.publish('l@1'));
    const k1 = scene.publish('k@1');
    // l and k are gone; nobody has (l, 1), and (k, 1) is under way to b from one that had it.
    const left = ['a@1', 'b@1'];
    for (const id of left) scene.enter(id, left);
    scene.give('a@1', 'b@1', k1);
    expect(scene.at('a@1').waitingCount).toBe(1);
    scene.reportAmong(left);
    expect(scene.at('a@1').waitingCount).toBe(0);
    expect(scene.give('b@1', 'a@1', k1)).toBe('lost');
    for (const id of left) scene.enter(id, left);
    expect(scene.give('b@1', 'a@1', k1)).not.toBe('ready');
    expect(scene.delivered.get('b@1')).toEqual([]);
  });

  test('cannot come back', () => {
    const scene = new Scene(all);
    scene.enter('a@1', rest);
    expect(() => {
      scene.enter('a@1', all);
    }).toThrow('members: expected a new incarnation, got k@1, which has departed');
    expect(scene.at('a@1').table.epoch).toBe(2);
  });
});

describe('those who ask', () => {
  test('get what is kept, up to a size, and at least one message', () => {
    const scene = new Scene(['a@1', 'b@1']);
    for (let count = 0; count < 5; count += 1) scene.publish('a@1', 'x'.repeat(100));
    const ranges = [
      { origin: 'a@1', first: 2, count: 2 ** 52 },
      { origin: 'nobody', first: 1, count: 2 },
    ];
    const counts = [1_000, 250, 1].map((size) => [...scene.at('a@1').wanted(ranges, size)].length);
    expect(counts).toEqual([4, 2, 1]);
  });
});
