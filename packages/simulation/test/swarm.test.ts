import { describe, expect, test } from 'vitest';

import { damagedNodes, drawScenario, type Scenario, type Workload } from '../src/index.ts';
import { troubleKinds } from '../src/random-schedule.ts';
import { checkSchedule } from '../src/schedule.ts';
import { tokens } from './support/token-workload.ts';

const workload: Workload = {
  ...tokens,
  releases: [1, 2],
  nodeCounts: { min: 1, max: 7 },
  drawOperation: (_random, index) => ({ number: index }),
};
const drawn = Array.from({ length: 400 }, (_, seed) => drawScenario(workload, seed));

const share = (holds: (scenario: Scenario) => boolean): number =>
  drawn.filter(holds).length / drawn.length;

describe('drawScenario', () => {
  test('draws valid schedules within the horizon, for every number of nodes', () => {
    for (const { faults, horizonMs, operations } of drawn) {
      checkSchedule(faults);
      for (const { atMs } of [...faults, ...operations])
        expect(atMs).toBeLessThanOrEqual(horizonMs);
    }
    expect(new Set(drawn.map(({ nodeCount }) => nodeCount)).size).toBe(7);
  });

  // A kind is in with probability 1/2, and its rate is then at least 1 a minute; short runs leave
  // some out. 0.45 is the most that calm runs leave.
  test('leaves each kind out about half the time', () => {
    const paused = share(({ faults }) => faults.some(({ kind }) => kind === 'pause'));
    expect(paused).toBeGreaterThan(0.2);
    expect(paused).toBeLessThan(0.45);
  });

  test('gives one seed in ten to one kind alone', () => {
    const aloneKinds = new Set(['wallJump', 'drift', 'slowDisk', 'pause', 'reset', 'clog']);
    const alone = share(({ faults }) => {
      const [first] = faults;
      const isOne = faults.every(({ kind }) => kind === first?.kind);
      return first !== undefined && isOne && faults.length > 3 && aloneKinds.has(first.kind);
    });
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThan(0.15);
  });

  test.each(troubleKinds)('draws %s', (kind) => {
    const claims = { amnesiacMax: 2, twinsMax: 1 };
    const isDrawn = ({ seed, nodeCount }: Scenario): boolean => {
      const { faults } = drawScenario(workload, seed, { kinds: [kind], claims });
      return nodeCount > 2 && faults.length > 0;
    };
    expect(drawn.slice(0, 50).filter(isDrawn).length).toBeGreaterThan(5);
  });

  test('leaves the order of an instant to chance half the time', () => {
    const random = share(({ sameTimeOrder }) => sameTimeOrder === 'random');
    expect(random).toBeGreaterThan(0.4);
    expect(random).toBeLessThan(0.6);
  });

  test('keeps good copies with a majority, and the outsiders to a minority', () => {
    for (const { faults, nodeCount, outsiders } of drawn) {
      const minority = Math.floor((nodeCount - 1) / 2);
      const damaged = damagedNodes(faults);
      expect(damaged.size).toBeLessThanOrEqual(minority);
      expect(outsiders.length).toBeLessThanOrEqual(minority);
      // With the nodes that keep good copies, at most a minority is missing.
      const missing = new Set([...damaged, ...outsiders]);
      expect(missing.size).toBeLessThanOrEqual(minority);
    }
  });

  test('lets nodes forget, run twice or be upgraded only where that is claimed', () => {
    const beyond = new Set(['lieSyncs', 'misdirectWrites', 'wipeDisk', 'restoreDisk', 'swapDisks']);
    const kindsOf = (scenarios: readonly Scenario[]): ReadonlySet<string> =>
      new Set(scenarios.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    const usual = kindsOf(drawn);
    expect([...beyond, 'twin'].filter((kind) => usual.has(kind))).toEqual([]);
    expect(usual.has('upgrade')).toBe(true);

    const claims = { damagedMax: 0, amnesiacMax: 2, twinsMax: 1 };
    const bold = { ...workload, claims: () => claims, releases: [1] };
    const more = drawn.map(({ seed }) => drawScenario(bold, seed));
    const unusual = kindsOf(more);
    expect([...beyond, 'twin'].filter((kind) => !unusual.has(kind))).toEqual([]);
    for (const kind of ['upgrade', 'bitRot', 'failReads', 'misdirectReads']) {
      expect(unusual.has(kind)).toBe(false);
    }
    for (const { faults } of more) expect(damagedNodes(faults).size).toBeLessThanOrEqual(2);
  });

  test('spends no calm run on a kind that can strike nobody', () => {
    const kinds = ['wipeDisk', 'swapDisks', 'twin', 'bitRot', 'failRead', 'slowDisk'] as const;
    const options = { kinds, claims: { damagedMax: 0 } };
    const alone = drawn.map(({ seed }) => drawScenario(workload, seed, options));
    const striking = alone.filter(({ faults }) => faults.length > 0).length;
    const least = drawn.map(({ seed }) => drawScenario(workload, seed, { kinds: ['slowDisk'] }));
    expect(striking).toBe(least.filter(({ faults }) => faults.length > 0).length);
  });

  test('leaves a majority even where more may be damaged', () => {
    const options = { kinds: ['bitRot'] as const, claims: { damagedMax: 7 } };
    for (const { seed } of drawn) {
      const { nodeCount, outsiders } = drawScenario(workload, seed, options);
      expect(outsiders.length).toBeLessThanOrEqual(Math.floor((nodeCount - 1) / 2));
    }
  });

  test('damages more when asked to', () => {
    const options = { kinds: ['bitRot'] as const, claims: { damagedMax: 7 } };
    const counts = drawn.map(({ seed }) => {
      const { faults, nodeCount } = drawScenario(workload, seed, options);
      const nodes = new Set(faults.flatMap((fault) => ('node' in fault ? [fault.node] : [])));
      return nodes.size / nodeCount;
    });
    expect(Math.max(...counts)).toBe(1);
  });

  test('knows every kind of trouble', () => {
    expect(new Set(troubleKinds).size).toBe(troubleKinds.length);
  });

  test('refuses a workload without a number of nodes', () => {
    const none = { ...workload, nodeCounts: { min: 8, max: 9 } };
    expect(() => drawScenario(none, 1)).toThrow(/nodeCounts: expected integers within 1..7/);
  });
});
