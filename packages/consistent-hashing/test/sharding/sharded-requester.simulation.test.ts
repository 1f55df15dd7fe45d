/*
 * Goal: while nodes come and go, and each hears of it at another time, no request is lost silently:
 * it is carried out by a node that owns its key by what that node knows, and is then answered, or
 * it is rejected; and a rejection that calls itself definite is of a request that nobody carried
 * out. Once all know the same again, all requests go to their owners and none fails.
 *
 * Method: six nodes and three clients; a registry of views of which every node hears late, each
 * at another time, some only when a peer speaks of a newer epoch. Clients send numbered requests
 * for random keys; nodes note what they carry out, and the owners by their own view at that
 * instant.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { createRequester, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { Placement } from '../../src/placement.ts';
import { ring } from '../../src/ring/ring.ts';
import { ShardedRequester } from '../../src/sharding/sharded-requester.ts';

const replay = process.env['SEED'];
const servers = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map(nodeId);
const clients = ['c1', 'c2', 'c3'].map(nodeId);
const CHURN_MS = 20_000;
const REPLICAS = 2;

interface Ending {
  readonly how: 'answered' | 'definite' | 'indefinite';
  readonly atMs: number;
}

class Stage {
  readonly simulation: Simulation;
  /** How many times each request was carried out. */
  readonly carriedOut = new Map<string, number>();
  readonly endings = new Map<string, Ending>();
  readonly misplaced: string[] = [];
  view: Placement = ring({ nodes: servers.slice(0, 4) });
  #sentCount = 0;

  constructor(seed: number) {
    this.simulation = new Simulation({
      seed,
      network: {
        lossRate: 0.02,
        duplicationRate: 0.05,
        delay: { kind: 'uniform', minMs: 1, maxMs: 20 },
      },
    });
    for (const id of [...servers, ...clients]) this.#add(id);
  }

  #add(id: (typeof servers)[number]): void {
    this.simulation.addNode(id, ({ transport, clock, random }) => {
      const requester = createRequester(transport, clock);
      const sharded = new ShardedRequester({
        ...{ requester, localId: id, placement: this.view, replicaCount: REPLICAS, clock },
        refresh: (epoch) =>
          new Promise((resolve, reject) => {
            clock.setTimer(random.int(60), () => {
              if (this.view.epoch >= epoch && random.float() < 0.8) resolve(this.view);
              else reject(new Error('the registry does not answer'));
            });
          }),
      });
      const hear = (): void => {
        sharded.setPlacement(this.view);
        clock.setTimer(500 + random.int(3_000), hear);
      };
      hear();
      if (clients.includes(id)) {
        const turn = (): void => {
          clock.setTimer(20 + random.int(60), turn);
          this.#send(sharded, `key ${random.int(200)}`);
        };
        turn();
      } else {
        sharded.serve('add', (payload, { key }) => {
          const request = new TextDecoder().decode(payload);
          this.carriedOut.set(request, (this.carriedOut.get(request) ?? 0) + 1);
          if (!sharded.ownersOf(key).includes(id)) this.misplaced.push(request);
          return payload;
        });
      }
      return { stop: () => requester.close() };
    });
  }

  #send(sharded: ShardedRequester, key: string): void {
    const name = `request ${(this.#sentCount += 1)}`;
    const options = { timeoutMs: 400 };
    const end = (how: Ending['how']): void => {
      this.endings.set(name, { how, atMs: this.simulation.nowMs });
    };
    sharded.request(key, 'add', new TextEncoder().encode(name), options).then(
      ({ payload }) => {
        expect(new TextDecoder().decode(payload)).toBe(name);
        end('answered');
      },
      (error: unknown) => {
        const isDefinite = error instanceof Error && 'definite' in error && error.definite === true;
        end(isDefinite ? 'definite' : 'indefinite');
      },
    );
  }

  /** A node comes or goes, or has another weight; each hears of it when it hears of it. */
  churn(random: { int(below: number): number }): void {
    const known = new Set(this.view.nodes.map(({ id }) => id));
    const id = servers[random.int(servers.length)] ?? '';
    if (!known.has(id)) this.view = this.view.with({ add: [id] });
    else if (known.size > 3) this.view = this.view.with({ remove: [id] });
    else this.view = this.view.with({ weights: { [id]: 1 + random.int(3) } });
  }
}

describe('requests while views differ', () => {
  test.each(seeds(replay, 12))('are carried out by owners or rejected (SEED=%i)', async (seed) => {
    const stage = new Stage(seed);
    const { simulation } = stage;
    simulation.schedule(
      randomSchedule(simulation.random, {
        nodeIds: servers,
        untilMs: CHURN_MS,
        perMinute: { crash: 4, split: 4, clog: 2 },
      }),
    );
    const random = simulation.random.fork('churn');
    for (let atMs = 0; atMs < CHURN_MS; atMs += 1_000) {
      await simulation.run(1_000);
      stage.churn(random);
    }
    simulation.calm();
    await simulation.run(6_000);
    const calmFromMs = simulation.nowMs;
    await simulation.run(5_000);

    expect(stage.misplaced).toEqual([]);
    const counts = { answered: 0, definite: 0, indefinite: 0 };
    for (const [name, { how, atMs }] of stage.endings) {
      counts[how] += 1;
      const times = stage.carriedOut.get(name) ?? 0;
      if (how === 'answered') expect([name, times]).toEqual([name, 1]);
      if (how === 'definite') expect([name, times]).toEqual([name, 0]);
      expect([name, times]).toEqual([name, Math.min(times, 1)]);
      if (atMs > calmFromMs + 500) expect([name, how]).toEqual([name, 'answered']);
    }
    expect(counts.answered).toBeGreaterThan(500);
    const asked = stage.carriedOut.size;
    expect(asked).toBeGreaterThanOrEqual(counts.answered);
  });
});
