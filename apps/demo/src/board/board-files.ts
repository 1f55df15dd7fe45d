/**
 * Where the boards of a node are on its disk: in one log for all of them, so that edits of many
 * boards become durable with one sync, and a new board costs no file; and in a folder of its own
 * for the snapshots of each board that has grown large.
 */
import { DiskStore } from '@quorate/crdts/persistence';
import { type Disk, DiskError, SharedLog } from '@quorate/storage';

const directory = 'boards';
/** Boards are small, and what all of them changed is given back in pieces of this size. */
const SEGMENT_BYTES = 4 * 1_024 * 1_024;

/** The copies that are on the disk. */
export class BoardFiles {
  readonly #disk: Disk;
  readonly #log: SharedLog;

  private constructor(disk: Disk, log: SharedLog) {
    this.#disk = disk;
    this.#log = log;
  }

  /**
   * Opens what is there.
   *
   * @throws What `SharedLog.open` throws.
   */
  static async open(disk: Disk): Promise<BoardFiles> {
    const options = { disk, directory: `${directory}/log`, segmentBytes: SEGMENT_BYTES };
    return new BoardFiles(disk, await SharedLog.open(options));
  }

  /** The boards of which something is there. */
  get boardIds(): readonly string[] {
    return this.#log.groupIds;
  }

  /** How often changes were written and synced, ever, each time for all boards that had some. */
  get syncCount(): number {
    return this.#log.batchCount;
  }

  /** What is there of a board, or nothing yet; to be closed before it is removed. */
  async openStore(boardId: string): Promise<DiskStore> {
    const log = this.#log.openGroup(boardId);
    return await DiskStore.open({ disk: this.#disk, directory: folderOf(boardId), log });
  }

  /** Forgets a board. */
  async remove(boardId: string): Promise<void> {
    await this.#log.removeGroup(boardId);
    const folder = `${folderOf(boardId)}/snapshots`;
    const names = await this.#namesIn(folder);
    for (const name of names) await this.#disk.remove(`${folder}/${name}`);
    if (names.length > 0) await this.#disk.syncDirectory(folder);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  async #namesIn(folder: string): Promise<readonly string[]> {
    try {
      return await this.#disk.list(folder);
    } catch (error) {
      if (error instanceof DiskError && error.code === 'DISK_NOT_FOUND') return [];
      throw error;
    }
  }
}

function folderOf(boardId: string): string {
  return `${directory}/copies/${boardId}`;
}
