import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRequester } from '../src/create-requester.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ManualNetwork } from './support/manual-network.ts';
import { type Outcome, localId, outcomeOf, remoteId } from './support/requests.ts';

/** What the network does next. */
type Step =
  | { readonly kind: 'ask'; readonly timeoutMs: number }
  | { readonly kind: 'deliver'; readonly which: number; readonly copies: number }
  | { readonly kind: 'answer'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('ask'), timeoutMs: fc.integer({ min: 1, max: 30 }) }),
  {
    weight: 4,
    // No copy is a loss.
    arbitrary: fc.record({
      ...{ kind: fc.constant('deliver'), which: fc.nat(50), copies: fc.nat(2) },
    }),
  },
  fc.record({ kind: fc.constant('answer'), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('advance'), ms: fc.nat(10) }),
);

/** Two nodes, and everything that happened between them. */
class World {
  readonly clock = new ManualClock();
  readonly network: ManualNetwork = new ManualNetwork(this.clock);
  readonly requester = createRequester(this.network.join(localId), this.clock);
  readonly outcomes: Promise<Outcome>[] = [];
  /** How often each request ran. */
  readonly runs = new Map<number, number>();
  readonly #answers: (() => void)[] = [];

  constructor() {
    createRequester(this.network.join(remoteId), this.clock).serve('count', (payload) => {
      const number = payload[0]!;
      this.runs.set(number, (this.runs.get(number) ?? 0) + 1);
      const reply = Uint8Array.of(number, 1);
      if (number % 3 === 0) return reply;
      return new Promise((resolve) => this.#answers.push(() => resolve(reply)));
    });
  }

  async take(move: Step): Promise<void> {
    const { network } = this;
    switch (move.kind) {
      case 'ask': {
        const payload = Uint8Array.of(this.outcomes.length);
        const { timeoutMs } = move;
        const request = this.requester.request(remoteId, 'count', payload, { timeoutMs });
        this.outcomes.push(outcomeOf(request));
        return;
      }
      case 'deliver': {
        const [envelope] = network.underway.splice(move.which % (network.underway.length || 1), 1);
        if (envelope === undefined) return;
        for (let copy = 0; copy < move.copies; copy += 1) network.deliver(envelope);
        // One more may come much later.
        if (move.copies === 2) network.underway.push(envelope);
        return;
      }
      case 'answer':
        this.#answers.splice(move.which % (this.#answers.length || 1), 1)[0]?.();
        await Promise.resolve();
        return;
      case 'advance':
        this.clock.advance(move.ms);
        return;
    }
  }
}

describe('requests over a network that loses, repeats, delays and reorders', () => {
  test('each runs at most once, ends exactly once, and ends with its own reply', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const world = new World();
        for (const move of steps) await world.take(move);
        world.clock.advance(100);
        const outcomes = await Promise.all(world.outcomes);
        for (const count of world.runs.values()) expect(count).toBe(1);
        for (const [number, outcome] of outcomes.entries()) {
          if (outcome.kind === 'replied') expect(outcome.payload).toEqual([number, 1]);
          else if (outcome.kind === 'failed' && outcome.definite) {
            expect(world.runs.has(number)).toBe(false);
          } else expect(outcome).toMatchObject({ code: 'REQUEST_DEADLINE_EXCEEDED' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
