/*
 * Goal: whatever wall clocks do, the timestamps of a node only rise, a message received is stamped
 * after it was sent, and l is never ahead of all wall clocks that there are.
 *
 * Method: four nodes that send each other timestamps, in the simulator, over a network that loses,
 * doubles and reorders. One clock runs 10 % fast, one is set back and forth by half a minute, one
 * stands still for a while, one is smeared over a leap second; all start apart. No drift is
 * refused, so that every wrong clock pulls at all others. Every timestamp is checked when it is
 * given.
 */
import { type FaultEvent, seeds, Simulation } from '@quorate/simulation';
import { type Clock, nodeId, protocolName } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { decodeTimestamp, encodeTimestamp } from '../../src/codec/hybrid-timestamp-codec.ts';
import { HybridClock } from '../../src/hybrid/hybrid-clock.ts';
import { compareTimestamps, type HybridTimestamp } from '../../src/hybrid/hybrid-timestamp.ts';

const protocol = protocolName('hybrid');
const nodeIds = ['n1', 'n2', 'n3', 'n4'].map(nodeId);

const faults: readonly FaultEvent[] = [
  { atMs: 0, kind: 'drift', node: 'n1', ppm: 100_000 },
  { atMs: 0, kind: 'leapSmear', node: 'n4', byMs: -1_000, overMs: 5_000 },
  { atMs: 1_000, kind: 'wallJump', node: 'n2', byMs: -30_000 },
  { atMs: 2_000, kind: 'wallFreeze', node: 'n3', isFrozen: true },
  { atMs: 3_000, kind: 'wallJump', node: 'n2', byMs: 60_000 },
  { atMs: 4_000, kind: 'wallFreeze', node: 'n3', isFrozen: false },
  { atMs: 4_500, kind: 'wallJump', node: 'n2', byMs: -45_000 },
  { atMs: 5_000, kind: 'drift', node: 'n1', ppm: -100_000 },
];

/** What is true of all that was given, kept by somebody who sees all nodes. */
class Observer {
  /** The latest time that any wall clock has shown. */
  #latestWallMs = 0;
  givenCount = 0;
  countedCount = 0;

  readWall(clock: Clock): number {
    const wallMs = clock.wallTimeMs();
    this.#latestWallMs = Math.max(this.#latestWallMs, wallMs);
    return wallMs;
  }

  expectSound(given: HybridTimestamp, wallMs: number, earlier: readonly HybridTimestamp[]): void {
    this.givenCount += 1;
    if (given.counter > 0) this.countedCount += 1;
    for (const one of earlier) expect(compareTimestamps(one, given)).toBeLessThan(0);
    expect(given.wallMs).toBeGreaterThanOrEqual(Math.floor(wallMs));
    expect(given.wallMs).toBeLessThanOrEqual(this.#latestWallMs);
  }
}

function startNodes(simulation: Simulation, observer: Observer): void {
  for (const id of nodeIds) {
    simulation.addNode(id, ({ clock, transport, random }) => {
      const hybrid = new HybridClock({ maxDriftMs: Infinity });
      let last: HybridTimestamp = { wallMs: 0, counter: 0 };
      const give = (given: HybridTimestamp, wallMs: number, earlier: HybridTimestamp[]): void => {
        observer.expectSound(given, wallMs, [last, ...earlier]);
        last = given;
      };
      transport.subscribe(protocol, ({ payload }) => {
        const remote = decodeTimestamp(payload);
        const wallMs = observer.readWall(clock);
        const outcome = hybrid.receive(remote, wallMs);
        if (outcome.kind !== 'issued') throw new Error(outcome.kind);
        give(outcome.timestamp, wallMs, [remote]);
      });
      const speak = (): void => {
        const wallMs = observer.readWall(clock);
        const given = hybrid.now(wallMs);
        give(given, wallMs, []);
        for (const to of nodeIds) transport.send(to, protocol, encodeTimestamp(given));
        clock.setTimer(random.int(20), speak);
      };
      speak();
      return {};
    });
  }
}

describe('a hybrid clock over clocks that err', () => {
  const replay = process.env['SEED'];

  test.each(seeds(replay, 5))(
    'only rises, follows messages and leads no wall clock (SEED=%i)',
    async (seed) => {
      const simulation = new Simulation({
        seed,
        clocks: { offsetMsMax: 5_000 },
        network: {
          lossRate: 0.1,
          duplicationRate: 0.1,
          delay: { kind: 'uniform', minMs: 1, maxMs: 60 },
        },
      });
      const observer = new Observer();
      startNodes(simulation, observer);
      simulation.schedule(faults);
      await simulation.run(6_000);

      expect(observer.givenCount).toBeGreaterThan(5_000);
      expect(observer.countedCount).toBeGreaterThan(1_000);
    },
  );
});
