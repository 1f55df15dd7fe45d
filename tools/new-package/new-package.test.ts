/** The skeleton passes, in a copy of the project's frame, every check that the project has. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ESLint } from 'eslint';
import { check, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readBlocks } from '../docs/blocks.ts';
import { hasClaims, runBlock } from '../docs/run.ts';
import { typeErrors } from '../docs/typecheck.ts';
import { checkClaims } from '../docs/verdicts.ts';
import { describeViolation, readProject } from '../tidy/project.ts';
import { rules } from '../tidy/rules.ts';
import { planOf } from './skeleton.ts';
import { writePackage } from './write.ts';

const project = path.join(import.meta.dirname, '../..');
const plan = planOf('gossip-membership', 'Keeps a list of who is there, without a coordinator.');
const frame = [
  'apps/bench/package.json',
  'apps/bench/tsconfig.json',
  'apps/bench/src/micro.ts',
  'apps/bench/src/suite.ts',
  'packages/transport/src/invariant.ts',
  'eslint.config.ts',
  'package.json',
  '.prettierrc.json',
  'tsconfig.base.json',
];

let root = '';
let written: readonly string[] = [];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'new-package-'));
  for (const name of frame) cpSync(path.join(project, name), path.join(root, name));
  written = await writePackage(root, plan);
  const bench = path.join(root, 'apps/bench/node_modules');
  mkdirSync(path.join(bench, '@quorate'), { recursive: true });
  symlinkSync(path.join(root, 'packages', plan.name), path.join(bench, '@quorate', plan.name));
  symlinkSync(path.join(project, 'apps/bench/node_modules/mitata'), path.join(bench, 'mitata'));
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs a tool of the project in `folder` of the copy. Returns what it prints if it fails. */
function failureOf(folder: string, tool: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    path.join(project, 'node_modules/.bin', tool),
    args,
    {
      cwd: path.join(root, folder),
      encoding: 'utf8',
    },
  );
  return status === 0 ? '' : stdout + stderr;
}

describe('a new package', () => {
  test.each([`packages/${plan.name}`, 'apps/bench'])('type-checks in %s', (folder) => {
    expect(failureOf(folder, 'tsc', '--noEmit', '-p', '.')).toBe('');
  });

  test('passes its own tests', () => {
    expect(failureOf(`packages/${plan.name}`, 'vitest', 'run', '--root', '.')).toBe('');
  });

  test('passes the linter', async () => {
    const sources = written.filter((name) => name.endsWith('.ts'));
    const results = await new ESLint({ cwd: root }).lintFiles(sources);
    expect(
      results.flatMap(({ filePath, messages }) => messages.map((m) => ({ filePath, ...m }))),
    ).toEqual([]);
    expect(results).toHaveLength(sources.length);
  });

  test('is formatted', async () => {
    const style = await resolveConfig(path.join(root, 'package.json'));
    for (const name of written) {
      const filepath = path.join(root, name);
      const isFormatted = await check(readFileSync(filepath, 'utf8'), { ...style, filepath });
      expect(isFormatted, name).toBe(true);
    }
  });

  test.each(Object.entries(rules))('is tidy: %s', (_name, rule) => {
    const own = [...rule(readProject(root))].filter(({ path: name }) => written.includes(name));
    expect(own.map(describeViolation)).toEqual([]);
  });

  test('has documentation that holds', async () => {
    const blocks = readBlocks(root).filter(({ path: name }) => written.includes(name));
    expect(blocks.filter(hasClaims)).toHaveLength(2);
    expect(typeErrors(root, blocks).flat()).toEqual([]);
    for (const block of blocks.filter(hasClaims)) {
      await runBlock(root, block, checkClaims, (name) => import(/* @vite-ignore */ name));
    }
  });

  test('is not written twice', async () => {
    await expect(writePackage(root, plan)).rejects.toThrow(/^name: expected a new package/);
  });
});

describe('planOf', () => {
  test.each(['Gossip', 'gossip_membership', '', '-gossip', '../gossip', 'a--b'])(
    'refuses "%s" as a name',
    (name) => {
      expect(() => planOf(name, 'A sentence.')).toThrow(/^name: expected kebab case/);
    },
  );

  test.each(['', 'No full stop', '"Quoted".'])('refuses "%s" as a description', (description) => {
    expect(() => planOf('gossip', description)).toThrow(/^description: expected a sentence/);
  });
});
