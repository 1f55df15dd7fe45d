import { describe, expect, test } from 'vitest';

import { runBench } from '../src/command.ts';
import { microContender, nsPerCall } from '../src/micro.ts';
import type { Suite } from '../src/suite.ts';
import { constantPeer } from '../src/suite.ts';

const checksum: Suite = {
  name: 'checksum',
  description: 'Is ours the faster one?',
  cases: [
    {
      name: '1 KiB',
      metrics: [{ name: 'throughput', unit: 'MB/s', better: 'higher' }],
      ours: constantPeer('ours', { throughput: 1_234.5678 }),
      peers: [constantPeer('peer', { throughput: 500 })],
    },
  ],
};

async function bench(...args: string[]) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const exitCode = await runBench(args, {
    listSuites: () => Promise.resolve(['checksum', 'storage']),
    loadSuite: () => Promise.resolve(checksum),
    print: (line) => void printed.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { exitCode, printed: printed.join('\n'), complaints: complaints.join('\n') };
}

describe('pnpm bench', () => {
  test('prints a table', async () => {
    const { exitCode, printed } = await bench('checksum', '--runs', '1');

    expect(exitCode).toBe(0);
    expect(printed).toBe(
      [
        'checksum: Is ours the faster one?',
        'case   metric      ours        peer      peer name  ratio  note',
        '1 KiB  throughput  1,235 MB/s  500 MB/s  peer       2.47x',
        '',
      ].join('\n'),
    );
  });

  test('prints one object a line with --json, and nothing else', async () => {
    const { printed } = await bench('checksum', '--json', '--runs=1');

    expect(JSON.parse(printed)).toEqual({
      suite: 'checksum',
      case: '1 KiB',
      metric: 'throughput',
      unit: 'MB/s',
      ours: 1_234.5678,
      peer: 500,
      peerName: 'peer',
      ratio: 2.469_135_6,
    });
  });

  test.each([
    [['nonsense'], 'unknown suite nonsense'],
    [[], 'no suite named'],
    [['checksum', '--loud'], 'unknown flag --loud'],
    [['checksum', '--runs', 'many'], '--runs: expected a whole number of at least 1, got "many"'],
    [['checksum', '--runs', '0'], '--runs: expected a whole number of at least 1, got 0'],
    [['checksum', '--case'], '--case: expected one text'],
  ])('answers %j with the usage, the suites and exit code 2', async (args, complaint) => {
    const { exitCode, printed, complaints } = await bench(...args);

    expect(exitCode).toBe(2);
    expect(printed).toBe('');
    expect(complaints).toContain(complaint);
    expect(complaints).toContain('suites: checksum, storage');
  });
});

describe('microContender', () => {
  test('measures nanoseconds of one call', async () => {
    const sample = await microContender('sum', () => Math.hypot(3, 4)).run();

    expect(sample[nsPerCall.name]).toBeGreaterThan(0);
  });
});
