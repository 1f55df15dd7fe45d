import { describe, expect, it } from 'vitest';
import { type Patch, type RawTransaction, TextReplica } from '../support/raw-history.ts';
import { hasSharedData, sharedJson } from '../support/shared-data.ts';

/** A trace has patches in place of operations, and the transactions' numbers as parents. */
interface TraceTransaction extends RawTransaction {
  readonly patches?: readonly Patch[];
}

interface Case {
  readonly txns: readonly TraceTransaction[];
  readonly endContent: string;
}

function isCase(value: unknown): value is Case {
  return typeof value === 'object' && value !== null && 'txns' in value && 'endContent' in value;
}

function casesOf(value: unknown): Case[] {
  const cases = (Array.isArray(value) ? value : [value]).filter((each) => isCase(each));
  expect(cases.length).toBeGreaterThan(0);
  return cases;
}

/** Texts that differ from what is expected, as numbers of cases. */
function failuresOf(cases: readonly Case[], merge: (each: Case) => TextReplica): number[] {
  return cases.flatMap((each, at) => (merge(each).text.toString() === each.endContent ? [] : [at]));
}

function oneByOne({ txns }: Case): TextReplica {
  const replica = new TextReplica();
  for (const transaction of txns) replica.apply(transaction);
  return replica;
}

function atOnce({ txns }: Case): TextReplica {
  const replica = new TextReplica();
  for (const transaction of txns) replica.append(transaction);
  replica.text.integrate(0, replica.graph.eventCount);
  return replica;
}

/** The friendsforever trace: whose parents are transactions, and which has no runs. */
function friendsForever(): { txns: RawTransaction[]; endContent: string } {
  const raw = sharedJson('editing-traces/concurrent/friendsforever');
  expect(isCase(raw)).toBe(true);
  if (!isCase(raw)) return { txns: [], endContent: '' };
  const ends: number[] = [];
  let count = 0;
  const txns = raw.txns.map((transaction): RawTransaction => {
    const ops = transaction.patches ?? [];
    for (const [, deleteCount, text] of ops) count += deleteCount + text.length;
    ends.push(count - 1);
    const parents = transaction.parents.map((parent) => ends[parent]!);
    return { parents, agent: 'ab'.charAt(Number(transaction.agent)), seqStart: 0, ops };
  });
  return { txns, endContent: raw.endContent };
}

describe.skipIf(!hasSharedData)('the data of the eg-walker paper', () => {
  it('ends as expected in each of 1,000 random histories, event by event', () => {
    const cases = casesOf(sharedJson('egwalker-paper/conformance'));
    expect(cases).toHaveLength(1000);
    expect(failuresOf(cases, oneByOne)).toEqual([]);
  });

  it('ends as expected in each of them if all events come at once', () => {
    expect(failuresOf(casesOf(sharedJson('egwalker-paper/conformance')), atOnce)).toEqual([]);
  });

  it('merges the document of two people who typed it live', () => {
    const cases = casesOf(sharedJson('egwalker-paper/ff-raw'));
    expect(failuresOf(cases, oneByOne)).toEqual([]);
    expect(failuresOf(cases, atOnce)).toEqual([]);
  });

  it('merges the same document keystroke by keystroke', () => {
    const trace = friendsForever();
    expect(trace.txns).toHaveLength(26_078);
    expect(failuresOf([trace], oneByOne)).toEqual([]);
  });
});
