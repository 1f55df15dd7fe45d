import { LogDamagedError, type LogEntry, WriteAheadLog } from '@quorate/storage';
import { nodeId } from '@quorate/transport';

import {
  BrokenPromise,
  type ClientOperation,
  damagedNodes,
  type Experiment,
  type NodeEnvironment,
  type NodeProcess,
  type Scenario,
  type Simulation,
  type Tuning,
  type Workload,
} from '../../src/index.ts';

/** One node with a write-ahead log, under crashes and everything a disk does. */
export const logWorkload: Workload = {
  name: 'write-ahead-log',
  nodeCounts: { min: 1, max: 1 },
  // A log alone keeps nothing that was damaged. What it owes is to say so.
  claims: () => ({ damagedMax: 1 }),
  drawTuning: (random) => ({ segmentBytes: 4_096 * 4 ** random.int(3) }),
  drawOperation: (random): Tuning => ({
    kind: ['append', 'append', 'append', 'compact', 'read'][random.int(5)] ?? 'append',
    entryCount: random.int(4),
    sizeBytes: random.int(2) === 0 ? random.int(40) : random.int(3_000),
    // How many of the last entries an append replaces, and a compaction keeps.
    tailCount: random.int(3) === 0 ? random.int(6) : 0,
    metadataBytes: random.int(3) === 0 ? random.int(60) : 0,
  }),
  open: (simulation, scenario) => new LogExperiment(simulation, scenario),
};

/** The slow, obvious log. */
interface Twin {
  readonly compactedIndex: number;
  readonly entries: readonly LogEntry[];
  readonly metadata: Uint8Array | undefined;
}

const node = nodeId('n1');

class LogExperiment implements Experiment {
  readonly #simulation: Simulation;
  readonly #scenario: Scenario;
  /** What was acknowledged, and what it becomes with each call that is under way, in order. */
  #twins: readonly [Twin, ...Twin[]] = [{ compactedIndex: 0, entries: [], metadata: undefined }];
  #log: WriteAheadLog | undefined;
  #environment: NodeEnvironment | undefined;
  #isCalm = false;
  #isDone = false;
  #callCount = 0;

  constructor(simulation: Simulation, scenario: Scenario) {
    this.#simulation = simulation;
    this.#scenario = scenario;
    simulation.addNode(node, (environment) => this.#start(environment));
  }

  begin(operation: ClientOperation): Promise<void> | void {
    const log = this.#log;
    if (log === undefined || this.#simulation.stateOf(node) !== 'running') return;
    if (operation['kind'] === 'append') return this.#append(log, operation);
    return operation['kind'] === 'compact' ? this.#compact(log, operation) : this.#read(log);
  }

  /** A process ends when its log is poisoned, and cannot start from a disk that refuses. */
  isExpected(error: unknown): boolean {
    const isRefusal = error instanceof LogDamagedError && this.#isDamaged;
    // Metadata that is gone cannot be named entry by entry: the log is of no use any more.
    if (isRefusal && this.#isCalm) this.#isDone = true;
    return isRefusal || /^(DISK_|LOG_POISONED)/.test(codeOf(error));
  }

  /** At the end there is always one more power cut, and one more append. */
  onCalm(): void {
    this.#isCalm = true;
    this.#log = undefined;
    this.#simulation.crash(node);
    this.#simulation.restart(node);
  }

  isRecovered(): boolean {
    return this.#isDone;
  }

  async #start(environment: NodeEnvironment): Promise<NodeProcess> {
    this.#log = undefined;
    const { disk } = environment;
    const segmentBytes = Number(this.#scenario.tuning['segmentBytes']);
    const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes });
    const found = await contentOf(log);
    const twin = this.#twins.find((each) => agree(each, found, log));
    if (twin === undefined) {
      const detail = `${shown(found)} after ${this.#twins.map(shown).join(', or ')}`;
      throw new BrokenPromise('acknowledged', detail);
    }
    this.#expectNoFalseAlarm(log);
    this.#twins = [twin];
    this.#environment = environment;
    this.#log = log;
    if (this.#isCalm) void this.#append(log, { atMs: 0, entryCount: 1, sizeBytes: 1 });
    return { stop: () => log.close() };
  }

  async #append(log: WriteAheadLog, operation: ClientOperation): Promise<void> {
    const { entries, compactedIndex, metadata: before } = this.#lastTwin;
    const keptCount = Math.max(0, entries.length - Number(operation['tailCount'] ?? 0));
    const firstIndex = compactedIndex + keptCount + 1;
    this.#callCount += 1;
    const filling = this.#callCount % 256;
    const added = Array.from({ length: Number(operation['entryCount']) }, (_, place): LogEntry => {
      const payload = new Uint8Array(Number(operation['sizeBytes'])).fill(filling);
      return { logIndex: firstIndex + place, term: this.#callCount, type: 0, payload };
    });
    const metadataBytes = Number(operation['metadataBytes'] ?? 0);
    const metadata = metadataBytes > 0 ? new Uint8Array(metadataBytes).fill(filling) : undefined;
    const after = {
      compactedIndex,
      entries: [...entries.slice(0, keptCount), ...added],
      metadata: metadata ?? before,
    };
    const truncates = keptCount < entries.length;
    await this.#submit(after, () =>
      log.append({
        entries: added,
        ...(truncates && { truncateFrom: firstIndex }),
        ...(metadata !== undefined && { metadata }),
      }),
    );
  }

  async #compact(log: WriteAheadLog, { tailCount }: ClientOperation): Promise<void> {
    const { entries, compactedIndex, metadata } = this.#lastTwin;
    const goneCount = Math.max(0, entries.length - Number(tailCount));
    if (goneCount === 0) return;
    const after = {
      compactedIndex: compactedIndex + goneCount,
      entries: entries.slice(goneCount),
      metadata,
    };
    await this.#submit(after, () => log.compact(after.compactedIndex));
  }

  async #submit(after: Twin, call: () => Promise<void>): Promise<void> {
    this.#twins = [...this.#twins, after];
    try {
      await call();
    } catch (error) {
      this.#onRejected(after, error);
      return;
    }
    // Who came later may have been told earlier.
    const [first, ...rest] = this.#twins.slice(Math.max(0, this.#twins.indexOf(after)));
    if (first !== undefined) this.#twins = [first, ...rest];
    if (this.#isCalm) this.#isDone = true;
  }

  #onRejected(after: Twin, error: unknown): void {
    const code = codeOf(error);
    const [first, ...rest] = this.#twins;
    const at = rest.indexOf(after);
    // This call and those behind it are undone.
    if (code === 'DISK_FULL' || code === 'LOG_DAMAGED') {
      if (at >= 0) this.#twins = [first, ...rest.slice(0, at)];
      return;
    }
    if (!/^(DISK_|LOG_)/.test(code)) throw error;
    // Nobody knows what is durable: the process ends, and the next one finds out.
    this.#log = undefined;
    this.#environment?.clock.setTimer(0, () => {
      throw error;
    });
  }

  async #read(log: WriteAheadLog): Promise<void> {
    const { entries, compactedIndex } = this.#lastTwin;
    const [first] = entries;
    if (first === undefined) return;
    let found: readonly LogEntry[];
    try {
      found = await log.read(first.logIndex, compactedIndex + entries.length);
    } catch (error) {
      if (/^DISK_|^LOG_DAMAGED/.test(codeOf(error))) return;
      // What a compaction overtakes is gone.
      if (error instanceof RangeError && log.firstIndex > first.logIndex) return;
      throw error;
    }
    if (entries.every((entry, place) => isSame(entry, found[place]))) return;
    throw new BrokenPromise('read', `${textOf(found)} where ${textOf(entries)} stands`);
  }

  /** What was acknowledged is damaged only where the disk was; the rest may look it when torn. */
  #expectNoFalseAlarm(log: WriteAheadLog): void {
    const [acknowledged, ...pending] = this.#twins;
    if (this.#isDamaged) return;
    const isUntouched = ({ logIndex, term }: LogEntry): boolean =>
      pending.every(({ compactedIndex, entries }) => {
        const now = entries[logIndex - compactedIndex - 1];
        return logIndex <= compactedIndex || now?.term === term;
      });
    const isFalse = log.damaged.find(({ logIndex }) => {
      const entry = acknowledged.entries[logIndex - acknowledged.compactedIndex - 1];
      return entry !== undefined && isUntouched(entry);
    });
    if (isFalse === undefined) return;
    throw new BrokenPromise('no false alarm', `${isFalse.logIndex}: ${isFalse.reason}`);
  }

  get #lastTwin(): Twin {
    return this.#twins.at(-1) ?? this.#twins[0];
  }

  /** Whether the disk has lost what was synced. */
  get #isDamaged(): boolean {
    const { nowMs } = this.#simulation;
    return damagedNodes(this.#scenario.faults.filter(({ atMs }) => atMs <= nowMs)).size > 0;
  }
}

/** What a log says it holds: damaged entries are missing. */
async function contentOf(log: WriteAheadLog): Promise<Twin> {
  const { firstIndex, lastIndex, recovery } = log;
  const isDamaged = (logIndex: number): boolean =>
    log.damaged.some((damaged) => damaged.logIndex === logIndex);
  const entries: LogEntry[] = [];
  for (let logIndex = firstIndex; logIndex <= lastIndex; logIndex += 1) {
    if (isDamaged(logIndex)) continue;
    try {
      entries.push(...(await log.read(logIndex, logIndex)));
    } catch (error) {
      if (!(error instanceof LogDamagedError)) throw error;
      if (!isDamaged(logIndex)) throw new BrokenPromise('damage is named', error.message);
    }
  }
  return { compactedIndex: firstIndex - 1, entries, metadata: recovery.metadata };
}

/** Whether `found` is `twin` but for entries that the log names as damaged. */
function agree(twin: Twin, found: Twin, { lastIndex, damaged }: WriteAheadLog): boolean {
  const { compactedIndex, entries, metadata } = twin;
  const lost = new Set(damaged.map(({ logIndex }) => logIndex));
  return (
    found.compactedIndex === compactedIndex &&
    lastIndex === compactedIndex + entries.length &&
    String(found.metadata) === String(metadata) &&
    textOf(entries.filter(({ logIndex }) => !lost.has(logIndex))) === textOf(found.entries)
  );
}

function isSame(left: LogEntry, right: LogEntry | undefined): boolean {
  return right !== undefined && textOf([left]) === textOf([right]);
}

/** Terms, sizes and fillings tell entries apart: each call has its own. */
function textOf(entries: readonly LogEntry[]): string {
  return entries
    .map(({ logIndex, term, payload }) => {
      const fillings = [...new Set(payload)].join('+');
      return `${logIndex}@${term}:${payload.length}x${fillings}`;
    })
    .join(' ');
}

function shown({ compactedIndex, entries, metadata }: Twin): string {
  const { length = 0 } = metadata ?? {};
  return `[${compactedIndex} gone; ${textOf(entries)}; ${length} bytes beside]`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
