import { checkTrace } from '../documents/traces.ts';
import type { TextRequest } from '../documents/text-figures.ts';
import { measureIn, scratchFolder } from '../documents/figure-process.ts';
import type { BenchCase, Contender, Metric, Sample, Suite } from '../suite.ts';

/*
 * Is TextDocument faster and smaller than the libraries that are installed for text?
 *
 * Recorded typing, edit by edit, in one process per figure: a process that has done something else
 * before has other code compiled. CPU is that of all threads, without the loading of modules, with
 * the reading of the text, which is compared with that of the trace. Updates that are applied are
 * those that the same library made of the same edits.
 */

const perEdit: Metric = { name: 'CPU per edit', unit: 'us', better: 'lower' };
const perUpdate: Metric = { name: 'CPU per update', unit: 'us', better: 'lower' };
const updateSize: Metric = { name: 'bytes per update', unit: 'B', better: 'lower' };
const cpu: Metric = { name: 'CPU', unit: 'ms', better: 'lower' };
const size: Metric = { name: 'size', unit: 'B', better: 'lower' };
const deflatedSize: Metric = { name: 'deflated size', unit: 'B', better: 'lower' };
const memory: Metric = { name: 'memory', unit: 'MB', better: 'lower' };

interface Row {
  readonly what: string;
  readonly figure: TextRequest['figure'];
  readonly metrics: readonly Metric[];
  readonly isPrepared?: true;
}

const typing: readonly Row[] = [
  { what: 'type', figure: 'type', metrics: [perEdit] },
  {
    what: 'type, an update for each edit',
    figure: 'typeWithUpdates',
    metrics: [perEdit, updateSize],
  },
  { what: 'type all in one transaction', figure: 'typeAtOnce', metrics: [perEdit] },
];

const receiving: readonly Row[] = [
  { what: 'apply one by one', figure: 'applyEach', metrics: [perUpdate], isPrepared: true },
  { what: 'apply all at once', figure: 'applyAll', metrics: [perUpdate], isPrepared: true },
];

const saving: readonly Row[] = [
  { what: 'save', figure: 'save', metrics: [cpu, size, deflatedSize], isPrepared: true },
  { what: 'load and read', figure: 'load', metrics: [cpu], isPrepared: true },
  {
    what: 'load, read and edit',
    figure: 'firstEdit',
    metrics: [
      { ...cpu, name: 'CPU of the edit' },
      { ...cpu, name: 'CPU with the load' },
    ],
    isPrepared: true,
  },
];

const holding: readonly Row[] = [
  { what: 'hold what was typed', figure: 'memoryOfTyped', metrics: [memory] },
  { what: 'hold what was loaded', figure: 'memoryOfLoaded', metrics: [memory], isPrepared: true },
];

/** Of a trace that takes it 93 seconds. */
const slowEditsMax = 20_000;

interface Rival {
  readonly module: string;
  readonly name: string;
}

const rivals: readonly Rival[] = [
  { module: 'yjs', name: 'yjs 13.6.33' },
  { module: 'json-joy', name: 'json-joy 17.67.0' },
  { module: 'loro', name: 'loro-crdt 1.17.1' },
  { module: 'automerge', name: 'automerge 3.5.0' },
];

interface Source {
  readonly trace: string;
  readonly isConcurrent: boolean;
}

const prepared = new Map<string, Promise<Sample>>();

function contender(
  { module, name }: Rival,
  source: Source,
  { figure, isPrepared }: Row,
): Contender {
  const isSlow = module === 'automerge' && source.trace === 'automerge-paper';
  const isCut = isSlow && (figure.startsWith('apply') || figure.startsWith('type'));
  const isWhole = !isCut || figure === 'typeAtOnce';
  const key = `${module}-${source.trace}`;
  const request = (of: TextRequest['figure']): TextRequest => ({
    figure: of,
    ...source,
    editsMax: isSlow && figure !== 'typeAtOnce' ? slowEditsMax : Number.MAX_SAFE_INTEGER,
    folder: scratchFolder(key),
  });
  return {
    name: isWhole ? name : `${name}, first ${slowEditsMax.toLocaleString('en-US')} edits`,
    setUp: async () => {
      checkTrace(source.isConcurrent ? 'concurrent' : 'sequential', source.trace);
      if (isPrepared === undefined) return;
      const preparing = prepared.get(key) ?? measureIn(module, request('prepare'));
      prepared.set(key, preparing);
      await preparing;
    },
    run: () => measureIn(module, request(figure)),
  };
}

function casesOf(source: Source, rows: readonly Row[]): readonly BenchCase[] {
  return rows.map((row) => ({
    name: `${source.trace}: ${row.what}`,
    metrics: row.metrics,
    ours: contender({ module: 'quorate-text', name: 'TextDocument' }, source, row),
    peers: rivals.map((rival) => contender(rival, source, row)),
    runs: 3,
    warmUpRuns: 0,
  }));
}

/** Everything that a text does, on recorded typing. */
export const suite: Suite = {
  name: 'crdts-text',
  description:
    'Recorded typing, in processor time and bytes, beside yjs, json-joy, loro, automerge.',
  cases: [
    ...casesOf({ trace: 'automerge-paper', isConcurrent: false }, [
      ...typing,
      ...receiving,
      ...saving,
      ...holding,
    ]),
    ...casesOf({ trace: 'friendsforever', isConcurrent: true }, [...receiving, ...saving]),
    ...['rustcode', 'json-crdt-blog-post', 'friendsforever_flat'].flatMap((trace) =>
      casesOf({ trace, isConcurrent: false }, typing.slice(1, 2)),
    ),
  ],
};
