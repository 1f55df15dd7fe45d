import { DiskError } from '../errors.ts';

/** The unit in which a crash keeps or loses unsynced bytes. */
const SECTOR_BYTES = 512;

/** The unit in which room is taken, as on most file systems. */
const BLOCK_BYTES = 4_096;

/** The room all files of a disk share. */
export interface Room {
  freeBytes: number;
}

/**
 * The bytes of one file, and of every sector changed since the last sync what it held before.
 *
 * Blocks that were never written are absent and read as zeros, so a large empty file costs nothing.
 */
export class MemoryFile {
  readonly #room: Room;
  readonly #blocks: Map<number, Uint8Array>;
  /** Changed since the last sync: sector index to its old bytes. */
  readonly #unsynced = new Map<number, Uint8Array>();
  #sizeBytes: number;
  #syncedSizeBytes: number;

  constructor(room: Room, blocks?: Map<number, Uint8Array>, sizeBytes = 0) {
    this.#room = room;
    this.#blocks = blocks ?? new Map<number, Uint8Array>();
    this.#sizeBytes = sizeBytes;
    this.#syncedSizeBytes = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The room it takes. */
  get allocatedBytes(): number {
    return this.#blocks.size * BLOCK_BYTES;
  }

  /** Copies what lies at `offset` into `target`; returns how many bytes that were. */
  read(offset: number, target: Uint8Array): number {
    const end = Math.min(offset + target.length, this.#sizeBytes);
    if (end <= offset) return 0;
    this.#copyOut(offset, target.subarray(0, end - offset));
    return end - offset;
  }

  /** @throws DiskError 'DISK_FULL' after writing the part for which there was room. */
  write(offset: number, bytes: Uint8Array, path: string): void {
    this.#remember(offset, offset + bytes.length);
    let done = 0;
    while (done < bytes.length) {
      const position = offset + done;
      const block = this.#blockForWriting(Math.floor(position / BLOCK_BYTES), path);
      const start = position % BLOCK_BYTES;
      const count = Math.min(BLOCK_BYTES - start, bytes.length - done);
      block.set(bytes.subarray(done, done + count), start);
      done += count;
      this.#sizeBytes = Math.max(this.#sizeBytes, position + count);
    }
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) this.#dropFrom(sizeBytes);
    this.#sizeBytes = sizeBytes;
  }

  sync(): void {
    this.#unsynced.clear();
    this.#syncedSizeBytes = this.#sizeBytes;
  }

  /** Gives the room back. The file must not be used again. */
  discard(): void {
    this.#room.freeBytes += this.allocatedBytes;
    this.#blocks.clear();
  }

  /** Sectors whose fate at a crash is open, ascending. */
  unsyncedSectors(): readonly number[] {
    return [...this.#unsynced.keys()].sort((left, right) => left - right);
  }

  get hasUnsyncedSize(): boolean {
    return this.#sizeBytes !== this.#syncedSizeBytes;
  }

  /**
   * What a crash leaves.
   *
   * @param survivingBytes - For an unsynced sector, how many of its leading bytes are the new ones:
   *   0 leaves the old sector, 512 the new one, a number between tears it.
   * @param survivesSize - Whether an unsynced change of size survives.
   */
  afterCrash(
    room: Room,
    survivingBytes: (sectorIndex: number) => number,
    survivesSize: boolean,
  ): MemoryFile {
    const blocks = new Map([...this.#blocks].map(([index, block]) => [index, block.slice()]));
    for (const [sector, old] of this.#unsynced) {
      const kept = survivingBytes(sector);
      const position = sector * SECTOR_BYTES;
      const index = Math.floor(position / BLOCK_BYTES);
      const block = blocks.get(index) ?? new Uint8Array(BLOCK_BYTES);
      block.set(old.subarray(kept), (position % BLOCK_BYTES) + kept);
      blocks.set(index, block);
    }
    const size = survivesSize ? this.#sizeBytes : this.#syncedSizeBytes;
    for (const index of blocks.keys()) {
      if (index * BLOCK_BYTES >= size) blocks.delete(index);
    }
    blocks.get(Math.floor(size / BLOCK_BYTES))?.fill(0, size % BLOCK_BYTES);
    room.freeBytes = Math.max(0, room.freeBytes - blocks.size * BLOCK_BYTES);
    return new MemoryFile(room, blocks, size);
  }

  #copyOut(offset: number, target: Uint8Array): void {
    let done = 0;
    while (done < target.length) {
      const position = offset + done;
      const start = position % BLOCK_BYTES;
      const count = Math.min(BLOCK_BYTES - start, target.length - done);
      const block = this.#blocks.get(Math.floor(position / BLOCK_BYTES));
      if (block === undefined) target.fill(0, done, done + count);
      else target.set(block.subarray(start, start + count), done);
      done += count;
    }
  }

  /** Keeps the old bytes of every sector in the range, once per sync. */
  #remember(from: number, to: number): void {
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < to; sector += 1) {
      if (this.#unsynced.has(sector)) continue;
      const old = new Uint8Array(SECTOR_BYTES);
      this.#copyOut(sector * SECTOR_BYTES, old);
      this.#unsynced.set(sector, old);
    }
  }

  #dropFrom(sizeBytes: number): void {
    for (const [index, block] of this.#blocks) {
      const start = index * BLOCK_BYTES;
      if (start + BLOCK_BYTES <= sizeBytes) continue;
      this.#remember(Math.max(start, sizeBytes), Math.min(start + BLOCK_BYTES, this.#sizeBytes));
      if (start < sizeBytes) {
        block.fill(0, sizeBytes - start);
        continue;
      }
      this.#blocks.delete(index);
      this.#room.freeBytes += BLOCK_BYTES;
    }
  }

  #blockForWriting(index: number, path: string): Uint8Array {
    const existing = this.#blocks.get(index);
    if (existing !== undefined) return existing;
    if (this.#room.freeBytes < BLOCK_BYTES) {
      throw new DiskError('DISK_FULL', path, 'no room left; free some and try again');
    }
    this.#room.freeBytes -= BLOCK_BYTES;
    const block = new Uint8Array(BLOCK_BYTES);
    this.#blocks.set(index, block);
    return block;
  }
}
