import { describe, expect, test } from 'vitest';

import { commands } from '../../src/cli/command-table.ts';
import { dashed } from '../../src/cli/command-spec.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { loadMixes } from '../../src/supervisor/load-mix.ts';

const parse = (line: string) => parseWords(line.split(' ').filter((word) => word !== ''));

function parseWords(words: readonly string[]) {
  const parsed = parseCommandLine(commands, words);
  if (parsed.kind !== 'run') return { name: parsed.command?.name, ...parsed };
  const { command, given, isJson, isPlain } = parsed;
  return { name: command.name, args: given.args, options: given.options, isJson, isPlain };
}

describe('demo', () => {
  test('starts five nodes on port 4000', () => {
    expect(parse('')).toMatchObject({
      name: 'up',
      args: {},
      options: {
        ...{ nodes: 5, port: 4_000, load: 0, mix: loadMixes.config, open: false, trace: 0 },
        ...{ carrier: 'tcp', replicas: 3, fsync: 'always', logLevel: 'warn', noChaos: false },
      },
      isJson: false,
      isPlain: false,
    });
  });

  test('takes its options, and the separator that pnpm hands on', () => {
    const line = '-- --nodes 5 --port 0 --data 0x10 --load=50 --json --no-color --control ./c.json';
    expect(parse(line)).toMatchObject({
      name: 'up',
      args: {},
      // A name that looks like a number stays as it was typed.
      options: { nodes: 5, port: 0, data: '0x10', load: 50, open: false, control: './c.json' },
      isJson: true,
      isPlain: true,
    });
  });

  test('may be broken, unless it is said that it may not', () => {
    expect(parse('up --no-chaos')).toMatchObject({ options: { noChaos: true } });
    expect(parse('up --chaos')).toMatchObject({ options: { noChaos: false } });
    expect(parse('up --no-chaos=yes')).toMatchObject({ kind: 'misuse' });
  });

  test.each([
    ['--help', undefined],
    ['-h', undefined],
    ['kill --help', 'chaos kill'],
    ['chaos kill -h', 'chaos kill'],
    ['up -h', 'up'],
  ])('%s is a question', (line, name) => {
    expect(parse(line)).toMatchObject({ kind: 'help', name });
  });
});

test('demo node takes addresses', () => {
  const line =
    'node --id n1 --listen [::1]:5001 --http 127.0.0.1:4001 --data ./n1 ' +
    '--peers n2=127.0.0.1:5002,n3=localhost:5003';
  expect(parse(line)).toMatchObject({
    name: 'node',
    options: {
      id: 'n1',
      listen: { host: '::1', port: 5_001 },
      http: { host: '127.0.0.1', port: 4_001 },
      data: './n1',
      cluster: 'demo',
      peers: new Map([
        ['n2', { host: '127.0.0.1', port: 5_002 }],
        ['n3', { host: 'localhost', port: 5_003 }],
      ]),
    },
  });
});

describe('words', () => {
  test.each([
    ['status', { name: 'status' }],
    ['kill n2', { name: 'chaos kill', args: { node: 'n2' } }],
    ['chaos kill n2', { name: 'chaos kill', args: { node: 'n2' } }],
    ['--json chaos kill n2', { name: 'chaos kill', args: { node: 'n2' }, isJson: true }],
    ['--control chaos kill n2', { name: 'chaos kill', options: { control: 'chaos' } }],
    ['pause n3 --for 2.5s', { args: { node: 'n3' }, options: { for: 2_500 } }],
    ['chaos', { name: 'chaos', options: { for: 60_000, nodes: 5, rate: 100, seed: 1 } }],
    ['chaos --for 10m --seed 7', { name: 'chaos', options: { for: 600_000, seed: 7 } }],
    ['up --nodes 5 --voters 3', { options: { nodes: 5, voters: 3 } }],
    ['check', { args: {}, options: { model: 'config', timeout: 30_000 } }],
    ['check h.jsonl --model kv', { args: { history: 'h.jsonl' }, options: { model: 'kv' } }],
    ['nodes remove n4 --wait 1m', { args: { node: 'n4' }, options: { wait: 60_000 } }],
    ['transfer', { args: {} }],
    ['sim --seed 42 --steps 200000', { options: { seed: 42, steps: 200_000, faults: 'flaky' } }],
    ['resume', { args: {} }],
    ['resume n2', { args: { node: 'n2' } }],
    ['partition n1/n2,n3', { args: { groups: [['n1'], ['n2', 'n3']] } }],
    ['load 100', { args: { rate: 100 }, options: {} }],
    ['up --trace 1m', { options: { trace: 60_000 } }],
    [
      'trace export --from -10s',
      { name: 'trace export', options: { from: -10_000, format: 'jsonl' } },
    ],
    ['load 100 --mix boards', { options: { mix: loadMixes.boards } }],
    ['bench --mix edit=1,read=3', { options: { mix: { edit: 1, read: 3, config: 0 } } }],
    ['put k 007', { args: { value: '007' } }],
    ['put k -5', { args: { value: '-5' } }],
    ['put k -', { args: { value: '-' } }],
    ['put k chaos', { args: { value: 'chaos' } }],
    ['put chaos kill', { name: 'put', args: { value: 'kill' } }],
    ['put k -- --5', { args: { value: '--5' } }],
    ['put k a=b', { args: { value: 'a=b' } }],
    ['delete k --if-match *', { options: { ifMatch: '*' } }],
    ['get k --node=n3', { options: { node: 'n3', read: 'index', consistency: 'one' } }],
    ['get config/board/x', { args: { target: { kind: 'config', key: 'board/x' } } }],
    ['get board/x', { args: { target: { kind: 'board', id: 'x' } } }],
    ['get cluster/members', { args: { target: { kind: 'config', key: 'cluster/members' } } }],
    ['chaos slow n1-n4 --jitter 100ms', { args: { link: ['n1', 'n4'] } }],
    ['slow all', { args: { link: 'all' }, options: { latency: 200, oneWay: false } }],
    ['drop n1-n2 --p 20%', { options: { p: 0.2 } }],
    ['skew n3 +2s', { args: { node: 'n3', offset: 2_000 } }],
    ['skew n3 -1.5s', { args: { offset: -1_500 } }],
    [
      'scenario partition --seeds 3..7',
      { args: { name: 'partition' }, options: { seeds: [3, 7] } },
    ],
    ['scenario --list', { options: { list: true, seeds: [1, 1] } }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  test('with spaces stay whole, and may be empty', () => {
    expect(parseWords(['put', 'a key', 'two words'])).toMatchObject({
      args: { target: { kind: 'config', key: 'a key' }, value: 'two words' },
    });
    expect(parseWords(['put', 'k', ''])).toMatchObject({ args: { value: '' } });
  });
});

describe('mistakes', () => {
  test.each([
    ['--bogus', '--bogus'],
    ['kill n2 --bogus', '--bogus'],
    ['-x', '-x'],
    ['explode', 'explode'],
    ['kill', '<node>: expected a node like n2, got nothing'],
    ['kill n1 n2', 'n2'],
    ['--nodes', '--nodes'],
    ['status --nodes 3', '--nodes'],
    ['chaos explode n2', 'expected chaos kill, chaos pause'],
    ['stats', 'got stats'],
    ['get board/', '<target>: expected board/ID, config/KEY or KEY, got board/'],
    ['slow n1-n1', '<link>: expected two nodes like n1-n4, or all, got n1-n1'],
    ['drop n1-n2 --p 1.1', '--p: expected 0..1, or a percentage like 20%, got 1.1'],
    ['skew n1 2s', '<offset>: expected a time with its sign, like -30s or +2s, got 2s'],
    ['trace', 'expected trace tail, trace export, got trace'],
    ['nodes explode n2', 'expected nodes add, nodes remove, got nodes explode'],
    ['trace tail --filter m.x=', '--filter: expected a condition like m.type'],
    ['up --trace 5', '--trace: expected a time like 30s, or off, got 5'],
    ['put k', '<value>: expected a text, got nothing'],
    ['--data=', '--data'],
    ['--nodes 0', '--nodes: expected 1..9, got 0'],
    ['--nodes 10', '--nodes: expected 1..9, got 10'],
    ['--nodes 2.5', '--nodes: expected 1..9, got 2.5'],
    ['--nodes three', '--nodes: expected 1..9, got three'],
    ['--nodes 3 --nodes 5', '--nodes: expected one value, got several'],
    ['--port 70000', '--port: expected 0..'],
    ['--load -1', '--load: expected 0..5000, got -1'],
    ['chaos --for 10', '--for: expected a time like 500ms, 90s, 10m or 2h, got 10'],
    ['chaos --for 0s', '--for: expected a time'],
    ['chaos --rate 0', '--rate: expected 2..5000, got 0'],
    ['chaos --nodes 2', '--nodes: expected 3..9, got 2'],
    ['load many', '<rate>: expected 0..5000, got many'],
    ['get k --read fresh', '--read: expected index, lease or stale, got fresh'],
    ['partition n1', 'n1/n2,n3'],
    ['node --id n1', '--listen'],
    ['node --id n1 --listen nowhere --http 127.0.0.1:1 --data d', '--listen: expected host:port'],
    ['node --id n1 --listen :1 --http 127.0.0.1:1 --data d', '--listen: expected host:port'],
    [
      'node --id n1 --listen h:1 --http h:99999 --data d',
      '--http: expected host:port, port 0..65535',
    ],
    ['node --id n1 --listen h:1 --http h:1 --data d --peers n2', '--peers: expected id=host:port'],
    ['node --id n1 --listen h:1 --http h:1 --data d --peers n2=h:1,n2=h:2', 'each node once'],
  ])('%s', (line, part) => {
    const parsed = parse(line);
    expect(parsed).toMatchObject({ kind: 'misuse' });
    expect(parsed).toHaveProperty('problem', expect.stringContaining(part));
  });
});

test.each(['scenario --seeds 7..3', 'scenario --seeds 1..2..3', 'check --model paxos'])(
  '%s is not understood',
  (line) => {
    expect(parse(line)).toMatchObject({ kind: 'misuse' });
  },
);

describe('the table of commands', () => {
  test.each(commands.flatMap(({ name, examples }) => examples.map(([line]) => [name, line])))(
    '%s: its example is one: demo %s',
    (name, line) => {
      const words = line.match(/(?:'[^']*'|[^\s'])+/g)?.map((word) => word.replaceAll("'", ''));
      expect(parseWords(words ?? [])).toMatchObject({ name, args: expect.anything() as unknown });
    },
  );

  test('has every name once', () => {
    const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  // The name of a command is looked for before it is known whose options they are.
  test('has no option that is a flag here and has a value there', () => {
    const kinds = new Map<string, boolean>();
    for (const [name, { form }] of commands.flatMap(({ options }) => Object.entries(options))) {
      expect(kinds.get(name) ?? form !== undefined, `--${dashed(name)}`).toBe(form !== undefined);
      kinds.set(name, form !== undefined);
    }
  });
});
