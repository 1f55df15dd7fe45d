import { type CAC, cac } from 'cac';

import { type Command, dashed, flag, type Given, Misuse, type Word } from './command-spec.ts';

/** What a command line says. */
export type ParsedLine =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly given: Given;
      readonly isJson: boolean;
      readonly isPlain: boolean;
    }
  /** Without a command: of all of them. */
  | { readonly kind: 'help'; readonly command: Command | undefined }
  /** The line is wrong: say why, exit with 2. */
  | { readonly kind: 'misuse'; readonly problem: string; readonly command: Command | undefined };

/** Options of every command. */
export const commonOptions: Readonly<Record<string, Word<boolean>>> = {
  json: flag('JSON, one object a line'),
  noColor: flag('No colours; so does NO_COLOR in the environment, and any output but a terminal'),
  help: flag('This text (-h)'),
};

/**
 * Stands before every word that is a value, so that cac takes `-30s` for no option and `007` for no
 * number. No argument of a process can contain it.
 */
const MARK = '\0';

/**
 * Reads a command line.
 *
 * @param commands - The first is what is done if none is named.
 * @param argv - The arguments after the script's name.
 * @returns What to do; mistakes come back as 'misuse', never as an exception.
 */
export function parseCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
): ParsedLine {
  // `pnpm run demo -- kill n2` hands the separator on.
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const marked = markValues(commands, words);
  const cli = define(commands);
  cli.parse(['', '', ...marked.words], { run: false });
  const named = commands.find(({ name, aliases = [] }) =>
    [name, ...aliases].includes(cli.matchedCommandName ?? ''),
  );
  if (named === undefined && marked.name !== undefined) return stranger(commands, marked.name);
  if (cli.options['help'] === true) return { kind: 'help', command: named };
  const command = named ?? commands[0];
  if (command === undefined) throw new RangeError('commands: expected at least one, got none');
  try {
    // What stands after `--` is an argument, even if it looks like an option.
    const literal: unknown = cli.options['--'];
    if (Array.isArray(literal)) cli.args = [...cli.args, ...literal.map(String)];
    cli.runMatchedCommand();
    const given = readGiven(cli, command);
    const [isJson, isPlain] = [cli.options['json'] === true, cli.options['color'] === false];
    return { kind: 'run', command, given, isJson, isPlain };
  } catch (error) {
    if (error instanceof Misuse) return { kind: 'misuse', problem: error.message, command };
    if (!(error instanceof Error && error.name === 'CACError')) throw error;
    return { kind: 'misuse', problem: error.message.replaceAll(MARK, ''), command };
  }
}

function define(commands: readonly Command[]): CAC {
  const cli = cac('demo');
  cli.option('-h, --help', '').option('--json', '').option('--no-color', '');
  for (const [index, { name, aliases = [], args, options }] of commands.entries()) {
    // All may be missing for cac: who reads them says what was expected.
    const shown = Object.keys(args).map((argument) => ` [${argument}]`);
    const defined = cli.command(`${name}${shown.join('')}`, '').action(() => undefined);
    for (const alias of aliases) defined.alias(alias);
    // cac's name of the command that is meant when none is named.
    if (index === 0) defined.alias('!');
    for (const [option, { form }] of Object.entries(options)) {
      defined.option(`--${dashed(option)}${form === undefined ? '' : ` <${form.name}>`}`, '');
    }
  }
  return cli;
}

/** Marks all words that are values. The command's name becomes one word, and stays as it is. */
function markValues(
  commands: readonly Command[],
  words: readonly string[],
): { readonly words: readonly string[]; readonly name: string | undefined } {
  const names = new Set(commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const valued = new Set(
    commands.flatMap(({ options }) =>
      Object.entries(options).flatMap(([name, { form }]) => (form ? [`--${dashed(name)}`] : [])),
    ),
  );
  const marked: string[] = [];
  let name: string | undefined;
  let isValue = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') return { words: [...marked, ...words.slice(index)], name };
    const equals = word.indexOf('=');
    if (word.startsWith('-') && !/^-(\d|$)/.test(word)) {
      isValue = valued.has(word);
      const isPair = equals > 0;
      marked.push(isPair ? `${word.slice(0, equals)}=${MARK}${word.slice(equals + 1)}` : word);
    } else if (isValue || name !== undefined) {
      isValue = false;
      marked.push(`${MARK}${word}`);
    } else {
      const next = words[index + 1] ?? '-';
      const isFirstOfTwo = [...names].some((known) => known.startsWith(`${word} `));
      const isTwo = isFirstOfTwo && !next.startsWith('-');
      name = isTwo ? `${word} ${next}` : word;
      if (isTwo) index += 1;
      marked.push(name);
    }
  }
  return { words: marked, name };
}

function readGiven({ args, options }: CAC, command: Command): Given {
  const typedOptions: Record<string, string | undefined> = {};
  for (const name of Object.keys(command.options)) {
    const values: readonly unknown[] = [valueOf(options, name)].flat();
    if (values.length > 1) throw new Misuse(`--${dashed(name)}: expected one value, got several`);
    const [value] = values;
    if (value === true) typedOptions[name] = '';
    if (typeof value === 'string') typedOptions[name] = unmarked(value);
  }
  return command.read(args.map(unmarked), typedOptions);
}

/** What is typed as `--no-chaos` is for cac a `chaos` that is false. */
function valueOf(options: CAC['options'], name: string): unknown {
  const [, first = '', rest = ''] = /^no([A-Z])(.*)$/.exec(name) ?? [];
  if (first === '') return options[name];
  return options[`${first.toLowerCase()}${rest}`] === false ? true : undefined;
}

function unmarked(word: string): string {
  return word.startsWith(MARK) ? word.slice(MARK.length) : word;
}

/** `demo explode`, or the `demo chaos explode` of which only the first word is known. */
function stranger(commands: readonly Command[], name: string): ParsedLine {
  const [first = ''] = name.split(' ');
  const names = commands.map((known) => known.name);
  const ofGroup = names.filter((known) => known.startsWith(`${first} `));
  const alike = names.filter((known) => known.startsWith(first.slice(0, 1)));
  const near = ofGroup.length > 0 ? ofGroup : alike;
  const problem = `expected ${(near.length > 0 ? near : names).join(', ')}, got ${name}`;
  return { kind: 'misuse', problem, command: undefined };
}
