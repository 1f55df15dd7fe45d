/**
 * The bytes of one file, twice: as a running program sees them, and as the platter has them.
 *
 * ```text
 *   write ──> visible ──(sync begins: copy what differs)──(sync ends)──> durable
 *                │
 *   crash: for each sector that differs, durable takes the old one, the new one or a torn mix;
 *          visible becomes durable
 * ```
 *
 * A sync covers what was written before it was called, so it copies the changed sectors when it
 * begins and makes those copies durable when it ends. A sync that fails leaves its sectors
 * 'forsaken': a program still reads the new bytes, no later sync writes them, a crash may undo
 * them. That is what Linux does, and what makes a second fsync lie (Rebello et al., "Can
 * applications recover from fsync failures?", USENIX ATC 2020).
 */
import type { Decisions } from './decisions.ts';
import { pageBytes, SparseBytes } from './sparse-bytes.ts';

/** The unit in which a crash keeps, loses or tears unsynced bytes. */
export const sectorBytes = 512;

/** What a sync that has begun will make durable. */
export interface PendingSync {
  readonly sectors: readonly PendingSector[];
  readonly sizeBytes: number;
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
  /** Given up by a failed sync. */
  readonly #forsaken = new Set<number>();
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
    this.#visible.write(offset, bytes);
    this.#markDirty(offset, offset + bytes.length);
    this.#sizeBytes = Math.max(this.#sizeBytes, offset + bytes.length);
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) {
      // Pages that neither store has are zeros before and after.
      const starts = [...this.#visible.pageOffsets(), ...this.#durable.pageOffsets()];
      for (const start of starts) {
        const end = Math.min(start + pageBytes, this.#sizeBytes);
        this.#markDirty(Math.max(start, sizeBytes), end);
      }
      this.#visible.clearFrom(sizeBytes);
    }
    this.#sizeBytes = sizeBytes;
  }

  /** Notes what a sync called now covers. */
  beginSync(): PendingSync {
    const sectors = [...this.#dirty].map(([index, version]) => {
      return { index, version, bytes: this.#sector(this.#visible, index) };
    });
    return { sectors, sizeBytes: this.#sizeBytes };
  }

  /** Makes durable what `pending` covers. */
  completeSync(pending: PendingSync): void {
    const isShorter = pending.sizeBytes < this.#durableSizeBytes;
    this.#durableSizeBytes = pending.sizeBytes;
    // What a durable size leaves out is gone, even where a failed sync kept a sector from knowing.
    if (isShorter) this.#durable.clearFrom(pending.sizeBytes);
    for (const { index, version, bytes } of pending.sectors) {
      this.#durable.write(index * sectorBytes, bytes);
      if (this.#dirty.get(index) === version) this.#dirty.delete(index);
    }
  }

  /** Gives up what `pending` covers: it was not written, and will not be. */
  failSync(pending: PendingSync): void {
    for (const { index, version } of pending.sectors) {
      if (this.#dirty.get(index) !== version) continue;
      this.#dirty.delete(index);
      this.#forsaken.add(index);
    }
  }

  /** Sectors whose fate at a crash is open, ascending. */
  unsettledSectors(): readonly number[] {
    return [...new Set([...this.#dirty.keys(), ...this.#forsaken])].sort((a, b) => a - b);
  }

  /** Whether the fate of the size at a crash is open. */
  get hasUnsettledSize(): boolean {
    return this.#sizeBytes !== this.#durableSizeBytes;
  }

  /** Settles every open fate by `draws`, turned to this crash of this file. */
  crash(draws: Decisions, tornRate: number): void {
    const keepsSize = this.hasUnsettledSize && draws.isHit(0.5);
    for (const index of this.unsettledSectors()) {
      const old = this.#sector(this.#durable, index);
      const now = this.#sector(this.#visible, index);
      this.#durable.write(index * sectorBytes, settledSector(old, now, draws, tornRate));
    }
    const sizeBytes = keepsSize ? this.#sizeBytes : this.#durableSizeBytes;
    this.#dirty.clear();
    this.#forsaken.clear();
    this.#durable.clearFrom(sizeBytes);
    this.#sizeBytes = sizeBytes;
    this.#durableSizeBytes = sizeBytes;
    this.#visible.clearFrom(0);
    for (const start of this.#durable.pageOffsets()) {
      const page = new Uint8Array(pageBytes);
      this.#durable.read(start, page);
      this.#visible.write(start, page);
    }
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

  #markDirty(from: number, to: number): void {
    if (from >= to) return;
    const version = ++this.#versionCount;
    for (let index = Math.floor(from / sectorBytes); index * sectorBytes < to; index += 1) {
      this.#dirty.set(index, version);
      this.#forsaken.delete(index);
    }
  }

  #sector(store: SparseBytes, index: number): Uint8Array {
    const bytes = new Uint8Array(sectorBytes);
    store.read(index * sectorBytes, bytes);
    return bytes;
  }
}

/**
 * The old sector, the new one, or one torn: a prefix or suffix of the new. Never noise: bytes that
 * are neither old nor new are damage, which fault 'bitRot' does. A log cannot tell a last batch
 * that a crash made unreadable from one that was durable and has rotted, and no disk does that at
 * every power cut.
 */
function settledSector(
  old: Uint8Array,
  now: Uint8Array,
  draws: Decisions,
  tornRate: number,
): Uint8Array {
  if (!draws.isHit(tornRate)) return draws.isHit(0.5) ? now : old;
  const cut = 1 + draws.int(sectorBytes - 1);
  return draws.isHit(0.5)
    ? concatenated(now.subarray(0, cut), old.subarray(cut))
    : concatenated(old.subarray(0, cut), now.subarray(cut));
}

function concatenated(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
