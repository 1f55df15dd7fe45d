/*
 * One HTML file that shows a history and why it is or is not linearizable. It loads nothing from
 * anywhere, so it can be attached to a test run and opened years later, and the pictures are there
 * even where its script may not run.
 */

import type { CheckResult } from '../checker.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import type { Annotation } from './annotation.ts';
import { selectBands } from './band-content.ts';
import { type Band, layOutBand } from './layout.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { help, legend } from './legend.ts';
import { drawNames, drawPlot, escapeXml } from './svg.ts';

/** What to put into the report besides the history. */
export interface ReportOptions {
  /** Default: the model's name. */
  readonly title?: string;
  /** Faults and the like, drawn above and behind the operations. */
  readonly annotations?: readonly Annotation[];
  /**
   * Operations drawn at most; partitions beyond are named and left out, and of a partition that is
   * not linearizable those nearest to the impossible answer are drawn. Default: 2 000.
   */
  readonly maxOperations?: number;
}

/**
 * Draws `result` as a page.
 *
 * @param model - The model that was checked.
 * @param history - The history that was checked.
 * @param result - What `check` returned for both.
 * @returns A whole HTML document without references to anything outside it.
 * @throws RangeError if `maxOperations` is below 1.
 *
 * @remarks
 * First the minimal counterexample with the operation that cannot be, then one band per partition,
 * those that are not linearizable first. Pointing at an operation shows the longest order in which
 * it takes effect, choosing it keeps that order, and the address then leads back to it. Arrow keys
 * step through the order; `?` lists all keys.
 */
export function htmlReport<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
  options: ReportOptions = {},
): string {
  const { title = model.name, annotations = [], maxOperations = 2_000 } = options;
  if (!(maxOperations >= 1)) {
    throw new RangeError(`maxOperations: expected at least 1, got ${maxOperations}`);
  }
  const selection = selectBands(model, history, result, {
    annotations,
    operationsMax: maxOperations,
  });
  const bands = selection.contents.map((content) => layOutBand(model, content));
  const head = `${escapeXml(title)}: ${VERDICTS[result.verdict]}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${head}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>${pageStyle()}</style></head><body>
<header>${headerOf(title, history, result)}${indexOf(bands, result)}</header>
<main>${bands.map((band, index) => sectionOf(band, index)).join('\n')}
${omittedOf(selection.omitted)}</main>
<footer aria-live="polite"></footer>
${help()}
<script id="bands" type="application/json">${dataOf(bands)}</script>
<script>${PAGE_SCRIPT}</script>
</body></html>
`;
}

const VERDICTS = {
  linearizable: '✓ linearizable',
  'not-linearizable': '✗ not linearizable',
  unknown: '? unknown',
} as const;

const REASONS = {
  memory: 'the bound on memory was met',
  steps: 'the bound on steps was met',
  aborted: 'the check was ended before it was done',
  timeout: 'the time was over',
} as const;

const NAMES_SHOWN_MAX = 200;

function headerOf<State, Input, Output>(
  title: string,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
): string {
  const { verdict, reason, partitions, steps } = result;
  const clientCount = new Set(history.map(({ process }) => process)).size;
  const facts = [
    counted(history.length, 'operation'),
    counted(clientCount, 'client'),
    counted(partitions.length, 'partition'),
    counted(steps, 'step'),
    ...(reason === undefined ? [] : [REASONS[reason]]),
  ];
  return (
    `<div class="top"><h1>${escapeXml(title)}</h1>` +
    `<span class="verdict ${verdict}">${VERDICTS[verdict]}</span>` +
    '<button data-act="theme">Light or dark</button>' +
    '<button data-act="help">Keys</button></div>' +
    `<p class="facts">${facts.join(' · ')}</p>${legend()}`
  );
}

function counted(count: number, what: string): string {
  const number = String(count).replace(/\B(?=(?:\d{3})+$)/g, '\u2009');
  return `${number} ${what}${count === 1 ? '' : 's'}`;
}

/** A list of the bands, where there are several partitions. */
function indexOf<State, Input, Output>(
  bands: readonly Band[],
  result: CheckResult<State, Input, Output>,
): string {
  if (result.partitions.length < 2) return '';
  const items = bands
    .slice(0, NAMES_SHOWN_MAX)
    .map(({ title }, index) => `<li><a href="#band-${index}">${escapeXml(title)}</a></li>`);
  return `<nav class="index" aria-label="Bands"><ul>${items.join('')}</ul></nav>`;
}

function sectionOf(band: Band, index: number): string {
  const hasOthers = band.bars.some(({ isKept }) => isKept) && band.bars.some((bar) => !bar.isKept);
  const only = hasOthers
    ? '<button data-act="only" aria-pressed="false">Only the counterexample</button>'
    : '';
  return (
    `<section id="band-${index}" tabindex="0" aria-labelledby="title-${index}">` +
    `<div class="head"><h2 id="title-${index}">${escapeXml(band.title)}</h2>${only}` +
    '<button data-act="save">Save as SVG</button></div>' +
    `<p class="why">${escapeXml(band.explanation)}</p>` +
    `<div class="picture">${drawNames(band, index)}${drawPlot(band, index)}</div>` +
    `${hasOthers ? '' : storyOf(band)}</section>`
  );
}

/** The counterexample in words. */
function storyOf(band: Band): string {
  if (!band.bars.some(({ isCulprit }) => isCulprit)) return '';
  const steps: string[] = [];
  for (let at = band.points[band.longest]; at !== undefined; at = band.points[at.parent]) {
    const bar = band.bars[at.bar];
    const text = escapeXml(`${bar?.client ?? ''}: ${bar?.text ?? ''}`);
    steps.unshift(`<li>${at.number}. ${text} <i>state ${escapeXml(at.state)}</i></li>`);
  }
  const last = band.points[band.longest]?.state ?? band.initialState;
  const impossible = band.bars
    .filter(({ isCulprit }) => isCulprit)
    .map(
      ({ client, text }) =>
        `<li class="no">✗ ${escapeXml(`${client}: ${text}`)} ` +
        `<i>impossible: the state is ${escapeXml(last)}, and no other order helps</i></li>`,
    );
  return `<ol class="story"><li><i>at first: state ${escapeXml(band.initialState)}</i></li>${[
    ...steps,
    ...impossible,
  ].join('')}</ol>`;
}

function omittedOf(omitted: readonly string[]): string {
  if (omitted.length === 0) return '';
  const names = omitted.slice(0, NAMES_SHOWN_MAX).map(escapeXml).join(', ');
  const more = omitted.length > NAMES_SHOWN_MAX ? ', …' : '';
  return (
    `<p class="omitted">${omitted.length} linearizable or undecided partitions are left out: ` +
    `${names}${more}</p>`
  );
}

/** What the script needs, by index; see there. */
function dataOf(bands: readonly Band[]): string {
  const data = bands.map(({ bars, points, refusals, longest, initialState }) => ({
    bars: bars.map(({ text, client, callTime, returnTime, kind, note, end, isCulprit }) => [
      text,
      client,
      callTime,
      returnTime ?? null,
      kind,
      note ?? null,
      end,
      isCulprit,
    ]),
    points: points.map(({ parent, bar, number, state }) => [parent, bar, number, state]),
    refused: refusedByEnd(refusals),
    longest,
    initial: initialState,
  }));
  // Within a script element, text must not end it, nor begin a comment.
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

function refusedByEnd(refusals: Band['refusals']): Readonly<Record<string, readonly number[]>> {
  const byEnd = new Map<string, number[]>();
  for (const { end, bar } of refusals) {
    const key = String(end);
    byEnd.set(key, [...(byEnd.get(key) ?? []), bar]);
  }
  return Object.fromEntries(byEnd);
}
