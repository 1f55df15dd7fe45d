import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { dataFilesAt, headOf, parseDirectives, readDataFile } from './data-driven.ts';
import type { Exception } from './exceptions.ts';
import { compareInteraction } from './interaction/compare.ts';
import { learn, type Knowledge, withoutInternals } from './interaction/printed.ts';
import { diff, digestOf } from './outcome.ts';
import { problemsOf, reportOn, rowOf } from './report.ts';

// The harness itself, on files of our own in etcd/raft's formats, which a fresh clone has.
const ownFiles = dataFilesAt(join(import.meta.dirname, 'data'));

/** A report on a text as if it were a file, with one exception. */
function reportOnText(
  text: string,
  { output = {}, state = {} }: Partial<Exception> = {},
): ReturnType<typeof reportOn> {
  const file = { name: 'own.txt', directives: parseDirectives(text) };
  return reportOn(file, [{ reason: 'own progress', output, state }]);
}

describe('data-driven files', () => {
  test('hold comments, arguments, input and output', () => {
    const text = '# first\nrun 1 list=(a, b) one=c\nx y\n----\nout\n  more\n\nnext\n----\n';
    const [first, second] = parseDirectives(text);
    expect(first).toEqual({
      line: 2,
      command: 'run',
      arguments: [
        { name: '1', values: [] },
        { name: 'list', values: ['a', 'b'] },
        { name: 'one', values: ['c'] },
      ],
      input: 'x y',
      expected: 'out\n  more',
    });
    expect(second).toMatchObject({ line: 8, command: 'next', expected: '' });
    expect(first && headOf(first)).toBe('run 1 list=(a,b) one=c');
  });

  test('hold empty lines of output between two pairs of dashes', () => {
    const [first, second] = parseDirectives(
      'a\n----\n----\none\n\ntwo\n----\n----\n\nb\n----\nok\n',
    );
    expect(first?.expected).toBe('one\n\ntwo');
    expect(second).toMatchObject({ command: 'b', expected: 'ok' });
  });

  test('may wrap a command, and name a part of the file', () => {
    const [only] = parseDirectives('subtest a\nrun x=(1, \\\n  2)\n----\nok\n\nsubtest end\n');
    expect(only).toMatchObject({ line: 2, arguments: [{ name: 'x', values: ['1', '2'] }] });
    expect(only?.input).toBe('');
  });

  test('without an end of the input are refused with the line', () => {
    expect(() => parseDirectives('a\n')).toThrow(
      new RangeError("line 1: expected '----' after it"),
    );
  });
});

describe('the conformance harness', () => {
  test.each(ownFiles)('runs %s to the letter', (path) => {
    const report = reportOn(readDataFile(path), []);
    expect(problemsOf(report)).toEqual([]);
    expect(report.exactCount).toBe(report.directiveCount);
    expect(report.directiveCount).toBeGreaterThan(5);
  });

  test('tells another state from other messages', () => {
    const setUp = 'add-nodes 1 voters=(1) index=3\n----\nok\n\ncampaign 1\n----\nok\n\n';
    const ready = 'process-ready 1\n----\nReady MustSync=true:\nLead:0 State:StateCandidate\n';
    const hardState = 'HardState Term:1 Vote:1 Commit:3\n';
    const right = reportOnText(`${setUp}${ready}${hardState}`);
    expect(right).toMatchObject({ exactCount: 3, unlisted: [] });

    const more = reportOnText(`${setUp}${ready}${hardState}Messages:\n1->2 MsgApp Term:1\n`);
    expect(more).toMatchObject({ exactCount: 2, sameStateCount: 1, otherStateCount: 0 });
    expect(more.unlisted).toMatchObject([{ place: 9, differences: [] }]);

    const other = reportOnText(`${setUp}${ready}HardState Term:2 Vote:1 Commit:3\n`);
    expect(other).toMatchObject({ sameStateCount: 0, otherStateCount: 1 });
    expect(other.unlisted).toMatchObject([
      { place: 9, differences: ['1 term: 1, not 2'] },
      { place: 'end', differences: ['1 term: 1, not 2'] },
    ]);
    expect(rowOf(other)).toBe('| `own.txt` | 3 | 2 | 0 | 1 | own progress |');
  });

  test('notices a role on the way that leads to the same state', () => {
    const setUp = 'add-nodes 1 voters=(1) index=3\n----\nok\n\ncampaign 1\n----\nok\n\n';
    const candidate = '  Lead:0 State:StateCandidate\n  HardState Term:1 Vote:1 Commit:3\n';
    const leader = '  Lead:1 State:StateLeader\n';
    const commit = '  HardState Term:1 Vote:1 Commit:4\n';
    const text = `${setUp}stabilize\n----\n> 1 handling Ready\n`;
    expect(reportOnText(`${text}${candidate}${leader}${commit}`)).toMatchObject({
      sameStateCount: 1,
    });
    expect(reportOnText(`${text}${leader}${commit}`).unlisted).toMatchObject([
      {
        differences: [
          '1 went through Lead:0 State:StateCandidate, Lead:1 State:StateLeader, ' +
            'not Lead:1 State:StateLeader',
        ],
      },
    ]);
  });

  test('holds the end of the log and the applied configuration against the file', () => {
    const text = [
      'add-nodes 1 voters=(1) index=3\n----\nok\n',
      'campaign 1\n----\nok\n',
      'process-ready 1\n----\nok\n',
      'stabilize\n----\n> 1 handling Ready\n  Ready MustSync=true:\n  Lead:1 State:StateLeader',
      '  Entries:\n  1/4 EntryNormal "other"\n  INFO 1 switched to configuration voters=(1 2)\n',
    ].join('\n');
    const last = compareInteraction(parseDirectives(text)).at(-1);
    expect(last?.differences).toEqual([
      '1 configuration: voters=(1), not voters=(1 2)',
      '1 log: 1/4 EntryNormal "", not 1/4 EntryNormal "other"',
    ]);
  });

  test('fails for a difference not listed as it is, and for one listed that is none', () => {
    const text = 'vote cfg=(1) votes=(y)\n----\nVoteLost\n';
    const [outcome] = reportOnText(text).unlisted;
    expect(outcome).toMatchObject({ place: 1, isExact: false });
    const digest = outcome === undefined ? '' : digestOf(outcome);
    expect(reportOnText(text, { state: { 1: digest } })).toMatchObject({
      unlisted: [],
      settled: [],
    });
    expect(reportOnText(text, { state: { 1: 'another' } }).unlisted).toHaveLength(1);
    // Another output is not another state.
    expect(reportOnText(text, { output: { 1: digest } }).unlisted).toHaveLength(1);
    const right = 'vote cfg=(1) votes=(y)\n----\nVoteWon\n';
    expect(problemsOf(reportOnText(right, { state: { 1: digest, end: digest } }))).toEqual([
      'own.txt:1: the state no longer differs',
      'own.txt:end: the state no longer differs',
    ]);
  });

  test('shows where two outputs part', () => {
    expect(diff('a\nb\nc\nd', 'a\nb\nx\nd\ne')).toEqual(['  b', '- c', '+ x', '  d', '+ e']);
    expect(diff('a', 'a')).toEqual([]);
    expect(diff('a\nb', 'b')).toEqual(['- a', '  b']);
  });

  test('takes a command that it does not know for a difference', () => {
    const report = reportOnText('shuffle-nodes 1\n----\nok\n');
    expect(report.unlisted).toMatchObject([{ place: 1, actual: 'unknown command' }]);
  });

  test('takes a core that breaks for a difference', () => {
    const report = reportOnText('campaign 7\n----\nok\n');
    expect(report.unlisted[0]?.actual).toMatch(/^failed: RangeError: id: expected a node, got 7/);
  });
});

describe('what is printed', () => {
  test('is held to without logs and messages of a node to itself', () => {
    const text = [
      'Ready MustSync=true:',
      'INFO 1 became leader at term 1',
      'Messages:',
      '1->AppendThread MsgStorageAppend Term:0 Log:0/0 Entries:[',
      '  1/12 EntryNormal "a"',
      '  1/13 EntryNormal "b"',
      '] Responses:[',
      '  2->1 MsgAppResp Term:1 Log:0/13',
      '  AppendThread->2 MsgStorageAppendResp Term:1 Log:1/13',
      ']',
      '1->1 MsgVoteResp Term:1 Log:0/0',
      'the rest',
    ].join('\n');
    expect(withoutInternals(text)).toBe('Ready MustSync=true:\nthe rest');
    expect(withoutInternals('no messages')).toBe('ok');
  });

  test('forgets entries that later ones take the place of', () => {
    const known = new Map<string, Knowledge>();
    const [directive] = parseDirectives('process-ready 1\n----\n');
    const output = (...lines: readonly string[]): string => ['Entries:', ...lines].join('\n');
    if (directive === undefined) throw new Error('expected a directive');
    learn(known, directive, output('1/5 EntryNormal "a"', '1/6 EntryNormal "b"'));
    learn(known, directive, output('2/6 EntryNormal "c"'));
    expect([...(known.get('1')?.log ?? [])]).toEqual([
      [5, '1/5 EntryNormal "a"'],
      [6, '2/6 EntryNormal "c"'],
    ]);
  });
});
