import { nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import type { RaftEffect } from '../../src/effects.ts';
import { CoreDriver } from '../../src/node/core-driver.ts';
import { createRaft } from '../../src/raft.ts';

const n1 = nodeId('n1');
const tick = { kind: 'tick' } as const;

/** The only voter of a cluster, with its driver; what it is told to do goes to `carryOut`. */
function setUp(carryOut: (effect: RaftEffect) => void) {
  const raft = createRaft({ id: n1, voters: [n1], random: seededRandom(1) });
  const broken: unknown[] = [];
  const driver = new CoreDriver(raft, { carryOut, onBroken: (error) => broken.push(error) });
  const elect = (): void => {
    while (raft.role.kind === 'follower') driver.advance(tick);
  };
  return { raft, driver, broken, elect };
}

describe('CoreDriver', () => {
  test('finishes a step before the inputs that its effects brought up', () => {
    const order: string[] = [];
    const { driver, elect, raft } = setUp((effect) => {
      order.push(effect.kind);
      if (effect.kind !== 'persist') return;
      driver.advance({ kind: 'persisted', ticket: effect.ticket });
      order.push('end of persist');
    });
    elect();
    expect(raft.role.kind).toBe('leader');
    expect(order.slice(0, 3)).toEqual(['roleChanged', 'persist', 'end of persist']);
    expect(raft.commitIndex).toBe(1);
    driver.advanceAll([
      { kind: 'propose', proposalId: 1, payloads: [Uint8Array.of(1)] },
      { kind: 'propose', proposalId: 2, payloads: [Uint8Array.of(2)] },
    ]);
    expect(order.filter((kind) => kind === 'persist')).toHaveLength(3);
    expect(raft.commitIndex).toBe(3);
  });

  test('carries out nothing after it was stopped, not even of the same step', () => {
    const seen: string[] = [];
    const { driver } = setUp((effect) => {
      seen.push(effect.kind);
      driver.stop();
    });
    for (let count = 0; count < 100; count += 1) driver.advance(tick);
    driver.advanceAll([tick, tick]);
    expect(seen).toHaveLength(1);
  });

  test('tells when the core breaks, and lets the error out', () => {
    const { driver, broken } = setUp(() => {});
    const impossible = { kind: 'persisted', ticket: 99 } as const;
    expect(() => driver.advance(impossible)).toThrow('only a write that was asked for');
    expect(broken).toHaveLength(1);
  });

  test('does nothing for no inputs', () => {
    const seen: string[] = [];
    const { driver } = setUp((effect) => seen.push(effect.kind));
    driver.advanceAll([]);
    expect(seen).toEqual([]);
  });
});
