import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bulkhead } from '../../src/policies/bulkhead.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { type Deferred, deferred } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

type Step =
  | { readonly kind: 'call' }
  | { readonly kind: 'end' | 'fail' | 'giveUp'; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('call') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end'), which: fc.nat(20) }) },
  fc.record({ kind: fc.constant('fail'), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('giveUp'), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 60 }) }),
);

const settings = fc.record({
  maxConcurrent: fc.integer({ min: 1, max: 4 }),
  maxQueue: fc.nat(4),
  maxWaitMs: fc.integer({ min: 1, max: 100 }),
});

/** Calls through a bulkhead and timeouts on both sides of it, and what of them runs. */
class World {
  readonly clock = new SteppingClock();
  readonly works: Deferred<unknown>[] = [];
  readonly controllers: AbortController[] = [];
  readonly calls: Promise<unknown>[] = [];
  readonly places: ReturnType<typeof bulkhead>;
  readonly #client: ReturnType<typeof pipeline>;
  running = 0;

  constructor(options: { maxConcurrent: number; maxQueue: number; maxWaitMs: number }) {
    const { clock } = this;
    this.places = bulkhead({ ...options, clock });
    const inner = timeout({ timeoutMs: 30, clock });
    this.#client = pipeline(timeout({ timeoutMs: 80, clock }), this.places, inner);
  }

  async take(move: Step): Promise<void> {
    switch (move.kind) {
      case 'call':
        this.#call();
        return;
      case 'end':
        return this.works[move.which]?.resolve('done');
      case 'fail':
        return this.works[move.which]?.reject(new Error('failed'));
      case 'giveUp':
        return this.controllers[move.which]?.abort('enough');
      case 'pass':
        return this.clock.pass(move.ms);
    }
  }

  #call(): void {
    const controller = new AbortController();
    this.controllers.push(controller);
    const run = this.#client.run(() => this.#work(), { signal: controller.signal });
    this.calls.push(run.catch((error: unknown) => error));
  }

  /** Does not listen to its signal. */
  async #work(): Promise<unknown> {
    const work = deferred<unknown>();
    this.works.push(work);
    this.running += 1;
    try {
      return await work.promise;
    } finally {
      this.running -= 1;
    }
  }
}

test('what runs never exceeds the places, and every place comes back', async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 60 }), async (options, steps) => {
      const world = new World(options);
      for (const move of steps) {
        await world.take(move);
        await turn();
        expect(world.running).toBeLessThanOrEqual(options.maxConcurrent);
        expect(world.running).toBe(world.places.running);
        expect(world.places.queued).toBeLessThanOrEqual(options.maxQueue);
      }
      // Nothing waits any more, and all work ends.
      await world.clock.pass(1_000);
      for (const work of world.works) work.resolve('done');
      await Promise.all(world.calls);
      await turn();
      expect([world.running, world.places.running, world.places.queued]).toEqual([0, 0, 0]);
    }),
  );
});
