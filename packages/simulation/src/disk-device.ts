import { DiskError } from '@quorate/storage';

import { Decisions } from './decisions.ts';
import { sampleDelayMs } from './delay-distribution.ts';
import type { DiskSettings } from './disk-options.ts';
import { FileNames } from './file-names.ts';
import type { Incarnation } from './incarnation.ts';
import type { Scheduler, SimulatedEvent } from './scheduler.ts';
import { SimulatedFile } from './simulated-file.ts';
import { pageBytes } from './sparse-bytes.ts';
import { digestText, noLabel, type TraceRecorder } from './trace.ts';

/** What a crash does to the disk. */
export type CrashKind =
  | 'power' // The machine loses power: what was not synced is lost, kept or torn.
  | 'process'; // Only the process dies, as by kill -9: the system still has every write.

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
  readonly names: FileNames = new FileNames();
  readonly settings: DiskSettings;
  /** Names of folders some living process has locked. */
  readonly locks: Set<string> = new Set<string>();
  readonly #surroundings: DiskSurroundings;
  readonly #nodeId: string;
  readonly #decisions: Decisions;
  readonly #lane: number;
  /** Every file that takes room, with the number its decisions hang on. */
  readonly #files = new Map<SimulatedFile, number>();
  #fileCount = 0;
  /** Orders the operations on names. */
  readonly #nameQueue = { busyUntilUs: 0 };
  #operationCount = 0;
  #crashCount = 0;
  #damageCount = 0;
  #pendingSyncFailures = 0;
  #pendingReadFailures = 0;
  #pendingMisdirections = 0;
  #slowdown = 1;
  #isFull = false;

  constructor(nodeId: string, surroundings: DiskSurroundings) {
    this.#nodeId = nodeId;
    this.#surroundings = surroundings;
    this.settings = surroundings.settings;
    this.#decisions = new Decisions(surroundings.seed, `disk ${nodeId}`);
    this.#lane = digestText(`disk ${nodeId}`);
  }

  get nameQueue(): { busyUntilUs: number } {
    return this.#nameQueue;
  }

  /** Room left for file contents, in bytes. */
  get freeBytes(): number {
    if (this.#isFull) return 0;
    if (this.settings.capacityBytes === Infinity) return Infinity;
    let pageCount = 0;
    for (const file of this.#files.keys()) pageCount += file.pageCount;
    return Math.max(0, this.settings.capacityBytes - pageCount * pageBytes);
  }

  /** Makes the next `count` syncs fail, and no more. */
  failSyncs(count: number): void {
    this.#pendingSyncFailures = count;
  }

  /** Makes the next `count` reads fail, and no more. */
  failReads(count: number): void {
    this.#pendingReadFailures = count;
  }

  /** Makes the next `count` writes, and no more, land elsewhere in their file. */
  misdirectWrites(count: number): void {
    this.#pendingMisdirections = count;
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
    this.#pendingSyncFailures = 0;
    this.#pendingReadFailures = 0;
    this.#pendingMisdirections = 0;
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
    for (const file of this.#files.keys()) file.endHandles();
    if (kind === 'power') {
      const name = `disk ${this.#nodeId} crash ${String(this.#crashCount++)}`;
      const decisions = new Decisions(this.#surroundings.seed, name);
      this.names.crash(decisions.about('crash', 0), this.settings.nameSurvivalRate);
      for (const [file, number] of this.#files) {
        file.crash(decisions.about('tear', number), this.settings.tornRate);
      }
    }
    this.forgetUnreachable();
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

  /** Reports that a caller broke its side of the port. */
  reportMisuse(error: Error, incarnation: Incarnation): void {
    this.#surroundings.reportError(error, incarnation);
  }

  /** Whether the sync called now fails. */
  takesSyncFailure(): boolean {
    if (this.#pendingSyncFailures > 0) {
      this.#pendingSyncFailures -= 1;
      return true;
    }
    return this.#currentDraws('syncFailure').isHit(this.settings.syncFailureRate);
  }

  /** Whether the read called now fails. */
  takesReadFailure(): boolean {
    if (this.#pendingReadFailures > 0) {
      this.#pendingReadFailures -= 1;
      return true;
    }
    return this.#currentDraws('readFailure').isHit(this.settings.readFailureRate);
  }

  /** Where a write meant for `offset` lands. */
  landingOffset(file: SimulatedFile, offset: number): number {
    if (this.#pendingMisdirections === 0) return offset;
    this.#pendingMisdirections -= 1;
    const sectorCount = Math.max(1, Math.ceil(file.sizeBytes / 512));
    return 512 * this.#currentDraws('damage').int(sectorCount);
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

  #currentDraws(kind: 'latency' | 'damage' | 'syncFailure' | 'readFailure'): Decisions {
    return this.#decisions.about(kind, this.#operationCount);
  }
}
