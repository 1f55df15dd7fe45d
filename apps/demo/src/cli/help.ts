/** What `-h` says of a command, and of all of them. */
import { type Command, commandGroups, dashed, type Word } from './command-spec.ts';

const lineWidth = 100;

/** `demo put <target> <value> [options]`. */
export function usageLine({ name, args, options }: Command): string {
  const words = Object.entries(args).map(([argument, { isRequired }]) =>
    isRequired ? `<${argument}>` : `[${argument}]`,
  );
  const needed = Object.entries(options).flatMap(([option, { form, isRequired }]) =>
    isRequired ? [`--${dashed(option)} <${form?.name ?? ''}>`] : [],
  );
  return ['demo', name, ...words, ...needed, '[options]'].join(' ');
}

/** Of one command: examples first. */
export function helpOf(command: Command, common: Readonly<Record<string, Word<unknown>>>): string {
  const { summary, details = [], aliases = [], examples, args, options } = command;
  const also = aliases.map((alias) => `demo ${alias}`).join(', ');
  const arguments_ = Object.entries(args).map(
    ([name, word]) => [`<${name}>`, textOf(word)] as const,
  );
  const options_ = Object.entries({ ...options, ...common }).map(
    ([name, word]) =>
      [`--${dashed(name)}${word.form ? ` <${word.form.name}>` : ''}`, textOf(word)] as const,
  );
  return [
    usageLine(command),
    ...wrapped(`${summary}.`, ''),
    ...details.flatMap((detail) => wrapped(detail, '')),
    ...(also === '' ? [] : [`Also: ${also}`]),
    '',
    ...columns(examples.map(([line, what]) => [`demo ${line}`, what] as const)),
    ...(arguments_.length === 0 ? [] : ['', 'Arguments:', ...columns(arguments_)]),
    '',
    'Options:',
    ...columns(options_),
    '',
  ].join('\n');
}

/** Of all commands: for each group its commands. */
export function overview(commands: readonly Command[]): string {
  const lines = commandGroups.flatMap((group) => {
    const listed = commands.filter((one) => one.group === group);
    const rows = listed.map((one) => [callOf(one), one.summary] as const);
    return rows.length === 0 ? [] : ['', `${group}:`, ...columns(rows)];
  });
  return [
    'demo [command] [options]',
    'Boards that people edit at once, on a cluster that can be broken and watched.',
    '',
    ...columns([
      ['demo', 'start 5 nodes and the page, until Ctrl-C'],
      ['demo up --nodes 3 --load 200', 'start 3 nodes and 200 requests per second'],
      ['demo top', 'watch them, in another terminal'],
      ['demo kill -h', 'how to say one command'],
    ]),
    ...lines,
    '',
    ...wrapped(
      'Every command takes --json, --no-color and -h. Exit codes: 0 done; 1 refused, failed, or ' +
        'a promise broken; 2 not understood, or not decided (check); 130 ended by Ctrl-C before ' +
        'it was done.',
      '',
    ),
    '',
  ].join('\n');
}

function callOf({ name, args }: Command): string {
  const words = Object.entries(args).map(([argument, { isRequired }]) =>
    isRequired ? `<${argument}>` : `[${argument}]`,
  );
  return ['demo', name, ...words].join(' ');
}

function textOf({ summary, form, initial }: Word<unknown>): string {
  const known = form === undefined || form.expected.startsWith('a ') ? [] : [form.expected];
  const parts = [...known, ...(initial === undefined ? [] : [`default ${initial}`])];
  return parts.length === 0 ? summary : `${summary} (${parts.join('; ')})`;
}

/** Two columns, the second one wrapped. */
function columns(rows: readonly (readonly [left: string, right: string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = ' '.repeat(width + 5);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...more] = wrapped(right, indent);
    return [`  ${left.padEnd(width)}   ${first.trimStart()}`.trimEnd(), ...more];
  });
}

function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isFull = line.length + 1 + word.length > lineWidth && line.trim() !== '';
    if (isFull) lines.push(line);
    line = isFull || line.trim() === '' ? `${indent}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}
