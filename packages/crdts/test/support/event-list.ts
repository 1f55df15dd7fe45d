import type { CausalGraph } from '../../src/graph/causal-graph.ts';
import {
  isListInsertion,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
} from '../../src/log/operation-kind.ts';
import type { OperationLog } from '../../src/log/operation-log.ts';
import {
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  shapeOf,
} from '../../src/wire/operation-shape.ts';

/** Every event in words that mean the same on every replica, ordered by id. */
export function eventList({ graph, log }: { graph: CausalGraph; log: OperationLog }): string[] {
  const idOf = (lv: number) =>
    lv < 0 ? String(lv) : `${graph.replicaId(graph.replicaOf(lv))}:${graph.sequenceOf(lv)}`;
  const events: string[] = [];
  for (let lv = 0; lv < graph.eventCount; lv += 1) {
    const parents = graph.parentsOf(lv).map(idOf).sort().join(' ');
    events.push(`${idOf(lv)} after (${parents}): ${operationOf(log, lv, idOf)}`);
  }
  return events.sort();
}

function operationOf(log: OperationLog, lv: number, idOf: (lv: number) => string): string {
  const run = log.runAt(lv);
  const kind = log.kind(run);
  const offset = lv - log.start(run);
  const words = [`in ${idOf(log.container(run))}`];
  if (kind === TEXT_INSERT) {
    words.push('insert', String(log.aOf(run, lv)), String(log.text.unitAt(log.b(run) + offset)));
    return words.join(' ');
  }
  if (kind === TEXT_DELETE || kind === TEXT_DELETE_BACKWARD) {
    return [...words, 'delete', log.aOf(run, lv)].join(' ');
  }
  const shape = shapeOf(kind);
  const isLater = isListInsertion(kind) && offset > 0;
  words.push(`kind ${kind}`);
  if ((shape & HAS_NUMBERS) !== 0) words.push(`${log.a(run)} ${log.b(run)}`);
  if ((shape & HAS_A) !== 0) words.push(`a ${idOf(isLater ? lv - 1 : log.aOf(run, lv))}`);
  if ((shape & HAS_B) !== 0) words.push(`b ${idOf(log.b(run))}`);
  if ((shape & HAS_C) !== 0) words.push(`c ${idOf(log.c(run))}`);
  if ((shape & (HAS_VALUE | HAS_VALUES)) !== 0) {
    words.push(JSON.stringify(log.values[log.value(run) + offset]));
  }
  return words.join(' ');
}
