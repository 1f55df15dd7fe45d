import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { randomSchedule, type RandomScheduleOptions } from '../src/index.ts';
import { checkSchedule } from '../src/schedule.ts';

const nodeIds = ['a', 'b', 'c', 'd', 'e'];

const kinds = [
  'crash',
  'kill',
  'pause',
  'failSync',
  'bitRot',
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

const options = fc.record({
  nodeIds: fc.integer({ min: 1, max: 5 }).map((count) => nodeIds.slice(0, count)),
  fromMs: fc.nat(1_000),
  untilMs: fc.integer({ min: 1_001, max: 120_000 }),
  perMinute: fc.dictionary(fc.constantFrom(...kinds), fc.double({ min: 0, max: 60, noNaN: true })),
});

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

test('never are more nodes faulty than the protocol survives, and all are well at the end', () => {
  fc.assert(
    fc.property(fc.nat(), options, (seed, from) => {
      const faulty = new Set<string>();
      const damaged = new Set<string>();
      const partitions = new Set<string>();
      const full = new Set<string>();
      const most = Math.floor((from.nodeIds.length - 1) / 2);
      for (const event of draw(seed, from)) {
        if (event.kind === 'crash' || event.kind === 'pause' || event.kind === 'failSyncs') {
          faulty.add(event.node);
        }
        if (event.kind === 'restart' || event.kind === 'resume') faulty.delete(event.node);
        if (event.kind === 'bitRot') damaged.add(event.node);
        if (event.kind === 'partition' || event.kind === 'ring') partitions.add(event.name ?? '');
        if (event.kind === 'heal') partitions.delete(event.name ?? '');
        if (event.kind === 'diskFull' && event.isFull) full.add(event.node);
        if (event.kind === 'diskFull' && !event.isFull) full.delete(event.node);
        expect(faulty.size).toBeLessThanOrEqual(most);
        expect(damaged.size).toBeLessThanOrEqual(most);
      }
      expect([...faulty, ...partitions, ...full]).toEqual([]);
    }),
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

test('each kind strikes about as often as asked', () => {
  for (const kind of kinds) {
    let count = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      const perMinute = { [kind]: 6 };
      const from = { nodeIds, untilMs: 600_000, perMinute, lastsMsMax: 100 };
      const events = draw(seed, from);
      const perTrouble = {
        flap: 20,
        swizzle: 6,
        failSync: 4,
        reset: 1,
        wallJump: 1,
        leapSmear: 1,
        bitRot: 1,
      } as const;
      const each = new Map<string, number>(Object.entries(perTrouble)).get(kind) ?? 2;
      count += events.length / each;
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
  [{ perMinute: { crash: -1 } }, 'perMinute.crash: expected 0..60000, got -1'],
  [{ perMinute: { crash: NaN } }, 'perMinute.crash: expected 0..60000, got NaN'],
  [{ perMinute: JSON.parse('{"explode":1}') as object }, 'perMinute: expected kinds out of crash,'],
  [{ network: { lossRate: 2 } }, 'network.lossRate: expected 0..1, got 2'],
])('refuses %j', (wrong, message) => {
  const from = { nodeIds, untilMs: 1_000, perMinute: {}, ...wrong };
  expect(() => draw(1, from)).toThrow(message);
});
