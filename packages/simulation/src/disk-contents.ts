import type { Decisions } from './decisions.ts';
import { FileNames } from './file-names.ts';
import { type SectorFates, SimulatedFile } from './simulated-file.ts';

/** What lies on a disk: files and their names. Can be copied, and put into another disk. */
export class DiskContents {
  readonly names: FileNames;
  /** Every file that takes room, with the number its decisions hang on. */
  readonly #files = new Map<SimulatedFile, number>();
  #fileCount = 0;

  constructor(names: FileNames = new FileNames()) {
    this.names = names;
  }

  /** Pages that take room. */
  get pageCount(): number {
    let count = 0;
    for (const file of this.#files.keys()) count += file.pageCount;
    return count;
  }

  /** A new, empty file. */
  createFile(): SimulatedFile {
    const file = new SimulatedFile();
    this.#files.set(file, this.#fileCount++);
    return file;
  }

  /** Gives back the room of files that no handle and no name, now or after a crash, can reach. */
  forgetUnreachable(): void {
    const reachable = this.names.reachable();
    for (const file of this.#files.keys()) {
      if (file.handleCount === 0 && !reachable.has(file)) this.#files.delete(file);
    }
  }

  /** Closes all handles: the process that had them is gone. */
  endHandles(): void {
    for (const file of this.#files.keys()) file.endHandles();
  }

  /** Settles by `draws` what a loss of power leaves open. */
  losePower(draws: Decisions, nameSurvivalRate: number, fates: SectorFates): void {
    this.names.crash(draws.about('crash', 0), nameSurvivalRate);
    for (const [file, number] of this.#files) file.crash(draws.about('tear', number), fates);
  }

  /** What a loss of power that keeps nothing unsynced would leave. */
  durableCopy(): DiskContents {
    const copies = new Map<SimulatedFile, SimulatedFile>();
    const copyOf = (file: SimulatedFile): SimulatedFile => {
      const made = copies.get(file) ?? file.durableCopy();
      copies.set(file, made);
      return made;
    };
    const copy = new DiskContents(this.names.durableCopy(copyOf));
    copy.#fileCount = this.#fileCount;
    for (const [file, number] of this.#files) {
      const made = copies.get(file);
      if (made !== undefined) copy.#files.set(made, number);
    }
    return copy;
  }
}
