/**
 * What is missing, whom to ask for it, and when.
 *
 * Something is missing as soon as anybody speaks of it: in the past of a message, in what another
 * one says it has. Mostly it is only late, so nobody asks at once; and whoever asked waits twice as
 * long each time before it asks again, or a slow network would be flooded by those it slows. It
 * asks one member at a time, any that has it: after a crash of the origin, all others are as good.
 */
import type { CausalBuffer } from '../causal-buffer.ts';
import type { WantedRange } from './messages.ts';
import type { PeerKnowledge } from './peer-knowledge.ts';
import type { EpochTable } from './epoch-table.ts';

/** What to ask one member for. */
export interface RepairRequest {
  readonly peer: number;
  readonly ranges: WantedRange[];
}

/** What a plan looks at. */
export interface RepairScene {
  readonly table: EpochTable;
  readonly buffer: Pick<CausalBuffer<unknown>, 'deliveredOf' | 'holds' | 'share'>;
  readonly peers: PeerKnowledge;
}

interface Gap {
  /** When to ask, or undefined while nothing is missing. */
  askAtMs: number | undefined;
  askCount: number;
  /** What was delivered when it was asked for last. */
  deliveredThen: number;
}

/** Messages asked for at once, of one origin, and ranges of them. */
const MESSAGES_MAX = 512;
const RANGES_MAX = 16;
const DOUBLINGS_MAX = 4;

/** Finds gaps, and says when to ask whom. */
export class RepairPlan {
  /** Of each origin the highest counter that anybody spoke of. */
  readonly #known: Float64Array;
  readonly #gaps: readonly Gap[];
  readonly #delayMs: number;

  constructor(delivered: Float64Array, delayMs: number) {
    this.#known = delivered.slice();
    this.#gaps = Array.from(delivered, (deliveredThen) => ({
      ...{ askAtMs: undefined, askCount: 0, deliveredThen },
    }));
    this.#delayMs = delayMs;
  }

  /** Somebody spoke of all these. */
  note(vector: Float64Array): void {
    const known = this.#known;
    for (let index = 0; index < known.length; index += 1) {
      const counter = vector[index] ?? 0;
      if (counter > (known[index] ?? 0)) known[index] = counter;
    }
  }

  /** Nothing of `origin` beyond `counter` will ever come. */
  giveUp(origin: number, counter: number): void {
    this.#known[origin] = counter;
  }

  /** Whether anything is missing. */
  isMissing(buffer: RepairScene['buffer']): boolean {
    return this.#known.some((counter, origin) => counter > buffer.deliveredOf(origin));
  }

  /**
   * What to ask for now; it counts as asked.
   *
   * @param pick - An index below the number it is given, each as likely.
   */
  due(nowMs: number, scene: RepairScene, pick: (below: number) => number): RepairRequest[] {
    const requests = new Map<number, RepairRequest>();
    for (let origin = 0; origin < this.#known.length; origin += 1) {
      if (!this.#isDue(origin, nowMs, scene.buffer)) continue;
      const delivered = scene.buffer.deliveredOf(origin);
      const able = scene.peers.indexes.filter(
        (peer) => scene.peers.deliveredOf(peer, origin) > delivered,
      );
      const peer = able[able.length > 0 ? pick(able.length) : 0];
      // Whoever spoke of it will say that it has it.
      if (peer === undefined) continue;
      this.#countAsked(origin, nowMs, delivered);
      const request = requests.get(peer) ?? { peer, ranges: [] };
      request.ranges.push(...this.#rangesOf(origin, scene, peer));
      requests.set(peer, request);
    }
    return [...requests.values()].filter(({ ranges }) => ranges.length > 0);
  }

  #isDue(origin: number, nowMs: number, buffer: RepairScene['buffer']): boolean {
    const gap = this.#gaps[origin];
    if (gap === undefined) return false;
    const delivered = buffer.deliveredOf(origin);
    if (delivered >= (this.#known[origin] ?? 0)) {
      gap.askAtMs = undefined;
      gap.askCount = 0;
      return false;
    }
    if (gap.askAtMs === undefined || delivered > gap.deliveredThen) {
      // What was asked for comes, but not all: the rest is asked for at once.
      gap.askAtMs = nowMs + (gap.askCount > 0 ? 0 : this.#delayMs);
      gap.askCount = 0;
      gap.deliveredThen = delivered;
    }
    return nowMs >= gap.askAtMs;
  }

  #countAsked(origin: number, nowMs: number, delivered: number): void {
    const gap = this.#gaps[origin];
    if (gap === undefined) return;
    gap.askAtMs = nowMs + this.#delayMs * 2 ** Math.min(gap.askCount, DOUBLINGS_MAX);
    gap.askCount += 1;
    gap.deliveredThen = delivered;
  }

  /** What is not held of `origin`, up to what `peer` has. */
  #rangesOf(origin: number, { table, buffer, peers }: RepairScene, peer: number): WantedRange[] {
    const id = table.ids[origin] ?? '';
    const first = buffer.deliveredOf(origin) + 1;
    const known = Math.min(this.#known[origin] ?? 0, peers.deliveredOf(peer, origin));
    // Not more than the buffer takes, in whatever order it comes.
    const last = Math.min(known, first + Math.min(MESSAGES_MAX, buffer.share) - 1);
    const ranges: { origin: string; first: number; count: number }[] = [];
    for (let counter = first; counter <= last; counter += 1) {
      if (buffer.holds(origin, counter)) continue;
      const open = ranges[ranges.length - 1];
      if (open !== undefined && open.first + open.count === counter) open.count += 1;
      else if (ranges.length === RANGES_MAX) break;
      else ranges.push({ origin: id, first: counter, count: 1 });
    }
    return ranges;
  }
}
