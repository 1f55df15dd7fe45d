import { DiskError } from '@quorate/storage';

import { Decisions } from './decisions.ts';
import { sampleDelayMs } from './delay-distribution.ts';
import { DiskContents } from './disk-contents.ts';
import type { DiskSettings } from './disk-options.ts';
import type { FileNames } from './file-names.ts';
import type { Incarnation } from './incarnation.ts';
import type { Scheduler, SimulatedEvent } from './scheduler.ts';
import { sectorBytes, type SimulatedFile } from './simulated-file.ts';
import { pageBytes } from './sparse-bytes.ts';
import { digestText, noLabel, type TraceRecorder } from './trace.ts';

/** What a crash does to the disk. */
export type CrashKind =
  | 'power' // The machine loses power: what was not synced is lost, kept or torn.
  | 'process'; // Only the process dies, as by kill -9: the system still has every write.

/** What can go wrong with so many of the next operations. */
export type DiskMishap =
  | 'syncFailure' // The sync fails, and with it the file.
  | 'syncLie' // The sync succeeds, and nothing of it is durable.
  | 'readFailure' // The read fails.
  | 'readMisdirection' // The read has the bytes of another sector among its own.
  | 'writeMisdirection'; // The write lands in another sector.

/** What a disk needs of the simulation around it. */
export interface DiskSurroundings {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  readonly settings: DiskSettings;
  /** Takes what is wrong with the way a disk is used, beyond what the call can throw. */
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
}

/** One operation of one life of a node. */
export interface DiskOperation<Result> {
  readonly incarnation: Incarnation;
  /** For the trace, such as 'write'. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Operations of one queue complete in the order in which they were called. */
  readonly queue: { busyUntilUs: number };
  /**
   * Takes effect at once, so that effects are in the order of calls.
   *
   * @returns What happens when it completes, and the result.
   * @throws DiskError to fail when it completes.
   */
  readonly begin: () => () => Result;
}

/** The disk of one node, through all its lives: what it holds and what is wrong with it. */
export class DiskDevice {
  readonly settings: DiskSettings;
  /** Names of folders some living process has locked. */
  readonly locks: Set<string> = new Set<string>();
  readonly #surroundings: DiskSurroundings;
  readonly #name: string;
  readonly #decisions: Decisions;
  readonly #lane: number;
  /** Orders the operations on names. */
  readonly #nameQueue = { busyUntilUs: 0 };
  /** How many of the next operations go wrong. */
  readonly #pending = new Map<DiskMishap, number>();
  #contents: DiskContents;
  #operationCount = 0;
  #crashCount = 0;
  #damageCount = 0;
  #slowdown = 1;
  #isFull = false;

  /** @param name - Tells its decisions from those of all other disks. */
  constructor(
    name: string,
    surroundings: DiskSurroundings,
    contents: DiskContents = new DiskContents(),
  ) {
    this.#name = name;
    this.#surroundings = surroundings;
    this.#contents = contents;
    this.settings = surroundings.settings;
    this.#decisions = new Decisions(surroundings.seed, `disk ${name}`);
    this.#lane = digestText(`disk ${name}`);
  }

  get names(): FileNames {
    return this.#contents.names;
  }

  get nameQueue(): { busyUntilUs: number } {
    return this.#nameQueue;
  }

  /** Room left for file contents, in bytes. */
  get freeBytes(): number {
    if (this.#isFull) return 0;
    if (this.settings.capacityBytes === Infinity) return Infinity;
    return Math.max(0, this.settings.capacityBytes - this.#contents.pageCount * pageBytes);
  }

  /** Makes the next `count` operations that `mishap` is about go wrong, and no more. */
  plague(mishap: DiskMishap, count: number): void {
    this.#pending.set(mishap, count);
  }

  /** Makes everything take `factor` times as long from now on; 1 is healthy. */
  slowDown(factor: number): void {
    this.#slowdown = factor;
  }

  /** Takes all free room away, or gives it back. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
  }

  /** Ends what the faults above began. Damage stays. */
  repair(): void {
    this.#pending.clear();
    this.#slowdown = 1;
    this.#isFull = false;
  }

  /**
   * Flips `bitCount` bits of one file whose path starts with `pathPrefix`.
   *
   * @returns The damaged file's path, or undefined if there is no such file with any bytes.
   */
  rot(pathPrefix: string, bitCount: number): string | undefined {
    const candidates = this.names
      .files()
      .filter(([path, file]) => path.startsWith(pathPrefix) && file.sizeBytes > 0);
    const draws = this.#decisions.about('damage', this.#damageCount++);
    const chosen = candidates[draws.int(Math.max(1, candidates.length))];
    if (chosen === undefined) return undefined;
    const [path, file] = chosen;
    for (let count = 0; count < bitCount; count += 1) file.flipBit(draws.int(8 * file.sizeBytes));
    return path;
  }

  /** Lets a crash take what it takes. */
  crash(kind: CrashKind): void {
    this.locks.clear();
    this.#nameQueue.busyUntilUs = 0;
    this.#contents.endHandles();
    if (kind === 'power') {
      const name = `disk ${this.#name} crash ${String(this.#crashCount++)}`;
      const decisions = new Decisions(this.#surroundings.seed, name);
      this.#contents.losePower(decisions, this.settings.nameSurvivalRate, this.settings);
    }
    this.forgetUnreachable();
  }

  /** What it would hold after a loss of power that keeps nothing unsynced. */
  durableCopy(): DiskContents {
    return this.#contents.durableCopy();
  }

  /** Holds something else from now on. No process may have it open. */
  replaceContents(contents: DiskContents): void {
    this.#contents = contents;
  }

  /** Holds what `other` held, and the other way round. No process may have either open. */
  swapContents(other: DiskDevice): void {
    const contents = this.#contents;
    this.#contents = other.#contents;
    other.#contents = contents;
  }

  /** A new, empty file. */
  createFile(): SimulatedFile {
    return this.#contents.createFile();
  }

  /** Gives back the room of files that no handle and no name, now or after a crash, can reach. */
  forgetUnreachable(): void {
    this.#contents.forgetUnreachable();
  }

  /** Reports that a caller broke its side of the port. */
  reportMisuse(error: Error, incarnation: Incarnation): void {
    this.#surroundings.reportError(error, incarnation);
  }

  /** What becomes of the sync called now. */
  syncFate(): 'durable' | 'failed' | 'lie' {
    if (this.#strikes('syncFailure')) return 'failed';
    if (this.#currentDraws('syncFailure').isHit(this.settings.syncFailureRate)) return 'failed';
    return this.#strikes('syncLie') ? 'lie' : 'durable';
  }

  /** Whether the read called now fails. */
  takesReadFailure(): boolean {
    if (this.#strikes('readFailure')) return true;
    return this.#currentDraws('readFailure').isHit(this.settings.readFailureRate);
  }

  /** Where a write meant for `offset` lands. */
  landingOffset(file: SimulatedFile, offset: number): number {
    if (!this.#strikes('writeMisdirection')) return offset;
    const meant = Math.floor(offset / sectorBytes);
    const draws = this.#currentDraws('misdirection');
    return offset + sectorBytes * (otherSector(file, meant, draws) - meant);
  }

  /** Puts the bytes of another sector among `bytes`, read at `offset`, if that goes wrong now. */
  misdirectRead(file: SimulatedFile, offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.#strikes('readMisdirection')) return;
    const draws = this.#currentDraws('misdirection');
    const end = offset + bytes.length;
    const first = Math.floor(offset / sectorBytes);
    const meant = first + draws.int(Math.ceil(end / sectorBytes) - first);
    const from = Math.max(offset, meant * sectorBytes);
    const to = Math.min(end, (meant + 1) * sectorBytes);
    const elsewhere = from + sectorBytes * (otherSector(file, meant, draws) - meant);
    bytes.fill(0, from - offset, to - offset);
    bytes.set(file.read(elsewhere, to - from), from - offset);
  }

  /** Runs an operation. Once the node's life is over it never settles. */
  perform<Result>(operation: DiskOperation<Result>): Promise<Result> {
    const { incarnation, queue } = operation;
    if (!incarnation.isAlive) return new Promise(() => undefined);
    const { scheduler } = this.#surroundings;
    this.#operationCount += 1;
    const settle = this.#begin(operation);
    const completesUs = Math.max(queue.busyUntilUs, scheduler.nowUs + this.#latencyUs(operation));
    queue.busyUntilUs = completesUs;
    return new Promise((resolve, reject) => {
      const completion: SimulatedEvent = {
        fire: () => {
          if (!incarnation.admits(completion)) return false;
          this.#complete(operation, settle, resolve, reject);
          return true;
        },
      };
      scheduler.plan(completesUs, completion, this.#lane);
    });
  }

  #begin<Result>(operation: DiskOperation<Result>): () => Result {
    try {
      return operation.begin();
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  #complete<Result>(
    operation: DiskOperation<Result>,
    settle: () => Result,
    resolve: (result: Result) => void,
    reject: (reason: unknown) => void,
  ): void {
    const { incarnation, name, path, sizeBytes } = operation;
    const record = (outcome: string): void => {
      const text = `${name}:${outcome} ${path}`;
      const detail = { text, hash: digestText(text) };
      const { nowUs } = this.#surroundings.scheduler;
      this.#surroundings.trace.add(nowUs, 'disk', incarnation.label, noLabel, sizeBytes, 0, detail);
    };
    try {
      const result = settle();
      record('ok');
      resolve(result);
    } catch (error) {
      record(error instanceof DiskError ? error.code : 'failed');
      reject(error);
    }
  }

  #latencyUs({ name }: DiskOperation<unknown>): number {
    const { latency, syncLatency } = this.settings;
    const isSync = name === 'sync' || name === 'syncDirectory';
    const draws = this.#currentDraws('latency');
    const ms = sampleDelayMs(isSync ? syncLatency : latency, draws, this.#operationCount);
    return Math.round(ms * this.#slowdown * 1_000);
  }

  /** Whether `mishap` is due; if so, that is one less to come. */
  #strikes(mishap: DiskMishap): boolean {
    const left = this.#pending.get(mishap) ?? 0;
    if (left === 0) return false;
    this.#pending.set(mishap, left - 1);
    return true;
  }

  #currentDraws(kind: 'latency' | 'misdirection' | 'syncFailure' | 'readFailure'): Decisions {
    return this.#decisions.about(kind, this.#operationCount);
  }
}

/** Any sector of `file` but `meant`; the next one if there is no other. */
function otherSector(file: SimulatedFile, meant: number, draws: Decisions): number {
  const count = Math.ceil(file.sizeBytes / sectorBytes);
  const others = meant < count ? count - 1 : count;
  if (others === 0) return meant + 1;
  const drawn = draws.int(others);
  return drawn >= meant ? drawn + 1 : drawn;
}
