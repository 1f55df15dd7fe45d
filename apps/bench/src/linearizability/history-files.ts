import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { generatedLog, type LogOptions } from './generated-log.ts';

/** A history in a file: `*.log` of a register as Jepsen writes it, `*.txt` as Porcupine's tests. */
export interface HistoryFile {
  readonly path: string;
  readonly isLinearizable: boolean;
}

/** Histories that are checked together. */
export interface Batch {
  readonly name: string;
  readonly files: readonly HistoryFile[];
}

const root = join(import.meta.dirname, '../../../..');
const data = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'linearizability');

/**
 * Histories that were recorded from real systems; none if they are not at hand.
 *
 * @param porcupineSources - A folder with Porcupine's tests, where one more history is.
 */
export function recordedBatches(porcupineSources: string | undefined): readonly Batch[] {
  if (!existsSync(data)) return [];
  const verdicts = JSON.parse(readFileSync(join(data, 'verdicts.json'), 'utf8')) as Readonly<
    Record<string, boolean>
  >;
  const filesIn = (folder: string): readonly HistoryFile[] =>
    readdirSync(join(data, folder)).map((name) => ({
      path: join(data, folder, name),
      isLinearizable: verdicts[`${folder}/${name}`] === true,
    }));
  const logs = filesIn('etcd');
  const largest = join(porcupineSources ?? '', 'test_data/kv/c50-bad.txt');
  const stores = [
    ...filesIn('kv'),
    ...(existsSync(largest) ? [{ path: largest, isLinearizable: false }] : []),
  ];
  return [
    { name: `etcd, ${logs.length} logs together`, files: logs },
    ...stores.map((file) => ({ name: `key-value, ${basename(file.path, '.txt')}`, files: [file] })),
  ];
}

/** Histories of the same kind, made here. */
export function smallBatches(): readonly Batch[] {
  const sizes = [
    { clientCount: 1, keyCount: 10, operationCount: 60 },
    { clientCount: 10, keyCount: 10, operationCount: 400 },
    { clientCount: 30, keyCount: 10, operationCount: 1_800 },
  ];
  return sizes.flatMap((size) => [
    generated({ seed: 1, ...size, isBroken: false }),
    generated({ seed: 1, ...size, isBroken: true }),
  ]);
}

/** A violation as a test of a service would find it. */
export function largeBatch(): Batch {
  const size = { clientCount: 50, keyCount: 10, operationCount: 4_000 };
  const { name, files } = generated({ seed: 2, ...size, isBroken: true });
  return { name: `${name}, explained`, files };
}

function generated(options: LogOptions): Batch {
  const { clientCount, operationCount, isBroken } = options;
  const name =
    `key-value, ${operationCount.toLocaleString('en')} operations of ${clientCount} clients, ` +
    (isBroken ? 'one wrong answer' : 'all right');
  const path = join(temporaryFolder(), `${name}.txt`);
  writeFileSync(path, generatedLog(options));
  return { name, files: [{ path, isLinearizable: !isBroken }] };
}

let folder: string | undefined;

function temporaryFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'histories-'));
  process.once('exit', () => {
    rmSync(made, { recursive: true });
  });
  folder = made;
  return made;
}
