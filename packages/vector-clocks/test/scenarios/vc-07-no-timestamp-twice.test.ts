/*
 * Goal: over any number of restarts, a durable clock gives no timestamp twice: each is larger than
 * all before it, of all lives of its node.
 *
 * Method: two nodes in the simulator that give timestamps as fast as they can, and send them to
 * each other. They lose power or are killed at any moment, also while they start, and start again;
 * before that their wall clock is set back by an hour, or somewhere else, and sometimes forward
 * while they run. Disks are slow, tear what was not synced, and fail to sync. Whatever a clock
 * gives is checked at once against all that its node gave before.
 */
import { type FaultEvent, seeds, Simulation } from '@quorate/simulation';
import { nodeId, protocolName, type Random } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { decodeTimestamp, encodeTimestamp } from '../../src/codec/hybrid-timestamp-codec.ts';
import { DurableHybridClock } from '../../src/durable/durable-hybrid-clock.ts';
import { compareTimestamps, type HybridTimestamp } from '../../src/hybrid/hybrid-timestamp.ts';

const hourMs = 3_600_000;
const runMs = 20_000;
const nodeNames = ['n1', 'n2'];
const protocol = protocolName('hybrid');

/** All that was given, by all lives of all nodes. */
class Ledger {
  readonly #last = new Map<string, HybridTimestamp>();
  givenCount = 0;
  readonly lives = new Set<string>();

  record(node: string, incarnation: number, { wallMs, counter }: HybridTimestamp): void {
    const last = this.#last.get(node) ?? { wallMs: 0, counter: -1 };
    const given = { wallMs, counter };
    if (compareTimestamps(last, given) >= 0) {
      throw new Error(
        `life ${incarnation} of ${node} gives ${JSON.stringify(given)}` +
          ` after ${JSON.stringify(last)}`,
      );
    }
    this.#last.set(node, given);
    this.givenCount += 1;
    this.lives.add(`${node}/${incarnation}`);
  }
}

function addNodes(simulation: Simulation, ledger: Ledger): void {
  for (const name of nodeNames) {
    simulation.addNode(nodeId(name), async ({ clock, disk, transport, incarnation, random }) => {
      const hybrid = await DurableHybridClock.open({
        clock,
        disk,
        directory: 'clock',
        reserveMs: 200,
        maxDriftMs: 5_000,
      });
      const record = (given: HybridTimestamp): void => ledger.record(name, incarnation, given);
      transport.subscribe(protocol, ({ payload }) => {
        hybrid.receive(decodeTimestamp(payload)).then(
          (outcome) => {
            if (outcome.kind === 'issued') record(outcome.timestamp);
          },
          () => undefined,
        );
      });
      const work = (): void => {
        for (let count = 0; count < 3; count += 1) if (hybrid.tick() === 'issued') record(hybrid);
        const to = nodeId(nodeNames[random.int(2)]!);
        transport.send(to, protocol, encodeTimestamp(hybrid));
        clock.setTimer(1 + random.int(10), work);
      };
      work();
      return { stop: () => hybrid.close() };
    });
  }
}

function drawFaults(random: Random): readonly FaultEvent[] {
  const faults: FaultEvent[] = [];
  for (const node of nodeNames) {
    for (let atMs = 100 + random.int(500); atMs < runMs; atMs += 20 + random.int(900)) {
      const mode = random.int(3) === 0 ? 'process' : 'power';
      const ending = random.int(5) === 0 ? ({ kind: 'stop' } as const) : { kind: 'crash', mode };
      faults.push({ atMs, node, ...ending } as FaultEvent);
      // Forward while it runs: what it gives then must wait for the disk, which the crash cuts
      // short.
      const forwardMs = random.int(2) * hourMs;
      const forwardAtMs = atMs - 1 - random.int(20);
      faults.push({ atMs: forwardAtMs, kind: 'wallJump', node, byMs: forwardMs });
      const byMs = [-hourMs, -hourMs, -1_000, hourMs, 0][random.int(5)]! - forwardMs;
      faults.push({ atMs: atMs + 5, kind: 'wallJump', node, byMs });
      faults.push({ atMs: atMs + 10, kind: 'restart', node });
      const count = random.int(4) === 0 ? 1 + random.int(2) : 0;
      faults.push({ atMs: atMs + 10, kind: 'failSyncs', node, count });
      // Sometimes again at once, while it still starts.
      if (random.int(3) > 0) continue;
      const againMs = atMs + 10 + random.int(15);
      faults.push({ atMs: againMs, kind: 'crash', node, mode: 'power' });
      faults.push({ atMs: againMs + 2, kind: 'restart', node });
      faults.push({ atMs: againMs + 2, kind: 'failSyncs', node, count: 0 });
    }
  }
  return faults.toSorted((left, right) => left.atMs - right.atMs);
}

describe('a durable hybrid clock', () => {
  test.each(seeds(process.env['SEED'], 20))(
    'gives no timestamp twice, crashes and clocks set back included (SEED=%i)',
    async (seed) => {
      const simulation = new Simulation({
        seed,
        disk: { syncLatency: { kind: 'uniform', minMs: 0.5, maxMs: 20 } },
        // A start whose sync fails is over; the next restart finds the node down.
        onError: () => undefined,
      });
      const ledger = new Ledger();
      const failures: unknown[] = [];
      simulation.onEvent(() => {
        if (failures.length > 0) throw failures[0];
      });
      const record = ledger.record.bind(ledger);
      ledger.record = (...call) => {
        try {
          record(...call);
        } catch (error) {
          failures.push(error);
        }
      };
      addNodes(simulation, ledger);
      simulation.schedule(drawFaults(simulation.random));
      await simulation.run(runMs);

      expect(failures).toEqual([]);
      expect(ledger.lives.size).toBeGreaterThan(30);
      expect(ledger.givenCount).toBeGreaterThan(2_000);
    },
  );
});
