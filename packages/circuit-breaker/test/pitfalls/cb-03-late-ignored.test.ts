/**
 * Elsewhere: a call admitted while the circuit was closed ends ignored when it is half open, and
 * gives back a trial permit that it never took: more trial calls run than are permitted.
 *
 * Protection: a permit goes back only under its own generation, and never for more than the trial
 * calls that are missing (`settle` and `#giveBack`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { circuitSettings } from '../../src/circuit-options.ts';
import { Circuit } from '../../src/circuit.ts';
import { refused } from '../../src/refusal.ts';
import { permitOf, scene } from '../support/scene.ts';

describe('an ignored outcome that comes late', () => {
  test('does not add a trial call', async () => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 2 } });
    const early = Array.from({ length: 5 }, () => permitOf(breaker));
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker);
    permitOf(breaker);
    for (const permit of early) permit.ignore();
    expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', reason: 'halfOpen' });
  });

  test('does not add one even if its caller gives the same permit back twice', () => {
    const settings = circuitSettings({
      initialState: 'halfOpen',
      halfOpen: { permittedCalls: 2 },
    });
    const surroundings = { draw: () => 0, mayOpen: () => true, onChange: () => undefined };
    const circuit = new Circuit(settings, surroundings, 0);
    const trial = circuit.acquire(0);
    for (let times = 0; times < 9; times += 1) circuit.settle(trial, 'ignored', 0);
    const admitted = Array.from({ length: 9 }, () => circuit.acquire(0));
    expect(admitted.filter((generation) => generation !== refused)).toHaveLength(2);
  });
});
