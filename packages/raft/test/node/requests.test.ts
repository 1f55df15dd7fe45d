import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { RaftInput } from '../../src/effects.ts';
import { Requests } from '../../src/node/requests.ts';
import { LoneNode } from '../support/lone-node.ts';
import { ManualClock } from '../support/manual-clock.ts';

const command = Uint8Array.of(1);

/** Requests to a node of which this test plays the driver, the disk and the state machine. */
function scene() {
  const steps: (readonly RaftInput[])[] = [];
  const condition = { isRunning: true, isDiskFull: false };
  const requests = new Requests({
    clock: new ManualClock(),
    raft: LoneNode.withLog([1], 1).raft,
    driver: {
      advance: (input) => void steps.push([input]),
      advanceAll: (inputs) => void steps.push(inputs),
    },
    commandBytesMax: 40,
    isRunning: () => condition.isRunning,
    isDiskFull: () => condition.isDiskFull,
    lastApplied: () => 7,
    readClock: () => ({ nowMs: 0, wallTimeMs: 0 }),
    speaks: () => undefined,
  });
  return { requests, steps, condition };
}

describe('requests', () => {
  test('of one turn go to the core in one step, proposals first', async () => {
    const { requests, steps } = scene();
    void requests.propose(command, {});
    void requests.read({});
    void requests.propose(command, {});
    expect(steps).toEqual([]);
    await Promise.resolve();
    expect(steps).toEqual([
      [
        { kind: 'propose', proposalId: 1, payloads: [command, command] },
        { kind: 'readIndex', readId: 1 },
      ],
    ]);
  });

  test('are answered by the effect that names them', async () => {
    const { requests } = scene();
    const proposal = requests.propose(command, {});
    const read = requests.read({});
    await Promise.resolve();
    requests.carryOut({ kind: 'proposalRefused', proposalId: 1, reason: 'notLeader' });
    requests.carryOut({ kind: 'readReady', readId: 1, readIndex: 7 });
    expect(await proposal).toMatchObject({ kind: 'rejected', reason: 'notLeader' });
    expect(await read).toEqual({ kind: 'ready', readIndex: 7 });
  });

  test('are declined before the core hears of them, by a node that stopped', async () => {
    const { requests, steps, condition } = scene();
    condition.isRunning = false;
    const [b] = [nodeId('b')];
    expect(await requests.propose(command, {})).toMatchObject({ reason: 'stopped' });
    expect(await requests.read({ consistency: 'stale' })).toMatchObject({ reason: 'stopped' });
    expect(await requests.transferLeadership({ to: b })).toMatchObject({ reason: 'stopped' });
    const changes = [{ kind: 'addLearner', node: b }] as const;
    expect(await requests.changeMembership(changes, {})).toMatchObject({ reason: 'stopped' });
    expect(steps).toEqual([]);
  });

  test('that must be written are declined on a full disk, and reads are not', async () => {
    const { requests, steps, condition } = scene();
    condition.isDiskFull = true;
    expect(await requests.propose(command, {})).toMatchObject({ reason: 'diskFull' });
    void requests.read({});
    await Promise.resolve();
    expect(steps).toEqual([[{ kind: 'readIndex', readId: 1 }]]);
  });

  test('that cannot be right are refused as mistakes of the caller', () => {
    const { requests } = scene();
    expect(() => requests.propose(new Uint8Array(41), {})).toThrow(
      'command: expected at most 40 bytes, which fit one message, got 41',
    );
    expect(() => requests.read({ consistency: 'lease' })).toThrow(
      "consistency: expected maxClockDriftPpm above 0 for 'lease', got 0",
    );
  });
});
