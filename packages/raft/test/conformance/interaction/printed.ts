import type { Command } from '../data-driven.ts';

/**
 * The part of an output that both sides are held to: without what etcd/raft logs, and without its
 * messages to its own append and apply threads, for which the core has inputs and effects; so a
 * delivery of nothing else prints nothing.
 */
export function withoutInternals(text: string): string {
  const lines: string[] = [];
  let openCount = 0;
  for (const line of text.split('\n')) {
    if (/^\s*(DEBUG|INFO|WARN|ERROR) /.test(line)) continue;
    const opened = line.split('[').length - line.split(']').length;
    if (openCount > 0) {
      openCount += opened;
    } else if (/->(Append|Apply)Thread |(Append|Apply)Thread->/.test(line)) {
      openCount = Math.max(0, opened);
    } else if (!/^\s*(\d+)->\1 |^no messages$/.test(line)) {
      lines.push(line);
    }
  }
  return withoutEmptyHeads(lines).join('\n') || 'ok';
}

/** Heads under which nothing is left. */
function withoutEmptyHeads(lines: readonly string[]): readonly string[] {
  const heads = /^\s*Messages:$|^> \d+ receiving messages$/;
  return lines.filter(
    (line, place) => !heads.test(line) || lines[place + 1]?.includes('->') === true,
  );
}

/** What a node is known to be, as far as an output has said so. Values are as printed. */
export type Fact =
  'term' | 'vote' | 'commit' | 'lead' | 'role' | 'applied' | 'configuration' | 'log';

/** What was printed of one node. */
export interface Knowledge {
  readonly facts: Map<Exclude<Fact, 'log'>, string>;
  /** The end of its log, by index, as far as it was printed. */
  readonly log: Map<number, string>;
  /** The roles and leaders, terms and votes that it went through, in order. */
  readonly steps: string[];
}

/** Learns from the output of a directive what nodes are and have. */
export function learn(known: Map<string, Knowledge>, directive: Command, text: string): void {
  const words = directive.arguments.filter(({ values }) => values.length === 0);
  let node =
    directive.command === 'process-ready' && words.length === 1 ? words[0]?.name : undefined;
  let block: 'entries' | 'committed' | undefined;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const head = /^> (\d+) (handling|receiving|processing)/.exec(line);
    if (head !== null) node = head[2] === 'handling' ? head[1] : undefined;
    learnConfiguration(known, line);
    if (node === undefined) continue;
    const knowledge = knowledgeOf(known, node);
    const entry = /^\d+\/(\d+) Entry/.exec(line);
    if (entry === null) block = blockOf(line);
    else if (block === 'entries') learnEntry(knowledge, Number(entry[1]), line);
    else if (block === 'committed') knowledge.facts.set('applied', entry[1] ?? '');
    learnState(knowledge, line);
  }
}

function blockOf(line: string): 'entries' | 'committed' | undefined {
  if (line === 'Entries:') return 'entries';
  return line === 'CommittedEntries:' ? 'committed' : undefined;
}

function knowledgeOf(known: Map<string, Knowledge>, node: string): Knowledge {
  const found = known.get(node) ?? { facts: new Map(), log: new Map(), steps: [] };
  known.set(node, found);
  return found;
}

function learnConfiguration(known: Map<string, Knowledge>, line: string): void {
  const [, node, text] = /^INFO (\d+) switched to configuration (.*)$/.exec(line) ?? [];
  if (node === undefined || text === undefined) return;
  knowledgeOf(known, node).facts.set('configuration', text);
}

function learnEntry({ log }: Knowledge, logIndex: number, line: string): void {
  for (const later of [...log.keys()]) if (later >= logIndex) log.delete(later);
  if (!log.has(logIndex - 1)) log.clear();
  log.set(logIndex, line);
}

function learnState({ facts, log, steps }: Knowledge, line: string): void {
  const soft = /^Lead:(\d+) State:(\w+)$/.exec(line);
  if (soft !== null) {
    facts.set('lead', soft[1] ?? '').set('role', soft[2] ?? '');
    steps.push(line);
  }
  const hard = /^HardState Term:(\d+)(?: Vote:(\d+))? Commit:(\d+)$/.exec(line);
  if (hard !== null) {
    const [, term = '', vote = '0', commit = ''] = hard;
    // A commit index that rises is printed along with term and vote as they were.
    const isKnown = facts.has('term');
    const isNew = isKnown && (facts.get('term') !== term || facts.get('vote') !== vote);
    facts.set('term', term).set('vote', vote).set('commit', commit);
    if (isNew) steps.push(`Term:${term} Vote:${vote}`);
  }
  const snapshot = /^Snapshot Index:(\d+) /.exec(line);
  if (snapshot !== null) {
    log.clear();
    facts.set('applied', snapshot[1] ?? '');
  }
}
