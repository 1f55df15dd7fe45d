import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'quorate-size-'));
  mkdirSync(path.join(folder, 'dist'));
  const manifest = { sideEffects: false, exports: { '.': { default: './dist/index.js' } } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  // Digits without a pattern, so that compression does not take them.
  const digits = Array.from({ length: 999 }, (_, at) => ((at * at * 7_919) % 1_009) % 10).join('');
  const source = `export const large = '${digits}';\nexport const small = 'a';\n`;
  writeFileSync(path.join(folder, 'dist/index.js'), source);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function check(...limits: readonly string[]): { lines: readonly string[]; status: number | null } {
  const script = path.join(import.meta.dirname, 'size.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...limits], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { lines: `${stdout}${stderr}`.trim().split('\n'), status };
}

test('an entry point has to stay within its limit, and to have one', () => {
  expect(check('.=2000').status).toBe(0);
  const { lines, status } = check('.=100');
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^\.: \d+ B minified, .* <- too large$/)]);
  expect(check().lines).toEqual([expect.stringMatching(/limit missing <- too large$/)]);
});

test('names alone have a limit of their own, for what is left without the others', () => {
  const { lines, status } = check('.=2000', '.#small=100', '.#large,small=2000');
  expect(lines.map((line) => line.replace(/:.*/, ''))).toEqual(['.', '.#small', '.#large,small']);
  expect(status).toBe(0);
  expect(check('.=2000', '.#large=100').status).toBe(1);
  expect(check('.#small=100').lines[0]).toMatch(/limit missing/);
  expect(check('.=2000', '.#other=100').status).toBe(1);
});

test('a limit that is none is refused', () => {
  for (const limit of ['.', '.=x', '.#=5', '.#a b=5', './other=5']) {
    expect(check(limit).status, limit).toBe(1);
  }
});
