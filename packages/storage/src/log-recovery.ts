/*
 * What a log was, from what its segments hold now.
 *
 * Batches are followed from the first segment on, each by the chain of the one before. Where a
 * batch is not whole the question is whether it was ever durable:
 *
 * - Any mark of a later batch, in this segment or by the chain of the next, proves that it was: its
 *   missing entries are *damaged*. Their indexes stay taken and are reported; nothing moves up.
 * - Otherwise it was the last. If any word of it was never written, its sync cannot have finished:
 *   the write was *torn*, nobody was told of it, and it is dropped.
 * - Otherwise all of it was written, and then changed: damaged.
 *
 * Where no mark of a batch is left, the next intact mark tells what the log was before it (its last
 * index, whether anything was truncated meanwhile, how many metadata records there were), and the
 * difference to the last known state is what was lost. If entries may have been replaced meanwhile,
 * the old ones count as lost too: better no entry than a wrong one.
 *
 * Two losses cannot be named and so refuse to open: the metadata record in force (a node that
 * forgot its vote must not vote), and a last batch of which not even a mark is left.
 */
import { isWhole, readBatch, type ScannedBatch } from './batch-scan.ts';
import type { DamageList } from './damage-list.ts';
import { LogDamagedError, LogError } from './errors.ts';
import {
  checkSegmentHeader,
  MARGIN_BYTES,
  MARK_BYTES,
  SEGMENT_HEADER_BYTES,
} from './log-format.ts';
import type { LogIndex } from './log-index.ts';
import type { LogState } from './log-state.ts';
import { fitsAfter, type LossPlace, RebuiltLog } from './rebuilt-log.ts';
import type { MarkPlace, SegmentScan } from './segment-scan.ts';
import type { SegmentTable } from './segment-table.ts';

/** Damage that lost nothing, because the damaged part is there twice. */
export interface LogBlemish {
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

/** A segment to recover from. */
export interface RecoverySource {
  readonly sequence: number;
  readonly path: string;
  /** Opens it for reading; the callee's result is used until the next segment is opened. */
  scan(): Promise<SegmentScan>;
}

/** Where the log goes on. */
export interface LogTail {
  readonly sequence: number;
  /** Where the next batch would begin. */
  readonly end: number;
  /** Up to here space is ready to be written. */
  readonly readyEnd: number;
  /** Whether the space behind `end` is as if nothing was ever written there. */
  readonly isClean: boolean;
  /** The last batch, if all of it is intact or can be made so. */
  readonly lastBatch: ScannedBatch | undefined;
}

/** All that recovery finds out. */
export interface RecoveredLog {
  readonly state: LogState;
  readonly index: LogIndex;
  readonly damage: DamageList;
  readonly segments: SegmentTable;
  readonly tail: LogTail | undefined;
  readonly droppedTailBytes: number;
  readonly blemishes: readonly LogBlemish[];
}

/** Is told, in order, of every batch and of those that are missing. */
export interface RecoveryObserver {
  /** A batch that can be read, at least in part. */
  onBatch(batch: ScannedBatch, place: AcceptedPlace): void;
  /** Batches were lost whole: those with these metadata versions, or none that is known of. */
  onLost(versions: { readonly from: number; readonly to: number }, place: LossPlace): void;
}

/** Where a batch lies. */
export interface AcceptedPlace {
  readonly path: string;
  readonly sequence: number;
  /** Added to the reason of what is broken; empty where there is no doubt. */
  readonly doubt: string;
}

/**
 * Reads all segments, in the memory of the index and one window.
 *
 * @param sources - In ascending order.
 * @param observer - Answers for the metadata itself: none that is lost is an error then.
 * @throws LogDamagedError if something was lost that cannot be named; LogError 'LOG_UNSUPPORTED' if
 *   a segment is of another format.
 */
export async function recoverLog(
  sources: readonly RecoverySource[],
  observer?: RecoveryObserver,
): Promise<RecoveredLog> {
  const recovery = new Recovery(sources, observer);
  for (const position of sources.keys()) await recovery.readSegment(position);
  return recovery.result();
}

class Recovery {
  readonly #sources: readonly RecoverySource[];
  readonly #observer: RecoveryObserver | undefined;
  readonly #log = new RebuiltLog();
  readonly #blemishes: LogBlemish[] = [];
  /** The segment of the batch that the state is from. */
  #stateSequence = 0;
  #tail: LogTail | undefined;
  #droppedTailBytes = 0;

  constructor(sources: readonly RecoverySource[], observer: RecoveryObserver | undefined) {
    this.#sources = sources;
    this.#observer = observer;
  }

  result(): RecoveredLog {
    const { index, damage, segments, state } = this.#log;
    const isForgetful = state.knownMetadataVersion < state.metadataVersion;
    if (isForgetful && this.#observer === undefined) {
      throw new LogDamagedError(
        damage.entries((logIndex) => index.termAt(logIndex)),
        'the metadata record in force is damaged: what this node has promised is unknown, ' +
          'so it must not go on from this log',
      );
    }
    return {
      state,
      index,
      damage,
      segments,
      tail: this.#tail,
      droppedTailBytes: this.#droppedTailBytes,
      blemishes: this.#blemishes,
    };
  }

  async readSegment(position: number): Promise<void> {
    const source = this.#sources[position];
    if (source === undefined) return;
    const scan = await source.scan();
    await this.#checkHeader(scan, source);
    this.#log.beginSegment(source.sequence);

    let at = SEGMENT_HEADER_BYTES;
    let last: ScannedBatch | undefined;
    let isTorn = false;
    for (;;) {
      const place = await nextMark(scan, at);
      if (place === undefined) break;
      if (place.start > at || !follows(this.#log.state, place))
        await this.#lose(scan, position, at, place);
      const batch = await readBatch(scan, place, this.#log.state.chain);
      const fate = isWhole(batch) ? 'durable' : await this.#fateOf(scan, position, batch);
      isTorn = fate === 'torn';
      if (isTorn) break;
      await this.#noteBlemishes(scan, position, batch);
      this.#accept(batch, source, fate);
      last = batch;
      at = batch.end;
    }
    if (position === this.#sources.length - 1)
      await this.#endAt(scan, source, at, { last, isTorn });
  }

  async #checkHeader(scan: SegmentScan, { sequence, path }: RecoverySource): Promise<void> {
    await scan.window.load(0, SEGMENT_HEADER_BYTES);
    const finding = checkSegmentHeader(scan.window.area, sequence);
    if (finding === 'foreign') {
      throw new LogError('LOG_UNSUPPORTED', `${path}: is of a format this version cannot read`);
    }
    if (finding === 'damaged') this.#blemish(path, 0, 'the segment header is damaged');
  }

  #accept(batch: ScannedBatch, { path, sequence }: RecoverySource, fate: Fate): void {
    const isFirstInSegment = batch.start === SEGMENT_HEADER_BYTES;
    const doubt = fate === 'doubtful' ? `, ${DOUBT}` : '';
    this.#log.accept({ ...batch, isFirstInSegment, path, doubt });
    this.#stateSequence = sequence;
    this.#observer?.onBatch(batch, { path, sequence, doubt });
  }

  /** Accounts for what was between the last batch and the one at `place`. */
  async #lose(scan: SegmentScan, position: number, at: number, place: MarkPlace): Promise<void> {
    const { mark } = place;
    const path = this.#sources[position]?.path ?? '';
    const from = this.#log.state.metadataVersion + 1;
    this.#observer?.onLost({ from, to: mark.metadataVersion - 1 }, { path, offset: at });
    const wasTruncated = mark.truncationCount !== this.#log.state.truncationCount;
    const isTruncationBounded = this.#isTruncationBounded(position, at, place);
    const lostFrom = this.#log.beginLoss(mark, { isTruncationBounded });
    // With nothing truncated every index was written once, so what is found is what was meant.
    const found = wasTruncated
      ? []
      : await scan.salvage(at, place.start, lostFrom, mark.previousLastIndex);
    const chain = mark.kind === 'opening' ? mark.chain : undefined;
    this.#log.endLoss(mark, found, { place: { path, offset: at }, chain });
  }

  /** Whether the mark's `lowestTruncation` covers all that happened since the last known batch. */
  #isTruncationBounded(position: number, at: number, place: MarkPlace): boolean {
    if (at > SEGMENT_HEADER_BYTES) return true;
    if (place.start > SEGMENT_HEADER_BYTES) return false;
    return this.#sources[position]?.sequence === this.#stateSequence + 1;
  }

  async #fateOf(scan: SegmentScan, position: number, batch: ScannedBatch): Promise<Fate> {
    // A segment gets its name only after its first batch was synced.
    if (batch.start === SEGMENT_HEADER_BYTES) return 'durable';
    if ((await scan.findMark(batch.end)) !== undefined) return 'durable';
    const successor = await this.#sources[position + 1]?.scan();
    if (successor === undefined) {
      return (await scan.hasUnwritten(batch.start, batch.end)) ? 'torn' : 'doubtful';
    }
    const first = await nextMark(successor, SEGMENT_HEADER_BYTES);
    return first !== undefined && follows(this.#log.state, first) ? 'torn' : 'durable';
  }

  async #noteBlemishes(scan: SegmentScan, position: number, batch: ScannedBatch): Promise<void> {
    const { start, end, hasOpening, hasClosing, isMetadataWorn } = batch;
    if (hasOpening && hasClosing && !isMetadataWorn) return;
    // What a crash kept from being written is put back and no sign of a failing disk.
    if ((await this.#fateOf(scan, position, batch)) !== 'durable') return;
    const path = this.#sources[position]?.path ?? '';
    if (!hasOpening) this.#blemish(path, start, 'the opening mark of a batch is damaged');
    if (isMetadataWorn) this.#blemish(path, start, 'one of two copies of the metadata is damaged');
    if (!hasClosing)
      this.#blemish(path, end - MARK_BYTES, 'the closing mark of a batch is damaged');
  }

  #blemish(path: string, offset: number, reason: string): void {
    this.#blemishes.push({ path, offset, reason });
  }

  async #endAt(
    scan: SegmentScan,
    { sequence, path }: RecoverySource,
    end: number,
    found: { readonly last: ScannedBatch | undefined; readonly isTorn: boolean },
  ): Promise<void> {
    const { last } = found;
    const { readyEnd, writtenEnd } = await scan.tail(end);
    const isUntouched = writtenEnd === end && readyEnd >= end + MARGIN_BYTES;
    // Whatever a batch without marks held, it was no smaller than that.
    const isTorn = found.isTorn || (await scan.hasUnwritten(end, end + MARGIN_BYTES));
    if (last === undefined || !(isUntouched || isTorn)) {
      throw new LogDamagedError(
        this.#log.damage.entries((logIndex) => this.#log.index.termAt(logIndex)),
        `${path}: the last batch, at offset ${end}, is damaged beyond telling what it held`,
      );
    }
    this.#droppedTailBytes = writtenEnd - end;
    const isClean = isUntouched && isWhole(last);
    this.#tail = { sequence, end, readyEnd, isClean, lastBatch: isWhole(last) ? last : undefined };
  }
}

/**
 * What happened to a batch that is not whole. 'doubtful': it was written as a whole, and whether
 * its sync had finished cannot be known.
 */
type Fate = 'durable' | 'doubtful' | 'torn';

const DOUBT = 'in the last batch, whose sync may not have finished';

/** The first mark from `at` on, where a batch may begin, of one that begins there or behind. */
async function nextMark(scan: SegmentScan, at: number): Promise<MarkPlace | undefined> {
  const here = await scan.markAt(at);
  if (here?.start === at) return here;
  return (await scan.taglessMarkAt(at)) ?? scan.findMark(at);
}

/** Whether the batch was written right after `state`. */
function follows(state: LogState, { mark }: MarkPlace): boolean {
  if (mark.kind === 'opening' && state.chain !== undefined) return mark.chain === state.chain;
  return fitsAfter(state, mark);
}
