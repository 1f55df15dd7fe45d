/*
 * Goal: whatever partitions, lost messages, crashes, clocks and changes of members do, a cluster
 * admits no more of a key in any interval than its stated bound, and once all is well, close to the
 * whole limit again.
 *
 * Method: four nodes under several times the load that the policy admits, for two keys. Every
 * admission is recorded in true time, with who believed to own the key and who ran; then all
 * intervals between any two admissions are held to the bound. Each seed draws its faults.
 */
import { randomSchedule, type RandomScheduleOptions, seeds, Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { admittedMax, envelope, startingCost } from '../../src/cluster/overshoot.ts';
import { rendezvousPlacement } from '../../src/cluster/placement.ts';
import { gcra } from '../../src/policy.ts';
import { type Admission, type Rate, worstExcess } from '../support/admissions.ts';
import { type ClusterTuning, decide, SimulatedCluster } from '../support/cluster.ts';
import { ClusterStage, stageKeys } from '../support/cluster-stage.ts';

const replay = process.env['SEED'];
const NODE_COUNT = 4;
const nodeIds = Array.from({ length: NODE_COUNT }, (_, place) => nodeId(`n${place + 1}`));
const all = rendezvousPlacement(nodeIds);
const policy = gcra({ name: 'p', limit: 40, windowMs: 1_000 });
const tuning = { leaseMs: 400, timeoutMs: 50, ownerRetryMs: 300 };

/** Clocks drift by this much at most; a fault may make it 5 %. */
const DRIFT = 0.05;
const perMs = (policy.limit / policy.windowMs) * (1 + DRIFT);
const leaseMs = (tuning.leaseMs * (1 + DRIFT)) / (1 - DRIFT);
const ownerRate: Rate = {
  burst: policy.burst,
  starting: startingCost(policy, 1 / NODE_COUNT),
  perMs,
};
const shareBurst = policy.burst / NODE_COUNT;
const shareRate: Rate = { burst: shareBurst, starting: shareBurst, perMs: perMs / NODE_COUNT };

function stageOf(simulation: Simulation, more: ClusterTuning = {}, calmFromMs = 0): ClusterStage {
  return new ClusterStage(simulation, policy, {
    nodeCount: NODE_COUNT,
    placement: all,
    tuning: { ...tuning, ...more },
    gapMs: (nowMs) => (nowMs < calmFromMs ? tideMs(nowMs) : 1),
  });
}

/** A few requests, so that leases are left over; none; a storm that spends whatever there is. */
function tideMs(nowMs: number): number {
  const intoMs = nowMs % 3_000;
  if (intoMs < 1_000) return 30;
  return intoMs < 1_700 ? 700 : 1;
}

function costWithin(admissions: readonly Admission[], fromMs: number, toMs: number): number {
  return admissions
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .reduce((total, { cost }) => total + cost, 0);
}

/** The most that was admitted in an interval of `durationMs`, and a bound for each. */
function expectWithin(admissions: readonly Admission[], bound: (durationMs: number) => number) {
  for (const [first, { atMs: fromMs }] of admissions.entries()) {
    let admitted = 0;
    for (const { atMs, cost } of admissions.slice(first)) {
      admitted += cost;
      if (admitted > bound(atMs - fromMs)) {
        throw new Error(`${admitted} within ${fromMs}..${atMs}, at most ${bound(atMs - fromMs)}`);
      }
    }
  }
}

describe('a calm cluster', () => {
  test.each(seeds(replay, 3))('admits the limit and no more (SEED=%i)', async (seed) => {
    const simulation = new Simulation({
      seed,
      network: { delay: { kind: 'uniform', minMs: 1, maxMs: 5 } },
    });
    const stage = stageOf(simulation);
    await simulation.run(20_000);
    for (const key of stageKeys) {
      const admissions = stage.admissions(key);
      const calm = { memberCount: NODE_COUNT, leaseMs: tuning.leaseMs };
      expectWithin(admissions, (durationMs) => admittedMax(policy, durationMs, calm));
      const rate = costWithin(admissions, 10_000, 20_000) / 10;
      expect(rate).toBeGreaterThan(0.85 * policy.limit);
      expect(rate).toBeLessThan(1.05 * policy.limit);
    }
  });
});

describe('leases that nobody spent', () => {
  test.each(seeds(replay, 3))('are worth nothing once they have ended (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const cluster = new SimulatedCluster(simulation, NODE_COUNT, {
      ...tuning,
      leaseShare: 1,
      placement: all,
    });
    await simulation.run(2_000);
    const [key = ''] = stageKeys;
    const ask = async (cost: number): Promise<number> => {
      const answers = nodeIds.map((id) => decide(cluster.store(id), key, policy, cost));
      const decisions = await Promise.all(answers);
      return decisions.filter(({ kind }) => kind === 'admitted').length * cost;
    };
    // Each takes one and another one, and leases more each time.
    for (let turn = 0; turn < 6; turn += 1) {
      void ask(1);
      await simulation.run(20);
    }
    // All is regained at the owner, and all leases have ended.
    await simulation.run(1_100);
    let admitted = 0;
    const startMs = simulation.nowMs;
    for (let turn = 0; turn < 40; turn += 1) {
      void ask(1).then((cost) => (admitted += cost));
      await simulation.run(5);
    }
    expect(admitted).toBeLessThanOrEqual(envelope(policy, simulation.nowMs - startMs));
    expect(admitted).toBeGreaterThan(0.8 * policy.burst);
  });
});

describe('a cluster cut in two', () => {
  test.each(seeds(replay, 3))('adds the shares of those cut off (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const stage = stageOf(simulation);
    const key = 'user 1';
    const owner = all.ownerOf(key);
    await simulation.run(5_000);
    simulation.partition(
      [owner],
      nodeIds.filter((id) => id !== owner),
    );
    await simulation.run(10_000);
    simulation.heal();
    await simulation.run(5_000);
    const split = { memberCount: NODE_COUNT, leaseMs: tuning.leaseMs, cutOffCount: NODE_COUNT - 1 };
    const admissions = stage.admissions(key);
    expectWithin(admissions, (durationMs) => admittedMax(policy, durationMs, split));
    const apart = costWithin(admissions, 7_000, 15_000) / 8;
    expect(apart).toBeGreaterThan(1.4 * policy.limit);
    expect(apart).toBeLessThan(1.8 * policy.limit);
    expect(costWithin(admissions, 17_000, 20_000) / 3).toBeLessThan(1.3 * policy.limit);
  });
});

describe('owners that restart', () => {
  test.each(seeds(replay, 3))('begin with a part each time (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const stage = stageOf(simulation);
    const key = 'user 1';
    const owner = all.ownerOf(key);
    await simulation.run(2_000);
    for (let count = 0; count < 10; count += 1) {
      simulation.crash(owner);
      await simulation.run(10);
      simulation.restart(owner);
      await simulation.run(190);
    }
    // The restarts, and the first start; each life of the owner has a share as well.
    const restarts = {
      memberCount: NODE_COUNT,
      leaseMs: tuning.leaseMs,
      cutOffCount: NODE_COUNT,
      ownerStartCount: 10,
      shareStartCount: 10,
    };
    const bound = admittedMax(policy, 4_000, restarts);
    expect(costWithin(stage.admissions(key), 0, 4_000)).toBeLessThanOrEqual(bound);
    const sources = [
      { reigns: stage.ownerReigns(key), rate: ownerRate, delayMs: leaseMs },
      { reigns: stage.lives(), rate: shareRate, delayMs: 0 },
    ];
    expect(worstExcess(stage.admissions(key), sources)).toBeUndefined();
  });
});

describe('a cluster in trouble', () => {
  const untilMs = 40_000;
  const trouble: RandomScheduleOptions = {
    nodeIds,
    untilMs,
    faultyAtOnceMax: 2,
    lastsMsMin: 20,
    lastsMsMax: 4_000,
    perMinute: {
      ...{ crash: 20, kill: 20, pause: 20, slowNode: 4 },
      ...{ split: 15, isolate: 10, oneWay: 10, bridge: 5, ring: 5, flap: 3 },
      ...{ clog: 10, reset: 10, loss: 5, duplication: 5, replay: 5, delay: 5 },
      ...{ wallJump: 20, drift: 10, wallFreeze: 5, leapSmear: 5, lateTimers: 5 },
    },
  };

  /** Members leave and come back; each node hears of it when it does. */
  function changeMembers(simulation: Simulation, stage: ClusterStage): void {
    const { clock, random } = simulation;
    const draw = random.fork('members');
    const turn = (): void => {
      if (simulation.nowMs > untilMs - 3_000) return;
      const gone = draw.int(NODE_COUNT + 1);
      const placement = rendezvousPlacement(nodeIds.filter((_, place) => place !== gone));
      for (const id of nodeIds) {
        clock.setTimer(draw.int(800), () => stage.place(id, placement));
      }
      clock.setTimer(1_000 + draw.int(8_000), turn);
    };
    clock.setTimer(3_000, turn);
    clock.setTimer(untilMs - 1_000, () => nodeIds.forEach((id) => stage.place(id, all)));
  }

  test.each(seeds(replay, 24))('keeps to its bound, and recovers (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed, sameTimeOrder: 'random' });
    const stage = stageOf(simulation, { leaseShare: 0.5 }, untilMs);
    simulation.schedule(randomSchedule(simulation.random, trouble));
    changeMembers(simulation, stage);
    await simulation.run(untilMs);
    simulation.calm();
    await simulation.run(10_000);
    // While members are fewer, shares are larger: a third each, of three.
    const larger = { burst: 13, starting: 13, perMs: perMs / (NODE_COUNT - 1) };
    const starting = { ...ownerRate, starting: startingCost(policy, 1 / (NODE_COUNT - 1)) };
    for (const key of stageKeys) {
      const admissions = stage.admissions(key);
      const sources = [
        { reigns: stage.ownerReigns(key), rate: starting, delayMs: leaseMs },
        { reigns: stage.lives(), rate: larger, delayMs: 0 },
      ];
      expect(worstExcess(admissions, sources)).toBeUndefined();
      const recovered = costWithin(admissions, untilMs + 5_000, untilMs + 10_000) / 5;
      expect(recovered).toBeGreaterThan(0.8 * policy.limit);
      expect(recovered).toBeLessThan(1.1 * policy.limit);
    }
  });

  test('runs the same way twice', async () => {
    const traceOf = async (): Promise<string> => {
      const simulation = new Simulation({ seed: 5, sameTimeOrder: 'random' });
      const stage = stageOf(simulation);
      simulation.schedule(randomSchedule(simulation.random, { ...trouble, untilMs: 8_000 }));
      await simulation.run(8_000);
      expect(stage.admissions('user 1').length).toBeGreaterThan(100);
      return simulation.trace.hash();
    };
    expect(await traceOf()).toBe(await traceOf());
  });
});
