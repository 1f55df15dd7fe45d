import { describe, expect, test } from 'vitest';

import type { Entry } from '../../src/messages.ts';
import type { ProposalOutcome } from '../../src/node/outcomes.ts';
import { Proposals } from '../../src/node/proposals.ts';
import { ManualClock } from '../support/manual-clock.ts';

const command = Uint8Array.of(1);
const result = Uint8Array.of(7);

function entry(logIndex: number, term: number): Entry {
  return { logIndex, term, kind: 'command', payload: command };
}

/** A proposal that stands in the log at `logIndex` in `term`. */
function logged(
  proposals: Proposals,
  logIndex: number,
  term: number,
  options = {},
): Promise<ProposalOutcome> {
  const outcome = proposals.add(command, options);
  for (const { proposalId } of proposals.takeBatches()) {
    proposals.onProposed(proposalId, { logIndex, term }, undefined);
  }
  return outcome;
}

describe('a proposal', () => {
  test('is committed when its own entry is applied', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const outcome = logged(proposals, 5, 2);
    proposals.onApplied(entry(4, 2), Uint8Array.of(), undefined);
    proposals.onApplied(entry(5, 2), result, undefined);
    expect(await outcome).toEqual({ kind: 'committed', logIndex: 5, result });
    expect(proposals.count).toBe(0);
  });

  test('is rejected when a committed entry of another term stands at its index', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const outcome = logged(proposals, 5, 2);
    proposals.onApplied(entry(5, 3), result, undefined);
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'overwritten', leaderId: undefined });
  });

  test('stays open when its entry only left the log of this node', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    // The same node leads again, and proposes at the index that it had lost in between.
    const first = logged(proposals, 5, 2);
    const second = logged(proposals, 5, 4);
    expect(proposals.count).toBe(2);
    proposals.onApplied(entry(5, 4), result, undefined);
    expect((await first).kind).toBe('rejected');
    expect((await second).kind).toBe('committed');
  });

  test('is committed although a later one of this node stood at its index', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const first = logged(proposals, 5, 2);
    const second = logged(proposals, 5, 4);
    proposals.onApplied(entry(5, 2), result, undefined);
    expect((await first).kind).toBe('committed');
    expect((await second).kind).toBe('rejected');
  });

  test('is rejected when the core refuses it', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const outcome = proposals.add(command, {});
    const [batch] = proposals.takeBatches();
    proposals.onRefused(batch!.proposalId, 'notLeader', undefined);
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'notLeader', leaderId: undefined });
  });

  test.each([
    [{ logIndex: 5, term: 3 }, 'rejected', 'overwritten'], // Another entry at its own index.
    [{ logIndex: 9, term: 1 }, 'rejected', 'overwritten'], // Its term is later than all before 9.
    [{ logIndex: 5, term: 2 }, 'unknown', 'leadershipLost'], // It is the last entry itself.
    [{ logIndex: 9, term: 2 }, 'unknown', 'leadershipLost'],
    [{ logIndex: 9, term: 3 }, 'unknown', 'leadershipLost'],
  ])('under a snapshot through %o is %s', async (last, kind, reason) => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const outcome = logged(proposals, 5, 2);
    const beyond = logged(proposals, 10, 2);
    proposals.onRestored(last, undefined);
    expect(await outcome).toMatchObject({ kind, reason });
    expect(proposals.count).toBe(1);
    proposals.closeAll(undefined);
    expect(await beyond).toEqual({ kind: 'unknown', reason: 'closed' });
  });

  test('aborted before it was offered is rejected, and never offered', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const controller = new AbortController();
    const outcome = proposals.add(command, { signal: controller.signal });
    controller.abort();
    expect(await outcome).toMatchObject({ kind: 'rejected', reason: 'aborted' });
    expect(proposals.takeBatches()).toEqual([]);
  });

  test('aborted or timed out in the log is unknown, and forgotten', async () => {
    const clock = new ManualClock();
    const proposals = new Proposals(clock, 1_000_000);
    const controller = new AbortController();
    const aborted = logged(proposals, 5, 2, { signal: controller.signal });
    const late = logged(proposals, 6, 2, { timeoutMs: 10 });
    controller.abort();
    clock.advance(10);
    expect(await aborted).toEqual({ kind: 'unknown', reason: 'aborted' });
    expect(await late).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(proposals.count).toBe(0);
  });

  test('leaves the others at its index when it gives up', async () => {
    const clock = new ManualClock();
    const proposals = new Proposals(clock, 1_000_000);
    const oldest = logged(proposals, 5, 2, { timeoutMs: 10 });
    const middle = logged(proposals, 5, 3, { timeoutMs: 20 });
    const newest = logged(proposals, 5, 4, { timeoutMs: 5 });
    clock.advance(5);
    expect(await newest).toEqual({ kind: 'unknown', reason: 'timeout' });
    clock.advance(5);
    expect(await oldest).toEqual({ kind: 'unknown', reason: 'timeout' });
    proposals.onApplied(entry(5, 3), result, undefined);
    expect((await middle).kind).toBe('committed');
  });

  test('that gives up while the core decides is not put into the books afterwards', async () => {
    const clock = new ManualClock();
    const proposals = new Proposals(clock, 1_000_000);
    const outcome = proposals.add(command, { timeoutMs: 1 });
    const [batch] = proposals.takeBatches();
    clock.advance(1);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'timeout' });
    proposals.onProposed(batch!.proposalId, { logIndex: 1, term: 1 }, undefined);
    expect(proposals.count).toBe(0);
  });

  test('of a node that closes is rejected if it is in no log, else unknown', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const inLog = logged(proposals, 5, 2);
    const offered = proposals.add(command, {});
    proposals.takeBatches();
    const queued = proposals.add(command, {});
    proposals.closeAll(undefined);
    expect(await inLog).toEqual({ kind: 'unknown', reason: 'closed' });
    expect(await offered).toMatchObject({ kind: 'rejected', reason: 'stopped' });
    expect(await queued).toMatchObject({ kind: 'rejected', reason: 'stopped' });
    expect(proposals.count).toBe(0);
  });
});

describe('the proposals of one turn', () => {
  test('enter the log together and in order', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const outcomes = [1, 2, 3].map((byte) => proposals.add(Uint8Array.of(byte), {}));
    expect(proposals.hasQueued).toBe(true);
    const batches = proposals.takeBatches();
    expect(batches.map(({ payloads }) => payloads.map((payload) => payload[0]))).toEqual([
      [1, 2, 3],
    ]);
    expect(proposals.hasQueued).toBe(false);
    proposals.onProposed(batches[0]!.proposalId, { logIndex: 8, term: 1 }, undefined);
    for (const logIndex of [8, 9, 10]) {
      proposals.onApplied(entry(logIndex, 1), Uint8Array.of(logIndex), undefined);
    }
    expect(await Promise.all(outcomes)).toMatchObject([
      { kind: 'committed', logIndex: 8 },
      { kind: 'committed', logIndex: 9 },
      { kind: 'committed', logIndex: 10 },
    ]);
  });

  test('are offered in parts when they are large', () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    for (let count = 0; count < 5; count += 1) void proposals.add(new Uint8Array(100_000), {});
    expect(proposals.takeBatches().map(({ payloads }) => payloads.length)).toEqual([2, 2, 1]);
    void proposals.add(new Uint8Array(1_000_000), {});
    expect(proposals.takeBatches().map(({ payloads }) => payloads.length)).toEqual([1]);
  });
});

describe('a forwarded proposal', () => {
  /** One that left for the leader. */
  function forwarded(proposals: Proposals): {
    readonly proposalId: number;
    readonly outcome: Promise<ProposalOutcome>;
  } {
    const outcome = proposals.add(command, {});
    const [batch] = proposals.takeBatches();
    const { proposalId } = batch!;
    proposals.onForwarded(proposalId);
    return { proposalId, outcome };
  }

  test('is settled by what this node applies', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const { proposalId, outcome } = forwarded(proposals);
    proposals.onProposed(proposalId, { logIndex: 5, term: 2 }, undefined);
    proposals.onApplied(entry(5, 2), result, undefined);
    expect(await outcome).toEqual({ kind: 'committed', logIndex: 5, result });
  });

  // Why this test? The leader's word and its entries come by different ways.
  test.each<[number, object]>([
    [2, { kind: 'committed', logIndex: 5, result }],
    [3, { kind: 'rejected', reason: 'overwritten' }],
  ])('is settled when its entry, of term %i, is applied before', async (term, expected) => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const { proposalId, outcome } = forwarded(proposals);
    proposals.onApplied(entry(5, term), result, undefined);
    proposals.onApplied(entry(6, term), Uint8Array.of(), undefined);
    proposals.onProposed(proposalId, { logIndex: 5, term: 2 }, undefined);
    expect(await outcome).toMatchObject(expected);
    expect(proposals.count).toBe(0);
  });

  test('is unknown when a snapshot covered it before its place was known', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const { proposalId, outcome } = forwarded(proposals);
    proposals.onRestored({ logIndex: 9, term: 2 }, undefined);
    proposals.onProposed(proposalId, { logIndex: 5, term: 2 }, undefined);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'leadershipLost' });
  });

  test('is unknown when the leader never answered', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const { proposalId, outcome } = forwarded(proposals);
    proposals.onLost(proposalId);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'forwardLost' });
  });

  test('is unknown when the node closes, where one that stayed is rejected', async () => {
    const proposals = new Proposals(new ManualClock(), 1_000_000);
    const { outcome } = forwarded(proposals);
    const stayed = proposals.add(command, {});
    proposals.takeBatches();
    proposals.closeAll(undefined);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'closed' });
    expect(await stayed).toMatchObject({ kind: 'rejected', reason: 'stopped' });
  });

  test('fits one message of the transport, with others or alone', () => {
    const proposals = new Proposals(new ManualClock(), 1_000);
    for (let count = 0; count < 5; count += 1) void proposals.add(new Uint8Array(400), {});
    void proposals.add(new Uint8Array(1_000), {});
    expect(proposals.takeBatches().map(({ payloads }) => payloads.length)).toEqual([2, 2, 1, 1]);
  });
});
