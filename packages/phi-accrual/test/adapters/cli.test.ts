import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { seededRandom } from '@quorate/transport/system';
import { afterAll, describe, expect, test } from 'vitest';

import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { printTrace } from '../../src/analysis/trace-text.ts';

const program = path.join(import.meta.dirname, '../../src/adapters/cli.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'phi-accrual-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]) {
  const flags = ['--conditions=@quorate/source', program, ...args];
  return spawnSync(process.execPath, flags, { cwd: folder, encoding: 'utf8' });
}

function write(name: string, content: string): string {
  writeFileSync(path.join(folder, name), content);
  return name;
}

const trace = generateTrace('mobile', { random: seededRandom(1), count: 1_500 });
const beats = write('beats.csv', printTrace(trace));

describe('the command', () => {
  test('prints what every detector makes of heartbeats, and draws it', () => {
    const { status, stdout, stderr } = run('analyse', beats, '--svg', 'curves.svg');
    expect(stderr).toBe('');
    expect(stdout).toContain('beats.csv: 1500 heartbeats, one every 1000 ms;');
    expect(stdout).toContain('mistakes at equal detection time');
    expect(readFileSync(path.join(folder, 'curves.svg'), 'utf8')).toMatch(/^<svg /u);
    expect(status).toBe(0);
  });

  test('prints JSON, and takes times with units', () => {
    const { stdout } = run('analyse', beats, '--json', '--interval', '1s', '--warm-up', '100');
    const found: unknown = JSON.parse(stdout);
    expect(found).toMatchObject({ name: 'beats.csv', intervalMs: 1_000, heartbeats: 1_500 });
    expect(found).toHaveProperty('equal.length', 8);
  });

  test('reads tables of round trips', () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row},0.${row % 7},0.1`);
    const links = write('links.csv', `slice,a,b\n${rows.join('\n')}\n`);
    const { stdout } = run('analyse', links, '--round-trips', '--interval', '500ms');
    expect(stdout).toContain('links.csv: 120 heartbeats, one every 500 ms; 0 lost');
  });

  test('finds settings for what is required, and says when there are none', () => {
    const required = ['--mistake-recurrence', '30d', '--mistake-duration', '1m', '--loss', '1%'];
    const met = run('configure', '--detection-time', '30s', '--delay-deviation', '20', ...required);
    expect(met.stderr).toBe('');
    expect(met.stdout).toMatch(/^send a heartbeat every \d+ ms\nand suspect \d+ ms after/u);
    expect(met.status).toBe(0);
    const json = run('configure', '--detection-time', '30s', ...required, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'met' });

    const never = ['--detection-time', '1s', ...required, '--delay-mean', '2s'];
    const { stdout, status } = run('configure', ...never);
    expect(stdout).toMatch(/^not to be met: /u);
    expect(status).toBe(1);
  });

  test('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(stdout).toMatch(/^usage: phi-accrual analyse/u);
    expect(status).toBe(0);
  });

  test.each([
    ['no command', [], 64, 'expected: analyse <file>'],
    ['two files', ['analyse', beats, beats], 64, 'expected: analyse <file>'],
    ['an unknown option', ['analyse', beats, '--loud'], 64, '--loud'],
    ['an interval of nothing', ['analyse', beats, '--interval', '0'], 64, '--interval: expected'],
    ['nothing required', ['configure'], 64, 'expected --detection-time'],
    [
      'what no detector does',
      [
        'configure',
        '--detection-time',
        '2d',
        '--mistake-recurrence',
        '1d',
        '--mistake-duration',
        '1s',
      ],
      64,
      'detectionTimeMs: expected',
    ],
    ['no time', ['analyse', beats, '--interval', 'soon'], 64, '--interval: expected a time'],
    ['no count', ['analyse', beats, '--warm-up', '0'], 64, '--warm-up: expected'],
    ['no file', ['analyse', 'gone.csv'], 65, 'gone.csv'],
    ['no trace', ['analyse', write('x.csv', 'roses')], 65, 'x.csv: line 1: expected columns'],
    [
      'too short a trace',
      ['analyse', write('s.csv', 'sequence,arrived_ms\n1,1\n'), '--interval', '1s'],
      65,
      's.csv: trace: expected 2 delivered heartbeats',
    ],
    [
      'an interval that no detector takes',
      ['analyse', write('i.csv', 'sequence,arrived_ms\n1,1\n2,2\n'), '--interval', '25h'],
      65,
      'i.csv: intervalMs',
    ],
    ['no folder', ['analyse', beats, '--svg', 'no/where.svg'], 73, 'no/where.svg'],
  ])('refuses %s', (_what, args, code, message) => {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });
});
