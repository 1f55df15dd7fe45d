import { join } from 'node:path';

import {
  type Batch,
  largeBatch,
  recordedBatches,
  smallBatches,
} from '../linearizability/history-files.ts';
import { buildPorcupine, porcupineSources } from '../linearizability/porcupine.ts';
import { type Checker, checkerContender, metrics } from '../linearizability/times.ts';
import { type BenchCase, constantPeer, type Suite } from '../suite.ts';

const main = join(import.meta.dirname, '../linearizability/check-main.ts');

function ours(...options: readonly string[]): () => Promise<Checker> {
  const checker = {
    command: process.execPath,
    args: ['--conditions=@quorate/source', main, ...options],
    env: {},
    remove: () => Promise.resolve(),
  };
  return () => Promise.resolve(checker);
}

function besidePorcupine({ name, files }: Batch): BenchCase {
  return {
    name,
    metrics,
    ours: checkerContender('quorate', ours(), files),
    peers: [checkerContender('Porcupine', buildPorcupine, files)],
    warmUpRuns: 0,
  };
}

/** What the project promises. */
function besideGoal({ name, files }: Batch, goalMs: number, ...options: string[]): BenchCase {
  const goal = Object.fromEntries(metrics.map((metric) => [metric.name, goalMs]));
  return {
    name,
    metrics,
    ours: checkerContender('quorate', ours(...options), files),
    peers: [constantPeer('goal', goal)],
    warmUpRuns: 0,
  };
}

const recorded = recordedBatches(porcupineSources);
const compared = recorded.length > 0 ? recorded : smallBatches();
const all = { name: 'all of these together', files: compared.flatMap(({ files }) => files) };

/** Parsing is not measured; whoever answers wrongly fails. */
export const suite: Suite = {
  name: 'linearizability',
  description:
    'How much CPU time does it take to check a history, beside Porcupine on one thread, in a ' +
    'process that has checked for a while and in one that has just begun?',
  cases: [
    ...compared.map(besidePorcupine),
    besideGoal(all, 5_000),
    besideGoal(largeBatch(), 1_000, '--explain'),
  ],
};
