import { ConfchangeRun } from './confchange.ts';
import { type DataFile, type Directive, headOf } from './data-driven.ts';
import type { Digests, Exception } from './exceptions.ts';
import { compareInteraction } from './interaction/compare.ts';
import { changedLines, diff, digestOf, type Outcome } from './outcome.ts';
import { runQuorum } from './quorum.ts';

/** The three kinds of files that etcd/raft has. */
export type Format = 'quorum' | 'confchange' | 'interaction';

/** How a file went. */
export interface Report {
  readonly name: string;
  readonly format: Format;
  readonly directiveCount: number;
  /** Directives with the same output. */
  readonly exactCount: number;
  /** Directives whose output differs, and after which everything is as the file says. */
  readonly sameStateCount: number;
  /** Directives after which something is otherwise than the file says. */
  readonly otherStateCount: number;
  /** Why some differ, by name. */
  readonly reasons: readonly string[];
  /** Differences that no exception speaks of, or that are others than it speaks of. */
  readonly unlisted: readonly Outcome[];
  /** What an exception says is different, and is not. */
  readonly settled: readonly string[];
}

/** The kind of a file, by the commands in it. */
function formatOf({ directives }: DataFile): Format {
  const commands = new Set(directives.map(({ command }) => command));
  if (commands.has('committed') || commands.has('vote')) return 'quorum';
  const isConfchange = ['simple', 'enter-joint', 'leave-joint'].some((one) => commands.has(one));
  return isConfchange ? 'confchange' : 'interaction';
}

/** Runs a file of any of the three kinds. */
function runFile(file: DataFile): readonly Outcome[] {
  switch (formatOf(file)) {
    case 'quorum':
      return file.directives.map((directive) => compare(directive, runQuorum(directive)));
    case 'confchange': {
      const run = new ConfchangeRun();
      return file.directives.map((directive) => compare(directive, run.run(directive)));
    }
    case 'interaction':
      return compareInteraction(file.directives);
  }
}

function compare(directive: Directive, actual: string): Outcome {
  const { line: place, expected } = directive;
  const differences = changedLines(expected, actual);
  const isExact = differences.length === 0;
  return { place, head: headOf(directive), isExact, differences, expected, actual };
}

/** Runs a file and holds what differs against what may differ. */
export function reportOn(file: DataFile, exceptions: readonly Exception[]): Report {
  const outcomes = runFile(file);
  const isOther = ({ differences }: Outcome): boolean => differences.length > 0;
  const differing = outcomes.filter((outcome) => !outcome.isExact || isOther(outcome));
  const kindOf = (outcome: Outcome): 'state' | 'output' => (isOther(outcome) ? 'state' : 'output');
  const isListed = (outcome: Outcome): boolean =>
    exceptions.some((one) => one[kindOf(outcome)][outcome.place] === digestOf(outcome));
  const settled = exceptions.flatMap((one) => [
    ...missing(one.state, differing.filter(isOther), 'state'),
    ...missing(
      one.output,
      differing.filter((outcome) => !isOther(outcome)),
      'output',
    ),
  ]);
  const directives = outcomes.filter(({ place }) => place !== 'end');
  return {
    name: file.name,
    format: formatOf(file),
    directiveCount: directives.length,
    exactCount: directives.filter(({ isExact }) => isExact).length,
    sameStateCount: directives.filter((one) => !one.isExact && !isOther(one)).length,
    otherStateCount: directives.filter((one) => !one.isExact && isOther(one)).length,
    reasons: exceptions.map(({ reason }) => reason),
    unlisted: differing.filter((outcome) => !isListed(outcome)),
    settled,
  };
}

function missing(listed: Digests, differing: readonly Outcome[], kind: string): readonly string[] {
  return Object.keys(listed)
    .filter((place) => !differing.some((outcome) => String(outcome.place) === place))
    .map((place) => `${place}: the ${kind} no longer differs`);
}

/** The head of the table that `rowOf` fills. */
export const tableHead: readonly string[] = [
  '| file | directives | same output | same state | other state | why |',
  '| --- | --- | --- | --- | --- | --- |',
];

/** How a file went, as a row of a table. */
export function rowOf(report: Report): string {
  const { name, directiveCount, exactCount, sameStateCount, otherStateCount, reasons } = report;
  const counts = [directiveCount, exactCount, sameStateCount, otherStateCount];
  return `| ${[`\`${name}\``, ...counts, reasons.join(', ')].join(' | ')} |`;
}

/** What to look at, for people. */
export function problemsOf(report: Report): readonly string[] {
  const unlisted = report.unlisted.map((outcome) => {
    const digest = digestOf(outcome);
    const where = `${report.name}:${outcome.place} ${outcome.head} (digest ${digest})`;
    const what = outcome.differences.length > 0 ? outcome.differences : ['other messages or steps'];
    const lines = diff(outcome.expected, outcome.actual);
    return [where, ...what.map((one) => `    ${one}`), ...lines.map((one) => `  ${one}`)].join(
      '\n',
    );
  });
  return [...unlisted, ...report.settled.map((one) => `${report.name}:${one}`)];
}
