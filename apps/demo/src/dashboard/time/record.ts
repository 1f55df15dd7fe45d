/**
 * What the screens showed, by time, so that the past is seen at once and nothing is played again.
 *
 * Views come ten times in a second and hardly differ: now and then one is kept whole, and of those
 * behind it only what has changed. The oldest go when all of it is larger than a bound.
 */
import type {
  ChartMark,
  ChartPoint,
  ClusterView,
  PageEvent,
} from '../../supervisor/cluster-view.ts';
import { type Delta, deltaOf, patched } from './delta.ts';

/** One window of messages of one node. */
export type MessageWindow = PageEvent & { readonly kind: 'messages' };

/** Views that are told as changes of one that is kept whole. */
const CHANGES_MAX = 50;
/** Characters of all that is kept: some minutes of a busy cluster. */
const SIZE_MAX = 12_000_000;
/** Of half a second each: as long as the rest is there, at least. */
const POINTS_MAX = 2_400;
const MARKS_MAX = 1_000;

interface Entry {
  readonly atMs: number;
  readonly kind: 'view' | 'messages';
  readonly text: string;
}

/** A view as it was, and what came after it. */
interface Chapter {
  readonly atMs: number;
  readonly whole: string;
  readonly entries: Entry[];
  changeCount: number;
  size: number;
}

/** What was shown in the last minutes. */
export class TimeRecord {
  readonly #sizeMax: number;
  readonly #chapters: Chapter[] = [];
  #points: ChartPoint[] = [];
  #marks: ChartMark[] = [];
  #size = 0;
  #last: ClusterView | undefined;
  #endMs = 0;
  /** Where somebody read last: they read on, mostly. */
  #place: { readonly chapter: Chapter; index: number; view: unknown } | undefined;

  /** @param sizeMax - Characters that are kept, at least those of one chapter. */
  constructor(sizeMax: number = SIZE_MAX) {
    this.#sizeMax = sizeMax;
  }

  /** The earliest time of which something is known. */
  get startMs(): number {
    return this.#chapters[0]?.atMs ?? this.#endMs;
  }

  /** The latest. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Takes a view. One that is earlier than what is known already tells nothing new. */
  addView(atMs: number, view: ClusterView): void {
    const chapter = this.#chapters.at(-1);
    if (chapter !== undefined && atMs < this.#endMs) return;
    this.#endMs = atMs;
    if (chapter === undefined || chapter.changeCount >= CHANGES_MAX) {
      const whole = JSON.stringify(view);
      this.#chapters.push({ atMs, whole, entries: [], changeCount: 0, size: whole.length });
      this.#size += whole.length;
      this.#shrink();
    } else {
      const delta = deltaOf(this.#last, view);
      chapter.changeCount += 1;
      if (delta !== undefined) this.#append({ atMs, kind: 'view', text: JSON.stringify(delta) });
    }
    this.#last = view;
  }

  /** Takes messages that were sent before `atMs`. */
  addMessages(atMs: number, window: MessageWindow): void {
    // What is told again of a time that is known is known already.
    if (atMs < this.#endMs - window.windowMs) return;
    this.#append({ atMs, kind: 'messages', text: JSON.stringify(window) });
  }

  /** Takes points and marks of the charts; what is told again is known already. */
  addChart(points: readonly ChartPoint[], marks: readonly ChartMark[]): void {
    const lastMs = this.#points.at(-1)?.atMs ?? -Infinity;
    this.#points.push(...points.filter(({ atMs }) => atMs > lastMs));
    const known = new Set(this.#marks.map(markKey));
    this.#marks.push(...marks.filter((mark) => !known.has(markKey(mark))));
    this.#points = this.#points.slice(-POINTS_MAX);
    this.#marks = this.#marks.slice(-MARKS_MAX);
  }

  /** Forgets `fromMs` and what came after it: something else happens then. */
  forget(fromMs: number): void {
    while ((this.#chapters.at(-1)?.atMs ?? -Infinity) >= fromMs) {
      this.#size -= this.#chapters.pop()?.size ?? 0;
    }
    const chapter = this.#chapters.at(-1);
    if (chapter !== undefined) {
      const kept = chapter.entries.filter(({ atMs }) => atMs < fromMs);
      const left = chapter.entries.splice(0, Infinity, ...kept);
      const size = sizeOf(left) - sizeOf(kept);
      chapter.size -= size;
      this.#size -= size;
    }
    this.#points = this.#points.filter(({ atMs }) => atMs < fromMs);
    this.#marks = this.#marks.filter(({ atMs }) => atMs < fromMs);
    this.#place = undefined;
    this.#endMs = chapter?.entries.at(-1)?.atMs ?? chapter?.atMs ?? 0;
    this.#last = this.viewAt(fromMs);
  }

  /** The cluster at `atMs`, or as it was first if that is earlier. */
  viewAt(atMs: number): ClusterView | undefined {
    const chapter = this.#chapterAt(atMs);
    if (chapter === undefined) return undefined;
    const { entries } = chapter;
    let place = this.#place;
    const isBehind = place !== undefined && (entries[place.index - 1]?.atMs ?? 0) <= atMs;
    if (place?.chapter !== chapter || !isBehind) {
      place = { chapter, index: 0, view: JSON.parse(chapter.whole) };
    }
    for (; (entries[place.index]?.atMs ?? Infinity) <= atMs; place.index += 1) {
      const entry = entries[place.index];
      if (entry?.kind === 'view') place.view = patched(place.view, JSON.parse(entry.text) as Delta);
    }
    this.#place = place;
    return place.view as ClusterView;
  }

  /** Windows of messages that ended later than `fromMs`, and at `toMs` at the latest. */
  messagesIn(fromMs: number, toMs: number): readonly MessageWindow[] {
    const isIn = ({ kind, atMs }: Entry): boolean =>
      kind === 'messages' && atMs > fromMs && atMs <= toMs;
    return this.#chapters
      .filter((chapter, index) => {
        const next = this.#chapters[index + 1]?.atMs ?? Infinity;
        return chapter.atMs <= toMs && next >= fromMs;
      })
      .flatMap(({ entries }) => entries.filter(isIn))
      .map(({ text }) => JSON.parse(text) as MessageWindow);
  }

  /** Points of the charts at `atMs` and before it, the last `countMax`. */
  pointsUntil(atMs: number, countMax: number): readonly ChartPoint[] {
    return this.#points.filter((point) => point.atMs <= atMs).slice(-countMax);
  }

  /** Marks of the charts likewise. */
  marksUntil(atMs: number, countMax = MARKS_MAX): readonly ChartMark[] {
    return this.#marks.filter((mark) => mark.atMs <= atMs).slice(-countMax);
  }

  #chapterAt(atMs: number): Chapter | undefined {
    let [low, high] = [0, this.#chapters.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#chapters[middle]?.atMs ?? Infinity) <= atMs) low = middle;
      else high = middle;
    }
    return this.#chapters[low];
  }

  #append(entry: Entry): void {
    const chapter = this.#chapters.at(-1);
    if (chapter === undefined) return;
    // In the order of time, whatever came late.
    const atMs = Math.max(entry.atMs, chapter.entries.at(-1)?.atMs ?? chapter.atMs);
    chapter.entries.push({ ...entry, atMs });
    chapter.size += entry.text.length;
    this.#size += entry.text.length;
    this.#shrink();
  }

  #shrink(): void {
    while (this.#size > this.#sizeMax && this.#chapters.length > 1) {
      this.#size -= this.#chapters.shift()?.size ?? 0;
    }
  }
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0);
}

function markKey({ atMs, kind, text }: ChartMark): string {
  return `${atMs} ${kind} ${text}`;
}
