#!/usr/bin/env node
/*
 * consistent-hashing plan before.json after.json --svg after.svg
 *
 * Exit codes: 0 done, 64 wrong usage, 65 a file that is no placement, 70 a fault of this program,
 * 73 a picture that cannot be written.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { placementPicture } from '../picture/placement-picture.ts';
import { diff } from '../plan/diff.ts';
import type { MovementPlan } from '../plan/movement-plan.ts';
import { planText } from '../plan/plan-text.ts';
import { balance } from '../plan/shares.ts';
import { PlacementFileError, readPlacement } from './placement-file.ts';

const USAGE = `usage: consistent-hashing plan <before> <after> [options]
       consistent-hashing picture <placement> > ring.svg

  consistent-hashing plan before.json after.json
  consistent-hashing plan before.json after.json --parallel 2 --svg after.svg

A placement is a file of JSON such as
  { "kind": "ring", "nodes": ["a", { "id": "b", "weight": 2, "zone": "east" }] }
or the bytes of a snapshot. Kinds: ring, ketama, multi-probe, slots, redis-slots, rendezvous,
weighted-rendezvous, skeleton-rendezvous, jump, maglev, anchor (with a capacity), memento.
Options are those of the kind. A "seed" may be a number, a text of digits for 64 bits, or an array
of bytes; "multi-probe" and "maglev" may have the "dialect" of go-mpchash and of cilium.

options of plan
  --parallel N   moves that a node takes part in at the same time; default 1
  --sample N     ask for N keys instead of comparing exactly
  --svg FILE     write a picture of the placement after
  --json         print one JSON object instead of text
  -h, --help     print this

exit codes: 0 done, 64 usage, 65 no placement, 70 internal error, 73 the picture cannot be written
`;

class UsageError extends Error {}

class PictureError extends Error {}

function main(args: readonly string[]): void {
  const { values, positionals } = parse(args);
  const [command, first, second, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
  } else if (command === 'picture' && first !== undefined && second === undefined) {
    process.stdout.write(placementPicture(readPlacement(first)));
  } else if (command === 'plan' && first !== undefined && second !== undefined && !rest.length) {
    plan(first, second, values);
  } else {
    throw new UsageError('expected: plan <before> <after>, or picture <placement>');
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        parallel: { type: 'string', default: '1' },
        sample: { type: 'string' },
        svg: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function plan(
  beforePath: string,
  afterPath: string,
  values: ReturnType<typeof parse>['values'],
): void {
  const maxParallelPerNode = integerOf('--parallel', values.parallel, 1, 1_000_000);
  const sample =
    values.sample === undefined
      ? undefined
      : integerOf('--sample', values.sample, 1_000, 10_000_000);
  const [before, after] = [readPlacement(beforePath), readPlacement(afterPath)];
  const found = diff(before, after, sample === undefined ? {} : { sample });
  const text = values.json
    ? `${JSON.stringify(jsonOf(found, maxParallelPerNode, balance(after).peakToMean))}\n`
    : planText(before, after, found, { maxParallelPerNode });
  process.stdout.write(text);
  if (values.svg !== undefined) writePicture(values.svg, placementPicture(after));
}

/** Nobody is `null` in JSON. */
function jsonOf(found: MovementPlan, maxParallelPerNode: number, peakToMean: number): object {
  const { isExact, moved, movedInterval, ideal, excess, perNode } = found;
  const orNull = (id: string | undefined): string | null => id ?? null;
  const plain = (move: MovementPlan['moves'][number]): object => ({
    ...move,
    from: orNull(move.from),
    to: orNull(move.to),
  });
  const steps = found
    .steps({ maxParallelPerNode })
    .map((step) =>
      step.map(({ from, to, share }) => ({ from: orNull(from), to: orNull(to), share })),
    );
  const nodes = [...perNode].map(([id, movement]) => ({ id, ...movement }));
  const moves = found.moves.map(plain);
  return { isExact, moved, movedInterval, ideal, excess, peakToMean, moves, nodes, steps };
}

function integerOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name}: expected an integer of ${min}..${max}, got ${text}`);
}

function writePicture(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    throw new PictureError(error instanceof Error ? error.message : String(error));
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 64;
  if (error instanceof PictureError) return 73;
  const isUnreadable = error instanceof Error && 'code' in error && 'syscall' in error;
  return error instanceof PlacementFileError || isUnreadable ? 65 : 70;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const code = exitCodeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`consistent-hashing: ${reason}\n${code === 64 ? `\n${USAGE}` : ''}`);
  process.exitCode = code;
}
