import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  damagedNodes,
  type FaultEvent,
  randomSchedule,
  type RandomScheduleOptions,
} from '../src/index.ts';
import { checkSchedule } from '../src/schedule.ts';

const nodeIds = ['a', 'b', 'c', 'd', 'e'];

/** Who may be harmed, with room for every kind. */
const claims = { damagedMax: 1, amnesiacMax: 2, twinsMax: 1, releases: [3, 5, 8] };

const kinds = [
  'crash',
  'kill',
  'pause',
  'failSync',
  'bitRot',
  'failRead',
  'misdirectRead',
  'lieSync',
  'misdirectWrite',
  'wipeDisk',
  'restoreDisk',
  'swapDisks',
  'twin',
  'upgrade',
  'buggify',
  'split',
  'isolate',
  'oneWay',
  'bridge',
  'ring',
  'flap',
  'clog',
  'reset',
  'swizzle',
  'loss',
  'burstyLoss',
  'messageDamage',
  'duplication',
  'replay',
  'delay',
  'bandwidth',
  'wallJump',
  'drift',
  'wallFreeze',
  'leapSmear',
  'slowNode',
  'lateTimers',
  'throttleTimers',
  'slowDisk',
  'diskFull',
] as const;

const options = fc
  .record({
    nodeIds: fc.integer({ min: 1, max: 5 }).map((count) => nodeIds.slice(0, count)),
    fromMs: fc.nat(1_000),
    untilMs: fc.integer({ min: 1_001, max: 120_000 }),
    perMinute: fc.dictionary(
      fc.constantFrom(...kinds),
      fc.double({ min: 0, max: 60, noNaN: true }),
    ),
  })
  .map((drawn) => ({ ...drawn, ...claims }));

/** Draws with seed `seed`. */
const draw = (seed: number, from: RandomScheduleOptions) =>
  randomSchedule(seededRandom(seed), from);

test('a drawn schedule is valid, in order, within its time, and the same for the same seed', () => {
  fc.assert(
    fc.property(fc.nat(), options, (seed, from) => {
      const events = draw(seed, from);
      checkSchedule(events);
      expect(draw(seed, from)).toEqual(events);
      const times = events.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((x, y) => x - y));
      for (const atMs of times) {
        expect(atMs).toBeGreaterThanOrEqual(from.fromMs);
        expect(atMs).toBeLessThanOrEqual(from.untilMs);
      }
    }),
  );
});

/** What is wrong after the events so far, by what it is about. */
class Patients {
  readonly wrong = new Set<string>();
  readonly faulty = new Set<string>();

  strike(event: FaultEvent): void {
    const about = 'node' in event ? `${event.kind} ${event.node}` : event.kind;
    switch (event.kind) {
      case 'crash':
      case 'stop':
      case 'pause':
      case 'failSyncs':
        this.faulty.add(event.node);
        break;
      case 'restart':
      case 'resume':
        this.faulty.delete(event.node);
        break;
      case 'partition':
      case 'ring':
        this.wrong.add(`partition ${event.name ?? ''}`);
        break;
      case 'heal':
        this.wrong.delete(`partition ${event.name ?? ''}`);
        break;
      case 'diskFull':
        this.#mark(about, event.isFull);
        break;
      case 'lieSyncs':
      case 'failReads':
      case 'misdirectReads':
      case 'misdirectWrites':
        this.#mark(about, event.count > 0);
        break;
      case 'twin':
        this.wrong.add(about);
        break;
      case 'endTwin':
        this.wrong.delete(`twin ${event.node}`);
        break;
      case 'buggify':
        this.#mark(about, event.share > 0);
        break;
      default:
        break;
    }
  }

  #mark(about: string, isWrong: boolean): void {
    if (isWrong) this.wrong.add(about);
    else this.wrong.delete(about);
  }
}

test('never are more nodes faulty than the protocol survives, and all are well at the end', () => {
  fc.assert(
    fc.property(fc.nat(), options, (seed, from) => {
      const patients = new Patients();
      const most = Math.floor((from.nodeIds.length - 1) / 2);
      for (const event of draw(seed, from)) {
        patients.strike(event);
        expect(patients.faulty.size).toBeLessThanOrEqual(most);
      }
      expect([...patients.faulty, ...patients.wrong]).toEqual([]);
    }),
  );
});

test('no more nodes are harmed than may be, in each way and in all of them together', () => {
  fc.assert(
    fc.property(fc.nat(), options, (seed, from) => {
      const events = draw(seed, from);
      const harmed = (...harms: readonly string[]): number =>
        damagedNodes(events.filter(({ kind }) => harms.includes(kind))).size;
      expect(harmed('bitRot', 'failReads', 'misdirectReads')).toBeLessThanOrEqual(1);
      expect(harmed('twin')).toBeLessThanOrEqual(1);
      expect(damagedNodes(events).size).toBeLessThanOrEqual(2);
    }),
  );
});

test('who asks for no harm beyond damage gets none, and no upgrade', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      options,
      (seed, { amnesiacMax: _a, twinsMax: _t, releases: _r, ...from }) => {
        const events = draw(seed, from);
        const kindsMet = new Set<string>(events.map(({ kind }) => kind));
        for (const kind of [
          'lieSyncs',
          'misdirectWrites',
          'wipeDisk',
          'restoreDisk',
          'swapDisks',
        ]) {
          expect(kindsMet.has(kind)).toBe(false);
        }
        expect(kindsMet.has('twin') || kindsMet.has('upgrade')).toBe(false);
      },
    ),
  );
});

test('bits rot on one minority only, however often they do', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const events = draw(seed, { nodeIds, untilMs: 600_000, perMinute: { bitRot: 10 } });
    const damaged = new Set(events.flatMap((event) => ('node' in event ? [event.node] : [])));
    expect(events.length).toBeGreaterThan(50);
    expect(damaged.size).toBe(2);
  }
});

const eventsPerTrouble: ReadonlyMap<string, number> = new Map([
  ['flap', 20],
  ['swizzle', 6],
  ['failSync', 4],
  ['failRead', 5],
  ['misdirectRead', 5],
  ['lieSync', 4],
  ['misdirectWrite', 4],
  ['wipeDisk', 3],
  ['restoreDisk', 4],
  ['swapDisks', 5],
  // Half of them are preceded by a pause.
  ['twin', 3],
  ['reset', 1],
  ['wallJump', 1],
  ['leapSmear', 1],
  ['bitRot', 1],
]);

test('each kind strikes about as often as asked', () => {
  // There are only so many releases to go to.
  for (const kind of kinds.filter((each) => each !== 'upgrade')) {
    let count = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      const perMinute = { [kind]: 6 };
      const limits = { faultyAtOnceMax: 5, damagedMax: 5, amnesiacMax: 5, twinsMax: 5 };
      const from = { nodeIds, untilMs: 600_000, perMinute, lastsMsMax: 100, ...limits };
      count += draw(seed, from).length / (eventsPerTrouble.get(kind) ?? 2);
    }
    // 1 200 are expected; five deviations of a Poisson count, and a few left out for the limit.
    expect(count, kind).toBeGreaterThan(1_000);
    expect(count, kind).toBeLessThan(1_375);
  }
});

test('asking for one kind more moves no other', () => {
  const from = { nodeIds, untilMs: 120_000, perMinute: { split: 5, loss: 5, drift: 5 } };
  const some = draw(1, from);
  const more = draw(1, { ...from, perMinute: { ...from.perMinute, clog: 20, crash: 20 } });
  const others = more.filter(({ kind }) => !['clog', 'unclog', 'crash', 'restart'].includes(kind));
  expect(others).toEqual(some);
});

test('the network goes back to what it was', () => {
  const delay = { kind: 'constant', ms: 7 } as const;
  const network = { delay, lossRate: 0.01, duplicationRate: 0.02, replayRate: 0.03 };
  const perMinute = { loss: 60, duplication: 60, replay: 60, delay: 60 };
  const events = draw(1, { nodeIds, untilMs: 60_000, perMinute, network, lastsMsMax: 51 });
  const backs = events.filter((event) => event.kind === 'network');
  for (const [field, usual] of Object.entries(network)) {
    const values = backs.flatMap((event) =>
      Object.entries(event).filter(([name]) => name === field),
    );
    expect(values.length % 2).toBe(0);
    expect(values.filter(([, value]) => value === usual)).toHaveLength(values.length / 2);
  }
});

test.each<[Partial<RandomScheduleOptions>, string]>([
  [{ nodeIds: [] }, 'nodeIds: expected at least 1, got 0'],
  [{ untilMs: 0 }, 'untilMs: expected a number above 0, got 0'],
  [{ untilMs: Infinity }, 'untilMs: expected a number above 0, got Infinity'],
  [{ fromMs: -1 }, 'fromMs: expected at least 0, got -1'],
  [{ lastsMsMin: 0 }, 'lastsMsMin: expected above 0, got 0'],
  [{ lastsMsMax: 10 }, 'lastsMsMax: expected at least 50, got 10'],
  [{ faultyAtOnceMax: 0.5 }, 'faultyAtOnceMax: expected an integer, at least 0, got 0.5'],
  [{ amnesiacMax: -1 }, 'amnesiacMax: expected an integer, at least 0, got -1'],
  [{ twinsMax: NaN }, 'twinsMax: expected an integer, at least 0, got NaN'],
  [{ releases: [2, 2] }, 'releases: expected rising integers from 1 on, got 2, 2'],
  [{ releases: [0, 1] }, 'releases: expected rising integers from 1 on, got 0, 1'],
  [{ perMinute: { crash: -1 } }, 'perMinute.crash: expected 0..60000, got -1'],
  [{ perMinute: { crash: NaN } }, 'perMinute.crash: expected 0..60000, got NaN'],
  [{ perMinute: JSON.parse('{"explode":1}') as object }, 'perMinute: expected kinds out of crash,'],
  [{ network: { lossRate: 2 } }, 'network.lossRate: expected 0..1, got 2'],
])('refuses %j', (wrong, message) => {
  const from = { nodeIds, untilMs: 1_000, perMinute: {}, ...wrong };
  expect(() => draw(1, from)).toThrow(message);
});
