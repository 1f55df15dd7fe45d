/*
 * Goal: under a partition that lets requests out and no answers back, a guard soon asks no more,
 * makes the trial calls that it is configured to make and not one beyond them, and asks everything
 * again once the partition is over. Peers that are well are not affected.
 *
 * Method: one client asks two servers a request every 20 ms each, through a guard with fixed open
 * waits. The servers count what reaches them, by virtual time. Each seed has its own delays.
 */
import { seeds, Simulation } from '@quorate/simulation';
import { type ClosableRequester, createRequester, nodeId, type NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { CircuitBreakerOptions } from '../../src/circuit-breaker-options.ts';
import { guard, type GuardedRequester } from '../../src/guard/guard.ts';

const replay = process.env['SEED'];
const [client, lost, well] = [nodeId('client'), nodeId('lost'), nodeId('well')];
const ASK_EVERY_MS = 20;
const TIMEOUT_MS = 100;
const OPEN_FOR_MS = 1_000;
const FAILURES = 5;

interface Stage {
  readonly simulation: Simulation;
  /** When requests reached a server. */
  readonly reached: ReadonlyMap<NodeId, readonly number[]>;
  /** How requests of the client to a server ended. */
  readonly ends: ReadonlyMap<NodeId, readonly { readonly atMs: number; readonly how: string }[]>;
  guarded(): GuardedRequester;
}

function stageOf(seed: number, permittedCalls: number, options: CircuitBreakerOptions = {}): Stage {
  const simulation = new Simulation({
    seed,
    network: { delay: { kind: 'uniform', minMs: 1, maxMs: 10 } },
  });
  const reached = new Map<NodeId, number[]>([
    [lost, []],
    [well, []],
  ]);
  const ends = new Map<NodeId, { atMs: number; how: string }[]>([
    [lost, []],
    [well, []],
  ]);
  for (const server of [lost, well]) {
    simulation.addNode(server, ({ transport, clock }) => {
      const requester: ClosableRequester = createRequester(transport, clock);
      requester.serve('read', (payload) => {
        reached.get(server)?.push(simulation.nowMs);
        return payload;
      });
      return { stop: () => requester.close() };
    });
  }
  let guarded: GuardedRequester | undefined;
  simulation.addNode(client, ({ transport, clock, random }) => {
    const requester = createRequester(transport, clock);
    const own = guard(requester, {
      optionsFor: () => ({
        ...{ clock, random, openForMs: OPEN_FOR_MS, halfOpen: { permittedCalls } },
        trip: { kind: 'consecutiveFailures', failureThreshold: FAILURES },
        ...options,
      }),
    });
    guarded = own;
    const ask = async (to: NodeId): Promise<void> => {
      const how = await own
        .request(to, 'read', Uint8Array.of(1), { timeoutMs: TIMEOUT_MS })
        .then(() => 'reply', codeOf);
      ends.get(to)?.push({ atMs: simulation.nowMs, how });
    };
    const turn = (): void => {
      clock.setTimer(ASK_EVERY_MS, turn);
      void ask(lost);
      void ask(well);
    };
    turn();
    return { stop: () => requester.close() };
  });
  const current = (): GuardedRequester => {
    if (guarded === undefined) throw new Error('the client has not started');
    return guarded;
  };
  return { simulation, reached, ends, guarded: current };
}

function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode ? String(error.code) : `no code: ${String(error)}`;
}

function countWithin(atMs: readonly number[], fromMs: number, toMs: number): number {
  return atMs.filter((each) => each >= fromMs && each < toMs).length;
}

describe('a partition that lets requests out and no answers back', () => {
  describe.each([1, 3])('with %i trial calls', (permittedCalls) => {
    test.each(seeds(replay, 6))(
      'is found out, tried, and recovered from (SEED=%i)',
      async (seed) => {
        const stage = stageOf(seed, permittedCalls);
        const { simulation, reached, ends } = stage;
        const atLost = (): readonly number[] => reached.get(lost) ?? [];
        await simulation.run(2_000);
        simulation.partition([lost], [client], { direction: 'forward' });
        await simulation.run(10_000);

        // Those that were under way when the first five had failed, and what reached it since.
        const openedByMs = 2_000 + FAILURES * ASK_EVERY_MS + TIMEOUT_MS + 50;
        expect(countWithin(atLost(), 2_000, openedByMs)).toBeLessThanOrEqual(15);
        const trials = countWithin(atLost(), openedByMs, 12_000);
        // Each round is a wait, at most one turn, and the timeout of the trial call.
        const roundsMin = Math.floor((12_000 - openedByMs) / (OPEN_FOR_MS + TIMEOUT_MS + 2 * 20));
        const roundsMax = Math.ceil((12_000 - openedByMs) / (OPEN_FOR_MS + TIMEOUT_MS));
        expect(trials).toBeGreaterThanOrEqual(roundsMin * permittedCalls);
        expect(trials).toBeLessThanOrEqual(roundsMax * permittedCalls);

        simulation.heal();
        await simulation.run(OPEN_FOR_MS + TIMEOUT_MS + 200);
        expect(stage.guarded().breakerOf(lost, 'read').state).toBe('closed');
        const healedMs = simulation.nowMs;
        await simulation.run(1_000);
        expect(countWithin(atLost(), healedMs, healedMs + 1_000)).toBeGreaterThanOrEqual(48);
        const tail = (ends.get(lost) ?? []).filter(({ atMs }) => atMs >= healedMs);
        expect(new Set(tail.map(({ how }) => how))).toEqual(new Set(['reply']));
        expect(new Set(ends.get(well)?.map(({ how }) => how))).toEqual(new Set(['reply']));
      },
    );
  });

  test.each(seeds(replay, 3))('costs callers nothing but the trials (SEED=%i)', async (seed) => {
    const { simulation, ends } = stageOf(seed, 1);
    await simulation.run(1_000);
    simulation.partition([lost], [client], { direction: 'forward' });
    await simulation.run(10_000);
    const codes = (ends.get(lost) ?? []).map(({ how }) => how);
    const waited = codes.filter((how) => how === 'REQUEST_DEADLINE_EXCEEDED').length;
    const refused = codes.filter((how) => how === 'CIRCUIT_OPEN').length;
    expect(waited).toBeLessThanOrEqual(25);
    expect(refused).toBeGreaterThan(450);
  });
});

describe('a peer that crashes and restarts', () => {
  test.each(seeds(replay, 3))('is asked again after its wait (SEED=%i)', async (seed) => {
    const stage = stageOf(seed, 1);
    const { simulation, ends } = stage;
    await simulation.run(1_000);
    simulation.crash(lost);
    await simulation.run(5_000);
    expect(stage.guarded().breakerOf(lost, 'read').state).not.toBe('closed');
    simulation.restart(lost);
    await simulation.run(2 * OPEN_FOR_MS + 500);
    expect(stage.guarded().breakerOf(lost, 'read').state).toBe('closed');
    expect(ends.get(lost)?.at(-1)?.how).toBe('reply');
  });

  test('runs the same way twice', async () => {
    const hashOf = async (): Promise<string> => {
      const { simulation } = stageOf(3, 2);
      await simulation.run(500);
      simulation.partition([lost], [client], { direction: 'forward' });
      await simulation.run(3_000);
      return simulation.trace.hash();
    };
    expect(await hashOf()).toBe(await hashOf());
  });
});
