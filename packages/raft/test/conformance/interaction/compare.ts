import { describeConfiguration } from '../confchange.ts';
import { type Directive, headOf, valuesOf } from '../data-driven.ts';
import { changedLines, type Outcome } from '../outcome.ts';
import { describeEntry, roleNames } from './describe.ts';
import { InteractionEnvironment } from './environment.ts';
import { type InteractionNode, idOf } from './node.ts';
import { type Knowledge, learn, withoutInternals } from './printed.ts';

/** These print the state of nodes: a different output is a different state. */
const inquiries = new Set([
  'add-nodes',
  'campaign',
  'compact',
  'forget-leader',
  'log-level',
  'propose',
  'propose-conf-change',
  'raft-log',
  'raft-state',
  'report-unreachable',
  'send-snapshot',
  'set-randomized-election-timeout',
  'status',
  'tick-election',
  'tick-heartbeat',
  'transfer-leadership',
]);

/** These change nothing. */
const passive = new Set(['log-level', 'raft-log', 'raft-state', 'status']);

/**
 * Runs an interaction file over the core, and holds the outcome of each directive against what the
 * file says in two ways. The output is the same, or it is not: then other messages went, or they
 * went in other steps. And the nodes are in the same state, or they are not: term, vote, commit
 * index, role, leader, applied index, applied configuration and the end of the log, each as far as
 * the file ever printed it, and roles, leaders, terms and votes also on the way there. What a file
 * hides is not guessed.
 */
export function compareInteraction(directives: readonly Directive[]): readonly Outcome[] {
  const environment = new InteractionEnvironment();
  const known = new Map<string, Knowledge>();
  const outcomes: Outcome[] = [];
  let before: readonly string[] = [];
  for (const directive of directives) {
    const expected = withoutInternals(directive.expected);
    const actual = withoutInternals(outputOf(environment, directive));
    const isHidden = environment.isQuiet || valuesOf(directive, 'log-level')[0] === 'none';
    if (isHidden && !passive.has(directive.command)) known.clear();
    const earlier = factsIn(known);
    learn(known, directive, directive.expected);
    const now = differencesOf(environment, known);
    const isExact = expected === actual;
    const differences = now.filter((one) => !before.includes(one));
    if (!isExact) {
      const isInquiry = inquiries.has(directive.command);
      const changes = isInquiry
        ? changedLines(expected, actual)
        : otherSteps(stepsIn(earlier, directive, expected), stepsIn(earlier, directive, actual));
      differences.push(...changes);
    }
    const head = headOf(directive);
    outcomes.push({ place: directive.line, head, isExact, differences, expected, actual });
    before = now;
  }
  return [...outcomes, atEnd(before)];
}

/** A copy of what is known of all nodes but their logs. */
function factsIn(known: ReadonlyMap<string, Knowledge>): ReadonlyMap<string, Knowledge> {
  return new Map(
    [...known].map(([id, { facts }]) => [id, { facts: new Map(facts), log: new Map(), steps: [] }]),
  );
}

/** What each node went through in the output of a directive, given what was known before. */
function stepsIn(
  earlier: ReadonlyMap<string, Knowledge>,
  directive: Directive,
  text: string,
): ReadonlyMap<string, string> {
  const known = new Map(factsIn(earlier));
  learn(known, directive, text);
  return new Map([...known].map(([id, { steps }]) => [id, steps.join(', ') || 'nothing']));
}

/** Nodes that went through other roles, leaders, terms or votes, whatever they came to be. */
function otherSteps(
  wanted: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...wanted.keys(), ...own.keys()])].flatMap((id) => {
    const [left = 'nothing', right = 'nothing'] = [own.get(id), wanted.get(id)];
    return left === right ? [] : [`${id} went through ${left}, not ${right}`];
  });
}

function atEnd(differences: readonly string[]): Outcome {
  const isExact = differences.length === 0;
  return { place: 'end', head: 'end of file', isExact, differences, expected: '', actual: '' };
}

/** A core that breaks one of its own rules is a result too. */
function outputOf(environment: InteractionEnvironment, directive: Directive): string {
  try {
    return environment.run(directive);
  } catch (error) {
    return `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

function differencesOf(
  { nodes, nameOf }: InteractionEnvironment,
  known: ReadonlyMap<string, Knowledge>,
): readonly string[] {
  return [...known].flatMap(([id, { facts, log }]) => {
    const node = nodes.get(idOf(id));
    if (node === undefined) return [`${id}: expected a node`];
    const actual = factsOf(node);
    const lines = [...facts].flatMap(([fact, value]) => {
      const own = actual[fact];
      return own === value ? [] : [`${id} ${fact}: ${own}, not ${value}`];
    });
    const texts = new Map(
      node.shownLog.map((entry) => [entry.logIndex, describeEntry(entry, nameOf)]),
    );
    return [...lines, ...logDifferences(id, log, texts)];
  });
}

function factsOf(node: InteractionNode): Readonly<Record<string, string>> {
  const { shown, applied, shownApplied } = node;
  return {
    term: String(shown.term),
    vote: shown.vote ?? '0',
    commit: String(shown.commit),
    lead: shown.lead ?? '0',
    role: roleNames[shown.role],
    applied: String(shownApplied),
    configuration: describeConfiguration(applied.configuration),
  };
}

function logDifferences(
  id: string,
  expected: ReadonlyMap<number, string>,
  actual: ReadonlyMap<number, string>,
): readonly string[] {
  const [first] = expected.keys();
  if (first === undefined) return [];
  const later = [...actual.keys()].filter((logIndex) => logIndex >= first);
  const indexes = new Set([...expected.keys(), ...later]);
  return [...indexes].flatMap((logIndex) => {
    const wanted = expected.get(logIndex) ?? 'nothing';
    const own = actual.get(logIndex) ?? 'nothing';
    return wanted === own ? [] : [`${id} log: ${own}, not ${wanted}`];
  });
}
