/**
 * The bytes of one file, twice: as a running program sees them, and as the platter has them.
 *
 * ```text
 *   write ──> visible ──(sync begins: copy what differs)──(sync ends)──> durable
 *                │
 *   crash: for each sector that differs, durable takes the old one, the new one, one between the
 *          two, or a torn mix; visible becomes durable
 * ```
 *
 * A sync covers what was written before it was called, so it copies the changed sectors when it
 * begins and makes those copies durable when it ends. A sync that fails leaves its sectors
 * 'forsaken': a program still reads the new bytes, no later sync writes them, a crash may undo
 * them. That is what Linux does, and what makes a second fsync lie (Rebello et al., "Can
 * applications recover from fsync failures?", USENIX ATC 2020).
 *
 * Between two syncs a system writes back what it likes, when it likes. So a sector that was written
 * several times may come back as any of these writes, not only as the last: a few are kept for it.
 */
import type { Decisions } from './decisions.ts';
import { pageBytes, SparseBytes } from './sparse-bytes.ts';

/** The unit in which a crash keeps, loses or tears unsynced bytes. */
export const sectorBytes = 512;

/** How many earlier writes of an unsynced sector, and earlier sizes, a crash may bring back. */
const olderMax = 4;

/** How often a power loss does what to an unsynced sector: probabilities, 0..1. */
export interface SectorFates {
  /** Takes an earlier write of it for the last one, if there is one. */
  readonly olderRate: number;
  /** Leaves a prefix or suffix of the write on what was there. */
  readonly tornRate: number;
  /** Leaves bytes that nobody wrote. */
  readonly noiseRate: number;
}

/** What a sync that has begun will make durable. */
export interface PendingSync {
  readonly sectors: readonly PendingSector[];
  readonly sizeBytes: number;
  /** Which change of the size it is. */
  readonly sizeVersion: number;
}

/** What something was before a change that is not durable yet. */
interface Older<Value> {
  readonly version: number;
  readonly value: Value;
}

interface PendingSector {
  readonly index: number;
  /** Which change of the sector it is: a later one stays unsynced. */
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** One file of a simulated disk. */
export class SimulatedFile {
  readonly #visible = new SparseBytes();
  readonly #durable = new SparseBytes();
  #sizeBytes = 0;
  #durableSizeBytes = 0;
  /** Changed since the last sync began: sector index to the version of its last change. */
  readonly #dirty = new Map<number, number>();
  /** Given up by a failed sync: sector index to the version of its last change. */
  readonly #forsaken = new Map<number, number>();
  /** What unsettled sectors were between their durable and their last version, oldest first. */
  readonly #olderSectors = new Map<number, readonly Older<Uint8Array>[]>();
  #olderSizes: readonly Older<number>[] = [];
  #sizeVersion = 0;
  #versionCount = 0;
  /** When the operation last called on it completes. */
  busyUntilUs = 0;
  /** How many handles are open. */
  handleCount = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Pages that take room. */
  get pageCount(): number {
    return this.#visible.pageCount;
  }

  /** How many pages a write would add. */
  missingPages(offset: number, sizeBytes: number): number {
    return this.#visible.missingPages(offset, sizeBytes);
  }

  /** The bytes at `offset`, at most `maxBytes` and none beyond the end. */
  read(offset: number, maxBytes: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(maxBytes, this.#sizeBytes - offset)));
    this.#visible.read(offset, bytes);
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const end = offset + bytes.length;
    this.#beginChange(offset, end);
    this.#visible.write(offset, bytes);
    this.#resize(Math.max(this.#sizeBytes, end));
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) {
      // Pages that neither store has are zeros before and after. Each page once: a second change
      // would take what was durable before for one of the versions since.
      const starts = new Set([...this.#visible.pageOffsets(), ...this.#durable.pageOffsets()]);
      for (const start of starts) {
        const end = Math.min(start + pageBytes, this.#sizeBytes);
        this.#beginChange(Math.max(start, sizeBytes), end);
      }
      this.#visible.clearFrom(sizeBytes);
    }
    this.#resize(sizeBytes);
  }

  /** Notes what a sync called now covers. */
  beginSync(): PendingSync {
    const sectors = [...this.#dirty].map(([index, version]) => {
      return { index, version, bytes: this.#sector(this.#visible, index) };
    });
    return { sectors, sizeBytes: this.#sizeBytes, sizeVersion: this.#sizeVersion };
  }

  /** Makes durable what `pending` covers. */
  completeSync(pending: PendingSync): void {
    const isShorter = pending.sizeBytes < this.#durableSizeBytes;
    this.#durableSizeBytes = pending.sizeBytes;
    // What a durable size leaves out is gone, even where a failed sync kept a sector from knowing.
    if (isShorter) this.#durable.clearFrom(pending.sizeBytes);
    this.#olderSizes = after(this.#olderSizes, pending.sizeVersion);
    for (const { index, version, bytes } of pending.sectors) {
      this.#durable.write(index * sectorBytes, bytes);
      if (this.#dirty.get(index) === version) this.#dirty.delete(index);
      const older = after(this.#olderSectors.get(index) ?? [], version);
      if (older.length === 0) this.#olderSectors.delete(index);
      else this.#olderSectors.set(index, older);
    }
  }

  /** Gives up what `pending` covers: it was not written, and will not be. */
  failSync(pending: PendingSync): void {
    for (const { index, version } of pending.sectors) {
      if (this.#dirty.get(index) !== version) continue;
      this.#dirty.delete(index);
      this.#forsaken.set(index, version);
    }
  }

  /** Sectors whose fate at a crash is open, ascending. */
  unsettledSectors(): readonly number[] {
    return [...this.#dirty.keys(), ...this.#forsaken.keys()].sort((a, b) => a - b);
  }

  /** Whether the fate of the size at a crash is open. */
  get hasUnsettledSize(): boolean {
    return this.#sizeBytes !== this.#durableSizeBytes || this.#olderSizes.length > 0;
  }

  /** Settles every open fate by `draws`, turned to this crash of this file. */
  crash(draws: Decisions, fates: SectorFates): void {
    const sizeBytes = this.#settledSize(draws, fates);
    for (const index of this.unsettledSectors()) {
      const old = this.#sector(this.#durable, index);
      const last = this.#sector(this.#visible, index);
      const older = this.#olderSectors.get(index) ?? [];
      const written = oneOf(older, draws, fates) ?? last;
      this.#durable.write(index * sectorBytes, settledSector(old, written, draws, fates));
    }
    this.#dirty.clear();
    this.#forsaken.clear();
    this.#olderSectors.clear();
    this.#olderSizes = [];
    this.#durable.clearFrom(sizeBytes);
    this.#sizeBytes = sizeBytes;
    this.#durableSizeBytes = sizeBytes;
    this.#visible.clearFrom(0);
    copyBytes(this.#durable, this.#visible);
  }

  /** Closes all handles: the process that had them is gone. */
  endHandles(): void {
    this.busyUntilUs = 0;
    this.handleCount = 0;
  }

  /** Flips one bit, at rest and in sight. `bitIndex` is below 8 times the size. */
  flipBit(bitIndex: number): void {
    const offset = Math.floor(bitIndex / 8);
    for (const store of [this.#visible, this.#durable]) {
      const byte = new Uint8Array(1);
      store.read(offset, byte);
      byte[0] = (byte[0] ?? 0) ^ (1 << (bitIndex % 8));
      store.write(offset, byte);
    }
  }

  /** The file as its durable part is. */
  durableCopy(): SimulatedFile {
    const copy = new SimulatedFile();
    copy.#sizeBytes = this.#durableSizeBytes;
    copy.#durableSizeBytes = this.#durableSizeBytes;
    copyBytes(this.#durable, copy.#durable);
    copyBytes(this.#durable, copy.#visible);
    return copy;
  }

  /** Before bytes change: notes what they were, if that is not durable, and that they changed. */
  #beginChange(from: number, to: number): void {
    if (from >= to) return;
    const version = ++this.#versionCount;
    for (let index = Math.floor(from / sectorBytes); index * sectorBytes < to; index += 1) {
      const before = this.#dirty.get(index) ?? this.#forsaken.get(index);
      if (before !== undefined) {
        const older = { version: before, value: this.#sector(this.#visible, index) };
        this.#olderSectors.set(index, withOlder(this.#olderSectors.get(index) ?? [], older));
      }
      this.#dirty.set(index, version);
      this.#forsaken.delete(index);
    }
  }

  #resize(sizeBytes: number): void {
    if (sizeBytes === this.#sizeBytes) return;
    if (this.hasUnsettledSize) {
      const older = { version: this.#sizeVersion, value: this.#sizeBytes };
      this.#olderSizes = withOlder(this.#olderSizes, older);
    }
    this.#sizeVersion += 1;
    this.#sizeBytes = sizeBytes;
  }

  #settledSize(draws: Decisions, fates: SectorFates): number {
    if (!this.hasUnsettledSize || !draws.isHit(0.5)) return this.#durableSizeBytes;
    return oneOf(this.#olderSizes, draws, fates) ?? this.#sizeBytes;
  }

  #sector(store: SparseBytes, index: number): Uint8Array {
    const bytes = new Uint8Array(sectorBytes);
    store.read(index * sectorBytes, bytes);
    return bytes;
  }
}

/** Those of `older` that a sync of `version` has not settled. */
function after<Value>(older: readonly Older<Value>[], version: number): readonly Older<Value>[] {
  return older.filter((each) => each.version > version);
}

function withOlder<Value>(
  older: readonly Older<Value>[],
  latest: Older<Value>,
): readonly Older<Value>[] {
  return [...older, latest].slice(-olderMax);
}

/** One of `older`, as often as `fates` say; else undefined. */
function oneOf<Value>(
  older: readonly Older<Value>[],
  draws: Decisions,
  { olderRate }: SectorFates,
): Value | undefined {
  if (older.length === 0 || !draws.isHit(olderRate)) return undefined;
  return older[draws.int(older.length)]?.value;
}

/**
 * The old sector, the one written, or one torn: a prefix or suffix of the one written. Noise only
 * if that is asked for: a log cannot tell a last batch that a crash made unreadable from one that
 * was durable and has rotted, and no disk does that at every power cut.
 */
function settledSector(
  old: Uint8Array,
  written: Uint8Array,
  draws: Decisions,
  { tornRate, noiseRate }: SectorFates,
): Uint8Array {
  if (draws.isHit(noiseRate)) return old.map(() => draws.int(256));
  if (!draws.isHit(tornRate)) return draws.isHit(0.5) ? written : old;
  const cut = 1 + draws.int(sectorBytes - 1);
  return draws.isHit(0.5)
    ? concatenated(written.subarray(0, cut), old.subarray(cut))
    : concatenated(old.subarray(0, cut), written.subarray(cut));
}

function concatenated(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function copyBytes(source: SparseBytes, target: SparseBytes): void {
  for (const start of source.pageOffsets()) {
    const page = new Uint8Array(pageBytes);
    source.read(start, page);
    target.write(start, page);
  }
}
