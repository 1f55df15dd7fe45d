import { describe, expect, test } from 'vitest';

import { PeerTable } from '../../src/peers/peer-table.ts';
import type { PeerTableOptions } from '../../src/peers/peer-table-options.ts';
import { RecordingDetector } from '../support/fixed-detector.ts';

const timeoutMs = 300;
const intervalMs = 100;

function tableOf(options: Partial<PeerTableOptions> = {}): {
  readonly table: PeerTable;
  readonly detectors: readonly RecordingDetector[];
} {
  const detectors: RecordingDetector[] = [];
  const detectorOf = (): RecordingDetector => {
    const detector = new RecordingDetector(timeoutMs);
    detectors.push(detector);
    return detector;
  };
  return { table: new PeerTable({ detectorOf, firstWithinMs: 1_000, ...options }), detectors };
}

/** A table that has heard heartbeat 1 of peer 'p' at 0. */
function heard(options: Partial<PeerTableOptions> = {}): ReturnType<typeof tableOf> {
  const made = tableOf(options);
  made.table.add('p', intervalMs, 0);
  made.table.receive('p', 1, 1, 0);
  made.table.advance(0);
  return made;
}

const kinds = (table: PeerTable, nowMs: number): readonly string[] =>
  table.advance(nowMs).map(({ kind }) => kind);

describe('a peer', () => {
  test('is unheard until its first heartbeat, then trusted', () => {
    const { table } = tableOf();
    expect(table.add('p', intervalMs, 0)).toBe(true);
    expect(table.status('p', 40)).toMatchObject({
      state: 'unheard',
      incarnation: -1,
      silentMs: 40,
    });
    expect(table.nextDeadlineMs).toBe(1_000);
    expect(table.receive('p', 3, 17, 50)).toBe('learned');
    expect(table.advance(50)).toEqual([
      {
        kind: 'trusted',
        peer: 'p',
        incarnation: 3,
        atMs: 50,
        after: 'unheard',
        afterMs: 50,
        isRefuted: false,
      },
    ]);
    expect(table.nextDeadlineMs).toBe(350);
    expect(table.status('p', 60)).toMatchObject({ state: 'trusted', sinceMs: 50, silentMs: 10 });
  });

  test('is suspected if it never says anything', () => {
    const { table } = tableOf();
    table.add('p', intervalMs, 200);
    expect(table.advance(1_199)).toEqual([]);
    expect(table.advance(1_200)).toEqual([
      { kind: 'suspected', peer: 'p', incarnation: -1, atMs: 1_200, suspicion: 0, silentMs: 1_000 },
    ]);
    expect(table.nextDeadlineMs).toBe(Infinity);
    table.receive('p', 0, 0, 5_000);
    expect(kinds(table, 5_000)).toEqual(['trusted']);
  });

  test('is suspected when its detector says so, once, and trusted when it is heard again', () => {
    const { table } = heard();
    expect(table.advance(299)).toEqual([]);
    expect(table.advance(300)).toEqual([
      { kind: 'suspected', peer: 'p', incarnation: 1, atMs: 300, suspicion: 1, silentMs: 300 },
    ]);
    expect(table.advance(10_000)).toEqual([]);
    table.receive('p', 1, 90, 10_001);
    expect(table.advance(10_001)).toEqual([
      {
        ...{ kind: 'trusted', peer: 'p', incarnation: 1, atMs: 10_001 },
        ...{ after: 'suspected', afterMs: 9_701, isRefuted: true },
      },
    ]);
  });

  test('is looked at only when its deadline comes up, however many heartbeats there were', () => {
    const { table } = heard();
    for (let sequence = 2; sequence < 200; sequence += 1) {
      table.receive('p', 1, sequence, sequence);
      expect(table.nextDeadlineMs).toBe(300);
    }
    expect(table.advance(300)).toEqual([]);
    expect(table.nextDeadlineMs).toBe(499);
  });

  test('is looked at sooner when a heartbeat brings its deadline forward', () => {
    let nextMs = 5_000;
    const { table } = tableOf({
      detectorOf: () => ({
        kind: 'fixed',
        threshold: 1,
        get suspectAtMs() {
          return nextMs;
        },
        heartbeat: () => {},
        witness: () => {},
        suspicion: () => 0,
        estimate: () => undefined,
        reset: () => {},
      }),
    });
    table.add('p', intervalMs, 0);
    table.receive('p', 1, 1, 0);
    table.advance(0);
    nextMs = 700;
    table.receive('p', 1, 2, 100);
    expect(table.nextDeadlineMs).toBe(700);
  });

  test('is forgotten when removed, and its place is used again', () => {
    const { table } = heard({ peersMax: 1 });
    expect(() => table.add('q', intervalMs, 0)).toThrow('peers: expected at most 1, got one more');
    expect(table.remove('p')).toBe(true);
    expect(table.remove('p')).toBe(false);
    expect(table.nextDeadlineMs).toBe(Infinity);
    expect(table.receive('p', 1, 2, 10)).toBe('unknownPeer');
    expect(table.add('q', intervalMs, 10)).toBe(true);
    expect(table.add('q', intervalMs, 20)).toBe(false);
    expect([...table.names()]).toEqual(['q']);
    expect(kinds(table, 1_010)).toEqual(['suspected']);
  });

  test('may have any name', () => {
    const { table } = tableOf();
    for (const name of ['__proto__', 'constructor', '', '\ud800', 'p']) {
      expect(table.add(name, intervalMs, 0)).toBe(true);
      expect(table.receive(name, 1, 1, 0)).toBe('learned');
    }
    expect(table.status('toString', 0)).toBeUndefined();
    expect(table.size).toBe(5);
  });
});

test('a detector without an opinion is waited for as long as a first heartbeat', () => {
  const { table } = tableOf({
    detectorOf: () => ({
      ...{ kind: 'fixed', threshold: 1, suspectAtMs: Infinity },
      ...{ heartbeat: () => undefined, witness: () => undefined, reset: () => undefined },
      ...{ suspicion: () => 0, estimate: () => undefined },
    }),
  });
  table.add('p', intervalMs, 0);
  table.receive('p', 1, 1, 500);
  expect(kinds(table, 1_499)).toEqual(['trusted']);
  expect(kinds(table, 1_500)).toEqual(['suspected']);
});

describe('heartbeats', () => {
  test('that come twice, late or from an earlier life are counted and change nothing', () => {
    const { table, detectors } = heard();
    table.receive('p', 1, 5, 50);
    expect(table.receive('p', 1, 5, 290)).toBe('duplicate');
    expect(table.receive('p', 1, 4, 290)).toBe('late');
    expect(table.receive('p', 0, 99, 290)).toBe('oldIncarnation');
    expect(table.receive('q', 1, 1, 290)).toBe('unknownPeer');
    expect(kinds(table, 350)).toEqual(['suspected']);
    expect(detectors[0]?.told).toEqual([
      ['heartbeat', 1, 0],
      ['heartbeat', 5, 50],
    ]);
    expect(table.receipts).toEqual({
      ...{ learned: 2, witnessed: 0, duplicate: 1, late: 1, oldIncarnation: 1, unknownPeer: 1 },
    });
  });

  test('of an earlier life do not save the one that follows it', () => {
    const { table } = heard();
    table.receive('p', 2, 1, 100);
    for (let sequence = 2; sequence < 9; sequence += 1) table.receive('p', 1, sequence, 390);
    expect(kinds(table, 400)).toEqual(['restarted', 'suspected']);
  });

  test('of a later life do not refute the suspicion of the one before', () => {
    const { table } = heard();
    table.advance(300);
    table.receive('p', 2, 1, 400);
    expect(table.advance(400)).toMatchObject([
      { kind: 'restarted' },
      { kind: 'trusted', after: 'suspected', isRefuted: false },
    ]);
  });

  test('of a later life begin anew, with any number', () => {
    const { table, detectors } = heard();
    table.receive('p', 1, 1_000, 50);
    expect(table.receive('p', 7, 3, 120)).toBe('learned');
    expect(table.advance(120)).toEqual([
      { kind: 'restarted', peer: 'p', incarnation: 7, atMs: 120 },
    ]);
    expect(detectors[0]?.told).toEqual([
      ['heartbeat', 1, 0],
      ['heartbeat', 1_000, 50],
      'reset',
      ['heartbeat', 3, 120],
    ]);
  });

  test.each([-1, 1.5, NaN, 2 ** 53])('with a number of %d are the caller’s mistake', (number) => {
    const { table } = heard();
    expect(() => table.receive('p', number, 1, 0)).toThrow(RangeError);
    expect(() => table.receive('p', 1, number, 0)).toThrow(RangeError);
    expect(table.receipts.learned).toBe(1);
  });

  test('of another interval are judged by another detector', () => {
    const { table, detectors } = heard();
    table.receive('p', 1, 100, 50, intervalMs);
    expect(detectors).toHaveLength(1);
    expect(table.receive('p', 1, 3, 100, 5_000)).toBe('learned');
    expect(table.intervalMsOf('p')).toBe(5_000);
    expect(detectors[1]?.told).toEqual([['heartbeat', 3, 100]]);
    expect(() => table.receive('p', 1, 4, 100, 0)).toThrow(
      'intervalMs: expected more than 0, got 0',
    );
  });

  test('of another interval are ordered by the time that they stand for', () => {
    const { table, detectors } = heard();
    expect(table.receive('p', 1, 2, 60, 5_000)).toBe('learned');
    expect(table.receive('p', 1, 99, 70, 100)).toBe('late');
    expect(table.receive('p', 1, 100, 70, 100)).toBe('duplicate');
    expect(table.intervalMsOf('p')).toBe(5_000);
    expect(table.receive('p', 2, 1, 80, 100)).toBe('learned');
    expect(table.receive('p', 1, 500, 90, 5_000)).toBe('oldIncarnation');
    expect(detectors).toHaveLength(3);
    expect(detectors[2]?.told).toContainEqual(['heartbeat', 1, 80]);
  });

  test('count for nothing when time steps back', () => {
    const { table } = heard();
    table.advance(200);
    table.receive('p', 1, 2, 50);
    expect(table.advance(499)).toEqual([]);
    expect(kinds(table, 500)).toEqual(['suspected']);
  });
});

describe('other traffic', () => {
  test('is good for as long as a heartbeat, and teaches nothing', () => {
    const { table, detectors } = heard();
    table.observe('p', 250);
    expect(table.advance(549)).toEqual([]);
    expect(table.status('p', 450)).toMatchObject({ suspicion: 200 / 300, silentMs: 200 });
    expect(kinds(table, 550)).toEqual(['suspected']);
    table.observe('p', 600);
    expect(kinds(table, 600)).toEqual(['trusted']);
    expect(detectors[0]?.told).toHaveLength(1);
  });

  test('of peers that were never heard, or are none, is nothing', () => {
    const { table } = tableOf();
    table.add('p', intervalMs, 0);
    table.observe('p', 100);
    table.observe('q', 100);
    table.vouch('p', 100);
    expect(kinds(table, 1_000)).toEqual(['suspected']);
  });
});

describe('an excuse', () => {
  test('lets a peer be silent for as long as it said, and no longer', () => {
    const { table } = heard();
    table.excuse('p', 5_000);
    expect(table.advance(4_999)).toEqual([]);
    expect(kinds(table, 5_000)).toEqual(['suspected']);
  });

  test('can be taken back, and ends with the life that gave it', () => {
    const { table } = heard();
    table.excuse('p', 5_000);
    table.advance(1_000);
    table.excuse('p', 0);
    expect(kinds(table, 1_000)).toEqual(['suspected']);
    table.receive('p', 1, 2, 1_100);
    table.excuse('p', 9_000);
    table.receive('p', 2, 1, 1_200);
    expect(kinds(table, 1_500)).toEqual(['trusted', 'restarted', 'suspected']);
  });
});

describe('a pause of our own', () => {
  test('convicts nobody; who is silent afterwards is found as if heard when it ended', () => {
    const { table } = heard();
    table.pauseEnded(10_000);
    expect(table.advance(10_000)).toEqual([]);
    expect(table.advance(10_299)).toEqual([]);
    expect(kinds(table, 10_300)).toEqual(['suspected']);
  });

  test('makes witnesses of what arrives for one interval after it', () => {
    const { table, detectors } = heard();
    table.pauseEnded(10_000);
    expect(table.receive('p', 1, 2, 10_000)).toBe('witnessed');
    expect(table.receive('p', 1, 3, 10_099)).toBe('witnessed');
    expect(table.receive('p', 1, 4, 10_100)).toBe('learned');
    expect(detectors[0]?.told.slice(1)).toEqual([
      ['witness', 2, 10_000],
      ['witness', 3, 10_099],
      ['heartbeat', 4, 10_100],
    ]);
  });

  test('gives one that was never heard its time again', () => {
    const { table } = tableOf();
    table.add('p', intervalMs, 0);
    table.pauseEnded(10_000);
    expect(table.advance(10_999)).toEqual([]);
    expect(kinds(table, 11_000)).toEqual(['suspected']);
  });

  test('does not excuse for ever: the third in a row without a sign of life convicts', () => {
    const { table } = heard();
    table.pauseEnded(10_000);
    expect(table.advance(10_000)).toEqual([]);
    table.pauseEnded(20_000);
    expect(table.advance(20_000)).toEqual([]);
    table.pauseEnded(30_000);
    expect(kinds(table, 30_000)).toEqual(['suspected']);
  });

  test('excuses as it did, even when the next one does so no more', () => {
    const { table } = heard({ excusingPausesMax: 1 });
    table.pauseEnded(310);
    expect(table.advance(310)).toEqual([]);
    table.pauseEnded(400);
    expect(table.advance(609)).toEqual([]);
    expect(kinds(table, 610)).toEqual(['suspected']);
  });

  test('long ago excuses nobody, however many there were since', () => {
    const { table } = heard({ excusingPausesMax: 1 });
    table.excuse('p', 1e6);
    for (let count = 0; count < 100; count += 1) table.pauseEnded(400 + count);
    table.advance(500);
    table.excuse('p', 0);
    expect(kinds(table, 500)).toEqual(['suspected']);
  });

  test('excuses as often as it was told to', () => {
    const { table } = heard({ excusingPausesMax: 0 });
    table.pauseEnded(10_000);
    expect(kinds(table, 10_000)).toEqual(['suspected']);
  });

  test('excuses again after each sign of life', () => {
    const { table } = heard();
    for (let count = 1; count < 20; count += 1) {
      table.pauseEnded(10_000 * count);
      expect(table.advance(10_000 * count)).toEqual([]);
      table.receive('p', 1, 1 + count, 10_000 * count + 1);
    }
  });
});

describe('a doubt', () => {
  test('asks before it accuses', () => {
    const { table } = heard({ doubtMs: 50 });
    expect(table.advance(300)).toEqual([{ kind: 'doubted', peer: 'p', atMs: 300, untilMs: 350 }]);
    expect(table.status('p', 300)?.state).toBe('trusted');
    expect(table.advance(349)).toEqual([]);
    expect(kinds(table, 350)).toEqual(['suspected']);
  });

  test('ends with a heartbeat, and begins anew with the next silence', () => {
    const { table } = heard({ doubtMs: 50 });
    table.advance(300);
    table.receive('p', 1, 2, 340);
    expect(table.advance(639)).toEqual([]);
    expect(kinds(table, 640)).toEqual(['doubted']);
  });

  test('ends when others vouch, who are asked again as long as we hear nothing', () => {
    const { table } = heard({ doubtMs: 50 });
    table.advance(300);
    table.vouch('p', 320);
    expect(table.advance(320)).toEqual([{ kind: 'inbound', peer: 'p', atMs: 320, isHeard: false }]);
    expect(table.status('p', 320)).toMatchObject({ state: 'trusted', isVouched: true });
    expect(kinds(table, 620)).toEqual(['doubted']);
    table.vouch('p', 640);
    expect(table.advance(640)).toEqual([]);
    table.receive('p', 1, 2, 700);
    expect(table.advance(700)).toEqual([{ kind: 'inbound', peer: 'p', atMs: 700, isHeard: true }]);
  });

  test('is not held against a peer when we pause during it', () => {
    const { table } = heard({ doubtMs: 50 });
    table.advance(300);
    table.pauseEnded(5_000);
    expect(table.advance(5_000)).toEqual([]);
    expect(kinds(table, 5_300)).toEqual(['doubted']);
  });
});

describe('bad health of our own', () => {
  test('multiplies patience', () => {
    const { table } = heard();
    table.healthFactor = 3;
    expect(table.advance(899)).toEqual([]);
    expect(kinds(table, 900)).toEqual(['suspected']);
  });

  test('stops doing so soon after it gets better', () => {
    const { table } = heard();
    table.healthFactor = 9;
    table.advance(300);
    expect(table.nextDeadlineMs).toBe(600);
    table.healthFactor = 1;
    expect(kinds(table, 600)).toEqual(['suspected']);
  });
});

describe('hysteresis', () => {
  const hysteresis = { holdMs: 250, holdMsMax: 1_000, acquitBelow: 0.5 };

  test('trusts a suspected peer again when it has been well for the hold', () => {
    const { table } = heard({ hysteresis });
    table.advance(300);
    table.receive('p', 1, 2, 1_000);
    expect(table.advance(1_000)).toEqual([]);
    table.receive('p', 1, 3, 1_100);
    table.receive('p', 1, 4, 1_200);
    expect(table.nextDeadlineMs).toBe(1_250);
    expect(kinds(table, 1_250)).toEqual(['trusted']);
  });

  test('begins anew when suspicion rises above the smaller threshold meanwhile', () => {
    const { table } = heard({ hysteresis });
    table.advance(300);
    table.receive('p', 1, 2, 1_000);
    // 150 ms of silence are half of the threshold.
    table.receive('p', 1, 3, 1_150);
    expect(table.nextDeadlineMs).toBe(1_400);
    table.receive('p', 1, 4, 1_240);
    expect(table.advance(1_399)).toEqual([]);
    expect(table.advance(1_400)).toEqual([]);
    table.receive('p', 1, 5, 2_000);
    expect(table.nextDeadlineMs).toBe(2_250);
  });

  test('holds longer each time that a peer flaps', () => {
    const { table } = heard({ hysteresis });
    let nowMs = 0;
    const holds = Array.from({ length: 4 }, (_, round) => {
      nowMs += 5_000;
      expect(kinds(table, nowMs)).toEqual(['suspected']);
      const backMs = nowMs;
      for (let count = 1; table.status('p', nowMs)?.state === 'suspected'; count += 1) {
        nowMs += 10;
        table.receive('p', 1, round * 1_000 + count + 1, nowMs);
        table.advance(nowMs);
      }
      return nowMs - backMs - 10;
    });
    expect(holds).toEqual([250, 500, 1_000, 1_000]);
    expect(table.status('p', nowMs)?.flapCount).toBe(4);
  });
});

describe('options', () => {
  test.each([
    [{ firstWithinMs: 0 }, 'firstWithinMs: expected more than 0, got 0'],
    [{ doubtMs: -1 }, 'doubtMs: expected at least 0, got -1'],
    [{ doubtMs: NaN }, 'doubtMs: expected at least 0, got NaN'],
    [{ excusingPausesMax: -1 }, 'excusingPausesMax: expected an integer of 0..31, got -1'],
    [{ peersMax: 0 }, 'peersMax: expected an integer of 1..2^24, got 0'],
    [{ peersMax: 1.5 }, 'peersMax: expected an integer of 1..2^24, got 1.5'],
  ])('%o are refused', (options, message) => {
    expect(() => tableOf(options)).toThrow(new RangeError(message));
  });

  test.each([0, -1, NaN, Infinity])('an interval of %d is refused', (every) => {
    const { table } = tableOf();
    expect(() => table.add('p', every, 0)).toThrow(
      new RangeError(`intervalMs: expected more than 0, got ${every}`),
    );
    expect(table.size).toBe(0);
  });

  test.each([NaN, Infinity, -Infinity])('a time of %d is refused, and changes nothing', (nowMs) => {
    const { table, detectors } = heard();
    const message = new RangeError(`nowMs: expected a finite number, got ${nowMs}`);
    expect(() => table.receive('p', 1, 2, nowMs)).toThrow(message);
    expect(() => table.advance(nowMs)).toThrow(message);
    expect(() => table.add('q', intervalMs, nowMs)).toThrow(message);
    expect(() => table.observe('p', nowMs)).toThrow(message);
    expect(() => table.vouch('p', nowMs)).toThrow(message);
    expect(() => table.pauseEnded(nowMs)).toThrow(message);
    expect(detectors[0]?.told).toHaveLength(1);
    expect([...table.names()]).toEqual(['p']);
    expect(kinds(table, 300)).toEqual(['suspected']);
  });

  test('an excuse until NaN, and a health below 1, are refused', () => {
    const { table } = heard();
    expect(() => table.excuse('p', NaN)).toThrow('untilMs: expected a number, got NaN');
    for (const factor of [0.9, NaN, Infinity]) {
      expect(() => {
        table.healthFactor = factor;
      }).toThrow(new RangeError(`healthFactor: expected at least 1, got ${factor}`));
    }
    expect(kinds(table, 300)).toEqual(['suspected']);
  });
});
