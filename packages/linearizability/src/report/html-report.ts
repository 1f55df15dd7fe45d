/*
 * One HTML file that shows a history and why it is or is not linearizable. It loads nothing from
 * anywhere, so it can be attached to a test run and opened years later.
 */

import type { CheckResult, PartitionResult } from '../checker.ts';
import { checkSync } from '../checker.ts';
import type { Counterexample } from '../counterexample.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import type { Annotation } from './annotation.ts';
import { type Band, layOutBand } from './layout.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page.ts';
import { drawBand, escapeXml } from './svg.ts';

/** What to put into the report besides the history. */
export interface ReportOptions {
  /** Default: the model's name. */
  readonly title?: string;
  /** Faults and the like, drawn behind the operations. */
  readonly annotations?: readonly Annotation[];
  /** Operations drawn at most; partitions beyond are named and left out. Default: 2 000. */
  readonly maxOperations?: number;
}

/**
 * Draws `result` as a page.
 *
 * @param model - The model that was checked.
 * @param history - The history that was checked.
 * @param result - What `check` returned for both.
 * @returns A whole HTML document without references to anything outside it.
 *
 * @remarks
 * First the minimal counterexample with the operation that cannot be, then one band per partition,
 * those that are not linearizable first. Keys: arrows step through the order, `n` and `p` go to the
 * next and previous band, `s` saves the band as SVG.
 */
export function htmlReport<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
  options: ReportOptions = {},
): string {
  const { title = model.name, annotations = [], maxOperations = 2_000 } = options;
  const { bands, omitted } = bandsOf(model, history, result, maxOperations);
  const sections = bands.map(
    (band, index) =>
      `<section tabindex="0" data-band="${index}"><h2>${escapeXml(band.title)}</h2>` +
      `<div class="scroll">${drawBand(band, index, annotations)}</div>` +
      `<p class="state" aria-live="polite"></p></section>`,
  );
  const orders = JSON.stringify(bands.map(({ order }) => order)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeXml(title)}: ${result.verdict}</title>
<meta name="viewport" content="width=device-width"><style>${PAGE_STYLE}</style></head><body>
<h1>${escapeXml(title)} <span class="verdict ${result.verdict}">${result.verdict}</span></h1>
<p>${history.length} operations, ${result.partitions.length} partitions, ${result.steps} steps,
${result.configurationCount} configurations. Arrow keys step through the order, n and p change the
band, s saves it as SVG.</p>
${sections.join('\n')}
${omitted === 0 ? '' : `<p>${omitted} linearizable or undecided partitions are left out.</p>`}
<script id="orders" type="application/json">${orders}</script><script>${PAGE_SCRIPT}</script>
</body></html>
`;
}

function bandsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
  maxOperations: number,
): { bands: Band[]; omitted: number } {
  const bands: Band[] = [];
  if (result.counterexample !== undefined) {
    bands.push(counterexampleBand(model, result.counterexample));
  }
  const operationsOf = (key: string): History<Input, Output> =>
    history.filter(
      (operation) =>
        operation.outcome.kind !== 'fail' && (model.partition?.(operation) ?? '') === key,
    );
  const rank = { 'not-linearizable': 0, linearizable: 1, unknown: 2 };
  const partitions = result.partitions.toSorted(
    (left, right) => rank[left.verdict] - rank[right.verdict],
  );
  let left = maxOperations;
  let omitted = 0;
  for (const partition of partitions) {
    left -= partition.operationCount;
    if (left < 0) {
      omitted += 1;
      continue;
    }
    const operations = operationsOf(partition.key);
    bands.push(partitionBand(model, partition, operations, result.counterexample));
  }
  return { bands, omitted };
}

function counterexampleBand<State, Input, Output>(
  model: Model<State, Input, Output>,
  { operations, culprit }: Counterexample<Input, Output>,
): Band {
  const others = operations.filter((operation) => operation !== culprit);
  const legal = checkSync(model, others, { explain: 'none' });
  return layOutBand(model, {
    title: 'Minimal counterexample: the red answer is impossible',
    operations,
    order: legal.partitions.flatMap(({ linearization }) => linearization ?? []),
    culprit,
  });
}

function partitionBand<State, Input, Output>(
  model: Model<State, Input, Output>,
  partition: PartitionResult<State, Input, Output>,
  operations: History<Input, Output>,
  counterexample: Counterexample<Input, Output> | undefined,
): Band {
  const name = partition.key === '' ? 'History' : `Partition ${partition.key}`;
  return layOutBand(model, {
    title: `${name}: ${partition.verdict}`,
    operations,
    order: partition.linearization ?? [],
    culprit: counterexample?.culprit,
  });
}
