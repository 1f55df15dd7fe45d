/**
 * Goal: bytes that somebody forged, under checksums that are right, become part of a document or
 * are refused by name; what is refused has changed nothing, and the document can go on.
 *
 * Method: updates of a board with a bit or two turned over; and operations of every kind with
 * fields drawn from all that there is: origins that are none, moves of what is no node, containers
 * that are none, revocations of what others did, marks with ends outside, values of any shape.
 */
import fc from 'fast-check';
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { CorruptBytesError, CrdtsError } from '../../src/errors.ts';
import { JsonDocument, schema, mark, runs as runsOf } from '../../src/document/index.ts';
import type { History } from '../../src/history/history.ts';
import {
  COUNTER_ADD,
  ENSURE,
  LIST_INSERT,
  LIST_MOVE,
  LIST_NEST,
  LIST_PUT,
  LIST_DELETE,
  MAP_DELETE,
  MAP_PUT,
  MARK,
  IN_TEXT,
  REVOKE,
  TREE_MOVE,
} from '../../src/log/operation-kind.ts';
import type { Value } from '../../src/log/value.ts';
import { copyValue } from '../../src/wire/copy-value.ts';
import { board, type Board, type Draw, drawsFrom, edit } from '../support/board.ts';
import { bareHistory } from '../support/random-histories.ts';
import { flipped, forged } from '../support/sealed.ts';

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 60);

function boardOf(draws: readonly number[]): { readonly document: Board; readonly draw: Draw } {
  const document: Board = new JsonDocument({ replicaId: 'ann', schema: board });
  const { draw, drawnCount } = drawsFrom(draws);
  while (drawnCount() < draws.length) edit(document, draw);
  document.root.title.insert(0, 'title');
  mark(document.root.title, 0, 3, 'bold', true);
  return { document, draw };
}

/** Whether it was taken in. */
function attempt(document: Board, update: Uint8Array): boolean {
  const version = document.encodeVersion();
  const json = document.toJSON();
  try {
    document.apply(update);
    return true;
  } catch (error) {
    if (!(error instanceof CrdtsError)) throw error;
    expect(document.encodeVersion()).toEqual(version);
    expect(document.toJSON()).toEqual(json);
    return false;
  }
}

/** It can be read, edited, sent and saved. */
function goesOn(document: Board): void {
  runsOf(document.root.title);
  document.root.title.authors();
  document.root.title.insert(0, '.');
  const other: Board = JsonDocument.load(document.save(), { replicaId: 'other', schema: board });
  expect(other.toJSON()).toEqual(document.toJSON());
  const fresh: Board = new JsonDocument({ replicaId: 'fresh', schema: board });
  fresh.applyAll(document.updatesSince(fresh.encodeVersion()));
  expect(fresh.toJSON()).toEqual(document.toJSON());
  expect(runsOf(fresh.root.title)).toEqual(runsOf(document.root.title));
}

const numbers = fc.array(fc.nat({ max: 1_000_000 }), {
  minLength: 20,
  maxLength: 200,
  size: 'max',
});

test('updates with a bit or two turned over', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (draws, seed) => {
      const random = seededRandom(seed);
      const { document } = boardOf(draws);
      const updates = document.updatesSince(new Uint8Array(0), 60);
      const target: Board = new JsonDocument({ replicaId: 'target', schema: board });
      for (const update of updates) {
        const damaged = forged(update, (content) => {
          const once = flipped(content, random.int(8 * content.length));
          return random.int(2) === 0 ? once : flipped(once, random.int(8 * content.length));
        });
        attempt(target, damaged);
        attempt(target, update);
      }
      goesOn(target);
    }),
    { numRuns: runs },
  );
});

const values: readonly Value[] = [
  copyValue('value', {}),
  copyValue('value', { a: 1 }),
  null,
  -1,
  NaN,
  2,
  5,
  6,
  '',
  'a',
  ['title', 1],
  ['title', 3],
  ['a', {}],
  [copyValue('value', {}), 1],
  ['bold', 1, {}],
  ['bold', 1, 3],
  ['bold', 1, 9],
  ['bold', 1, 0.5],
  [1],
];

/** An operation of any kind on anything. */
function appendAnything({ graph, log }: History, draw: Draw): void {
  const before = graph.eventCount;
  const event = (): number => draw(before + 2) - 2;
  const kinds = [
    MARK,
    MAP_PUT,
    MAP_DELETE,
    ENSURE,
    LIST_INSERT,
    LIST_NEST,
    LIST_DELETE,
    LIST_MOVE,
    LIST_PUT,
    COUNTER_ADD,
    TREE_MOVE,
    REVOKE,
  ];
  const kind = kinds[draw(kinds.length)] ?? MARK;
  const count = kind === LIST_INSERT || kind === LIST_NEST ? 1 + draw(3) : 1;
  const value = log.values.length;
  for (let left = count; left > 0; left -= 1) log.pushValue(values[draw(values.length)] ?? null);
  const isMark = kind === MARK;
  const a = isMark ? draw(9) : event();
  const b = isMark ? draw(20) : kind === REVOKE && draw(3) === 0 ? IN_TEXT : event();
  graph.appendLocal(graph.replicaIndex('eve'), count);
  // Mostly in a container that there is.
  const containers = Array.from({ length: log.runCount }, (_, run) => run)
    .filter((run) => [ENSURE, LIST_NEST, TREE_MOVE].includes(log.kind(run)))
    .map((run) => log.start(run));
  const container = draw(4) === 0 ? event() : (containers[draw(containers.length + 1)] ?? -1);
  log.append(kind, Math.max(container, -1), count, a, b, event(), value);
}

test('operations of every kind that make no sense', () => {
  let takenCount = 0;
  fc.assert(
    fc.property(numbers, (draws) => {
      const { document, draw } = boardOf(draws.slice(0, 60));
      for (let count = 0; count < 40; count += 1) {
        const history = bareHistory();
        history.applyAll(document.updatesSince(new Uint8Array(0)));
        const { eventCount } = history.graph;
        for (let more = draw(3); more >= 0; more -= 1) appendAnything(history, draw);
        const update = history.takeUpdate(eventCount, history.graph.eventCount);
        if (attempt(document, update)) takenCount += 1;
      }
      goesOn(document);
    }),
    { numRuns: runs },
  );
  expect(takenCount).toBeGreaterThan(runs);
});

// Why this test? An object without a prototype is no number, and asking for one threw something
// else, which those who exchange updates do not take for damage.
test.each(values)('an element that is a container of type %j is refused, or is one', (type) => {
  const document = new JsonDocument({ replicaId: 'ann' });
  document.root.open('list', schema.list(schema.any())).push(1);
  const history = bareHistory();
  history.applyAll(document.updatesSince(new Uint8Array(0)));
  const { graph, log } = history;
  const value = log.pushValue(type);
  const from = graph.appendLocal(graph.replicaIndex('eve'), 1);
  log.append(LIST_NEST, 0, 1, -1, -1, -1, value);
  const apply = (): unknown => document.apply(history.takeUpdate(from, from + 1));
  if (type === 2 || type === 5) expect(apply()).toEqual({ kind: 'applied', eventCount: 1 });
  else expect(apply).toThrow(CorruptBytesError);
});
