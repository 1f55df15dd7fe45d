import { type CAC, cac } from 'cac';

import { parsePartition } from '../partition.ts';
import { loadPerSecondMax } from '../supervisor/cluster-view.ts';
import type { Address, Command, ControlAction } from './command.ts';

/** A mistake of the user, with the sentence to show. */
class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** What cac parsed. Values are strings, numbers where they look like one, booleans or lists. */
type Options = Readonly<Record<string, unknown>>;

/**
 * Reads a command line.
 *
 * @param argv - The arguments after the script's name.
 * @returns What to do; mistakes come back as 'misuse', never as an exception.
 */
export function parseCommandLine(argv: readonly string[]): Command {
  // `pnpm run demo -- kill n2` hands the separator on.
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const cli = cac('demo').option('-h, --help', 'Show the usage');
  let command: Command = { kind: 'misuse', problem: `unknown command: ${words[0] ?? ''}` };
  const settle = (parsed: Command): void => {
    command = parsed;
  };
  defineStart(cli, settle);
  defineNode(cli, settle);
  defineChaos(cli, settle);
  defineControl(cli, settle);
  defineScenario(cli, settle);
  defineCheck(cli, settle);
  try {
    cli.parse(['', '', ...words], { run: false });
    if (cli.options['help'] === true) return { kind: 'help' };
    restoreText(cli, words);
    // What stands after `--` is an argument, even if it looks like an option.
    const literal: unknown = cli.options['--'];
    if (Array.isArray(literal)) cli.args = [...cli.args, ...literal.map(String)];
    cli.runMatchedCommand();
    return command;
  } catch (error) {
    return { kind: 'misuse', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** cac takes `007` for a number; a directory or a name of that look must stay as it was typed. */
function restoreText(cli: CAC, words: readonly string[]): void {
  for (const [name, value] of Object.entries<unknown>(cli.options)) {
    if (typeof value !== 'number') continue;
    const flag = `--${dashed(name)}`;
    const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    const word = words[at] ?? '';
    cli.options[name] = word === flag ? words[at + 1] : word.slice(flag.length + 1);
  }
}

function defineStart(cli: CAC, settle: (command: Command) => void): void {
  withCommonOptions(cli.command('', 'Start the demo'))
    .option('--nodes <count>', 'How many nodes')
    .option('--port <port>', "The page's port")
    .option('--data <directory>', 'Where to keep the data')
    .option('--load <rate>', 'Requests per second to begin with')
    .action((options: Options) => {
      settle({
        kind: 'start',
        nodeCount: integerOption(options, 'nodes', 1, 9) ?? 5,
        port: integerOption(options, 'port', 0, 65_000) ?? 4_000,
        dataDirectory: textOption(options, 'data'),
        loadPerSecond: integerOption(options, 'load', 0, loadPerSecondMax) ?? 0,
        isJson: options['json'] === true,
        controlFile: textOption(options, 'control'),
      });
    });
}

function defineChaos(cli: CAC, settle: (command: Command) => void): void {
  cli
    .command('chaos', 'Break a cluster of its own, and judge it')
    .option('--for <duration>', 'How long: 90s, 10m, 2h')
    .option('--nodes <count>', 'How many nodes')
    .option('--rate <rate>', 'Requests per second')
    .option('--seed <seed>', 'Of the order of the faults')
    .option('--json', 'The report as JSON')
    .action((options: Options) => {
      settle({
        kind: 'chaos',
        nodeCount: integerOption(options, 'nodes', 3, 9) ?? 5,
        durationMs: parseDuration('--for', textOption(options, 'for') ?? '1m'),
        ratePerSecond: integerOption(options, 'rate', 2, loadPerSecondMax) ?? 100,
        seed: integerOption(options, 'seed', 0, 999_999_999) ?? 1,
        isJson: options['json'] === true,
      });
    });
}

function defineNode(cli: CAC, settle: (command: Command) => void): void {
  cli
    .command('node', 'Run one node')
    .option('--id <id>', 'Its name')
    .option('--listen <host:port>', 'Where other nodes reach it')
    .option('--http <host:port>', 'Where its API listens')
    .option('--data <directory>', 'Where it keeps its data')
    .option('--cluster <id>', 'The cluster it belongs to')
    .option('--peers <list>', 'The others: n2=host:port,n3=host:port')
    .action((options: Options) => {
      settle({
        kind: 'node',
        id: requiredOption(options, 'id'),
        listen: parseAddress('--listen', requiredOption(options, 'listen')),
        http: parseAddress('--http', requiredOption(options, 'http')),
        dataDirectory: requiredOption(options, 'data'),
        clusterId: textOption(options, 'cluster') ?? 'demo',
        peers: parsePeers(textOption(options, 'peers') ?? ''),
      });
    });
}

function defineScenario(cli: CAC, settle: (command: Command) => void): void {
  cli
    .command('scenario [name]', 'Play stories in virtual time')
    .option('--seeds <range>', 'One, or from..to')
    .option('--list', 'Only say which there are')
    .option('--json', 'One JSON object a line')
    .action((name: string | undefined, options: Options) => {
      const [first, last] = parseSeeds(textOption(options, 'seeds') ?? '1');
      settle({
        kind: 'scenario',
        name,
        isList: options['list'] === true,
        firstSeed: first,
        lastSeed: last,
        isJson: options['json'] === true,
      });
    });
}

function defineCheck(cli: CAC, settle: (command: Command) => void): void {
  cli
    .command('check <file>', 'Judge a recorded history')
    .option('--html <file>', 'Where to leave a page that shows it')
    .option('--json', 'One JSON object a line')
    .action((file: string, options: Options) => {
      const htmlFile = textOption(options, 'html');
      settle({ kind: 'check', file, htmlFile, isJson: options['json'] === true });
    });
}

function parseSeeds(text: string): readonly [number, number] {
  const [first = '', last = first, ...rest] = text.split('..');
  if (rest.length > 0) throw new Misuse(`--seeds: expected one, or from..to, got ${text}`);
  const from = integer('--seeds', first, 0, 999_999_999);
  return [from, integer('--seeds', last, from, 999_999_999)];
}

function defineControl(cli: CAC, settle: (command: Command) => void): void {
  const say = (options: Options, action: ControlAction): void => {
    settle({
      kind: 'control',
      action,
      isJson: options['json'] === true,
      controlFile: textOption(options, 'control'),
    });
  };
  const define = (name: string): ReturnType<typeof withCommonOptions> =>
    withCommonOptions(cli.command(name, ''));

  for (const kind of ['status', 'heal', 'stop'] as const) {
    define(kind).action((options: Options) => {
      say(options, { kind });
    });
  }
  for (const kind of ['kill', 'pause', 'restart'] as const) {
    define(`${kind} <node>`).action((nodeId: string, options: Options) => {
      say(options, { kind, nodeId });
    });
  }
  define('resume [node]').action((nodeId: string | undefined, options: Options) => {
    say(options, { kind: 'resume', nodeId });
  });
  define('partition <groups>').action((text: string, options: Options) => {
    const parsed = parsePartition(text);
    if (parsed.kind === 'invalid') throw new Misuse(parsed.problem);
    say(options, { kind: 'partition', groups: parsed.groups });
  });
  define('load <rate>').action((text: string, options: Options) => {
    const ratePerSecond = integer('rate', text, 0, loadPerSecondMax);
    say(options, { kind: 'load', ratePerSecond });
  });
  defineKeyCommands(define, say);
}

function defineKeyCommands(
  define: (name: string) => ReturnType<typeof withCommonOptions>,
  say: (options: Options, action: ControlAction) => void,
): void {
  define('get <key>')
    .option('--node <node>', 'Ask this node')
    .option('--read <mode>', 'index or stale')
    .action((key: string, options: Options) => {
      const readMode = textOption(options, 'read') ?? 'index';
      if (readMode !== 'index' && readMode !== 'stale') {
        throw new Misuse(`--read: expected index or stale, got ${readMode}`);
      }
      say(options, { kind: 'get', key, readMode, nodeId: textOption(options, 'node') });
    });
  const conditional = (name: string): ReturnType<typeof withCommonOptions> =>
    define(name)
      .option('--node <node>', 'Ask this node')
      .option('--if-match <revision>', 'Only if the key is at this revision');
  const conditionOf = (
    options: Options,
  ): Pick<ControlAction & { kind: 'put' }, 'nodeId' | 'ifMatch'> => ({
    nodeId: textOption(options, 'node'),
    ifMatch: textOption(options, 'ifMatch'),
  });
  conditional('put <key> <value>').action((key: string, value: string, options: Options) => {
    say(options, { kind: 'put', key, value, ...conditionOf(options) });
  });
  conditional('delete <key>').action((key: string, options: Options) => {
    say(options, { kind: 'delete', key, ...conditionOf(options) });
  });
}

function withCommonOptions(command: ReturnType<CAC['command']>): ReturnType<CAC['command']> {
  return command
    .option('--json', 'One JSON object a line')
    .option('--control <file>', 'Where the running demo tells how to reach it');
}

/** The one value of a text option, or `undefined` if it was not given. */
function textOption(options: Options, name: string): string | undefined {
  const values = [options[name]].flat().filter((value) => value !== undefined);
  if (values.length > 1) throw new Misuse(`--${dashed(name)}: expected one value, got several`);
  const value = values[0];
  if (value === undefined) return undefined;
  const isText = typeof value === 'string' || typeof value === 'number';
  if (!isText || value === '') throw new Misuse(`--${dashed(name)}: expected a value, got none`);
  return `${value}`;
}

function requiredOption(options: Options, name: string): string {
  const value = textOption(options, name);
  if (value === undefined) throw new Misuse(`--${dashed(name)}: expected a value, got none`);
  return value;
}

function integerOption(
  options: Options,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = textOption(options, name);
  return text === undefined ? undefined : integer(`--${dashed(name)}`, text, min, max);
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new Misuse(`${name}: expected ${min}..${max}, got ${text}`);
  }
  return value;
}

/** A duration as people type it, in ms. */
function parseDuration(name: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  if (unitMs === undefined) throw new Misuse(`${name}: expected 90s, 10m or 2h, got ${text}`);
  return integer(name, digits, 1, 999_999) * unitMs;
}

function parseAddress(name: string, text: string): Address {
  const separator = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(0, separator)).replace(/^\[(.*)\]$/, '$1');
  if (separator < 1 || host === '') throw new Misuse(`${name}: expected host:port, got ${text}`);
  return { host, port: integer(name, text.slice(separator + 1), 0, 65_535) };
}

function parsePeers(text: string): ReadonlyMap<string, Address> {
  const peers = new Map<string, Address>();
  for (const part of text.split(',').filter((peer) => peer !== '')) {
    const separator = part.indexOf('=');
    const id = part.slice(0, Math.max(0, separator));
    if (id === '') throw new Misuse(`--peers: expected id=host:port, got ${part}`);
    if (peers.has(id)) throw new Misuse(`--peers: expected each node once, got ${id} twice`);
    peers.set(id, parseAddress('--peers', part.slice(separator + 1)));
  }
  return peers;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
