import { describe, expect, test } from 'vitest';

import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { usage } from '../../src/cli/usage.ts';

const parse = (line: string): ReturnType<typeof parseCommandLine> =>
  parseCommandLine(line.split(' ').filter((word) => word !== ''));

describe('demo', () => {
  test('starts five nodes on port 4000', () => {
    expect(parse('')).toEqual({
      kind: 'start',
      nodeCount: 5,
      port: 4_000,
      dataDirectory: undefined,
      loadPerSecond: 0,
      isJson: false,
      controlFile: undefined,
    });
  });

  test('takes its options, and the separator that pnpm hands on', () => {
    const line = '-- --nodes 5 --port 0 --data 0x10 --load=50 --json --control ./c.json';
    expect(parse(line)).toEqual({
      kind: 'start',
      nodeCount: 5,
      port: 0,
      // A name that looks like a number stays as it was typed.
      dataDirectory: '0x10',
      loadPerSecond: 50,
      isJson: true,
      controlFile: './c.json',
    });
  });

  test.each(['--help', '-h', 'kill --help'])('%s shows the usage', (line) => {
    expect(parse(line)).toEqual({ kind: 'help' });
  });
});

describe('demo node', () => {
  test('takes addresses', () => {
    const line =
      'node --id n1 --listen [::1]:5001 --http 127.0.0.1:4001 --data ./n1 ' +
      '--peers n2=127.0.0.1:5002,n3=localhost:5003';
    expect(parse(line)).toEqual({
      kind: 'node',
      id: 'n1',
      listen: { host: '::1', port: 5_001 },
      http: { host: '127.0.0.1', port: 4_001 },
      dataDirectory: './n1',
      clusterId: 'demo',
      peers: new Map([
        ['n2', { host: '127.0.0.1', port: 5_002 }],
        ['n3', { host: 'localhost', port: 5_003 }],
      ]),
    });
  });
});

describe('demo chaos', () => {
  test('breaks five nodes for a minute', () => {
    expect(parse('chaos')).toEqual({
      kind: 'chaos',
      nodeCount: 5,
      durationMs: 60_000,
      ratePerSecond: 100,
      seed: 1,
      isJson: false,
    });
  });

  test('takes its options', () => {
    const line = 'chaos --for 10m --rate 300 --seed 7 --nodes 3 --json';
    expect(parse(line)).toEqual({
      kind: 'chaos',
      nodeCount: 3,
      durationMs: 600_000,
      ratePerSecond: 300,
      seed: 7,
      isJson: true,
    });
  });
});

describe('commands to the demo that runs', () => {
  test.each([
    ['status', { kind: 'status' }],
    ['kill n2', { kind: 'kill', nodeId: 'n2' }],
    ['pause n2', { kind: 'pause', nodeId: 'n2' }],
    ['restart n2', { kind: 'restart', nodeId: 'n2' }],
    ['resume', { kind: 'resume', nodeId: undefined }],
    ['resume n2', { kind: 'resume', nodeId: 'n2' }],
    ['partition n1/n2,n3', { kind: 'partition', groups: [['n1'], ['n2', 'n3']] }],
    ['heal', { kind: 'heal' }],
    ['load 100', { kind: 'load', ratePerSecond: 100 }],
    ['stop', { kind: 'stop' }],
    ['get k', { kind: 'get', key: 'k', nodeId: undefined, readMode: 'index' }],
    ['get k --read stale --node n3', { kind: 'get', key: 'k', nodeId: 'n3', readMode: 'stale' }],
    ['put k 007', { kind: 'put', key: 'k', value: '007', nodeId: undefined, ifMatch: undefined }],
    [
      'put k v --if-match 12',
      { kind: 'put', key: 'k', value: 'v', nodeId: undefined, ifMatch: '12' },
    ],
    ['delete k --if-match *', { kind: 'delete', key: 'k', nodeId: undefined, ifMatch: '*' }],
  ])('%s', (line, action) => {
    expect(parse(line)).toEqual({
      kind: 'control',
      action,
      isJson: false,
      controlFile: undefined,
    });
  });

  test('what follows -- is taken as it is', () => {
    expect(parse('put k -- --5')).toMatchObject({ action: { kind: 'put', value: '--5' } });
  });

  test('words with spaces stay whole', () => {
    expect(parseCommandLine(['put', 'a key', 'two words'])).toMatchObject({
      action: { key: 'a key', value: 'two words' },
    });
  });
});

describe('mistakes', () => {
  test.each([
    ['--bogus', '--bogus'],
    ['kill n2 --bogus', '--bogus'],
    ['-x', '-x'],
    ['explode', 'explode'],
    ['kill', 'missing'],
    ['kill n1 n2', 'n2'],
    ['--nodes', '--nodes'],
    ['--nodes 0', '--nodes: expected 1..9, got 0'],
    ['--nodes 10', '--nodes: expected 1..9, got 10'],
    ['--nodes 2.5', '--nodes: expected 1..9, got 2.5'],
    ['--nodes three', '--nodes: expected 1..9, got three'],
    ['--nodes 3 --nodes 5', '--nodes: expected one value, got several'],
    ['--port 70000', '--port: expected 0..'],
    ['--load -1', '-1'],
    ['chaos --for 10', '--for: expected 90s, 10m or 2h, got 10'],
    ['chaos --for 0s', '--for: expected 1..'],
    ['chaos --rate 0', '--rate: expected 2..5000, got 0'],
    ['chaos --nodes 2', '--nodes: expected 3..9, got 2'],
    ['load many', 'rate: expected 0..5000, got many'],
    ['get k --read fresh', '--read: expected index or stale, got fresh'],
    ['partition n1', 'n1/n2,n3'],
    ['node --id n1', '--listen'],
    ['node --id n1 --listen nowhere --http 127.0.0.1:1 --data d', '--listen: expected host:port'],
    ['node --id n1 --listen :1 --http 127.0.0.1:1 --data d', '--listen: expected host:port'],
    ['node --id n1 --listen h:1 --http h:99999 --data d', '--http: expected 0..65535, got 99999'],
    ['node --id n1 --listen h:1 --http h:1 --data d --peers n2', '--peers: expected id=host:port'],
    ['node --id n1 --listen h:1 --http h:1 --data d --peers n2=h:1,n2=h:2', 'n2 twice'],
  ])('%s', (line, part) => {
    const parsed = parse(line);
    expect(parsed).toMatchObject({ kind: 'misuse' });
    expect(parsed).toHaveProperty('problem', expect.stringContaining(part));
  });
});

test('the usage names every command and option', () => {
  const words = [
    ...['status', 'put', 'get', 'delete', 'kill', 'pause', 'resume', 'restart', 'partition'],
    ...['heal', 'load', 'stop', 'node', '--nodes', '--port', '--data', '--load', '--json'],
    ...[
      '--control',
      '--help',
      'chaos',
      '--for',
      '--rate',
      '--seed',
      '--read',
      '--if-match',
      '--node',
      '--peers',
      '--listen',
      '--http',
    ],
  ];
  for (const word of words) expect(usage).toContain(word);
  for (const line of usage.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

describe('demo scenario and check', () => {
  test('take a name, seeds and files', () => {
    expect(parse('scenario partition --seeds 3..7 --json')).toEqual({
      kind: 'scenario',
      name: 'partition',
      isList: false,
      firstSeed: 3,
      lastSeed: 7,
      isJson: true,
    });
    expect(parse('scenario --list')).toMatchObject({ isList: true, firstSeed: 1, lastSeed: 1 });
    expect(parse('check h.jsonl --html p.html')).toEqual({
      kind: 'check',
      file: 'h.jsonl',
      htmlFile: 'p.html',
      isJson: false,
    });
  });

  test.each(['scenario --seeds 7..3', 'scenario --seeds 1..2..3', 'scenario --seeds x', 'check'])(
    '%s is not understood',
    (line) => {
      expect(parse(line).kind).toBe('misuse');
    },
  );
});
