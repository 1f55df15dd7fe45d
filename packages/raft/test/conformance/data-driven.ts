import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What to do: a command with arguments and input. Whoever does it sees nothing else. */
export interface Command {
  /** Where the command stands in its file, from 1. */
  readonly line: number;
  readonly command: string;
  readonly arguments: readonly Argument[];
  /** What stands between the command and `----`. */
  readonly input: string;
}

/** One case of a data-driven file: a command, and what it must print. */
export interface Directive extends Command {
  readonly expected: string;
}

/** `name`, `name=value` or `name=(value, value)`. */
export interface Argument {
  readonly name: string;
  readonly values: readonly string[];
}

/** A file of directives and its name without folders. */
export interface DataFile {
  readonly name: string;
  readonly directives: readonly Directive[];
}

/**
 * Reads a file in the format of cockroachdb/datadriven: comments, a command, lines of input,
 * `----`, and the expected output up to an empty line. Output that holds empty lines itself stands
 * between two pairs of `----`. A line `subtest …` only gives what follows a name.
 */
export function readDataFile(path: string): DataFile {
  return { name: basename(path), directives: parseDirectives(readFileSync(path, 'utf8')) };
}

/** The directives of a text in the format that `readDataFile` describes. */
export function parseDirectives(text: string): readonly Directive[] {
  const lines = text.split('\n');
  const directives: Directive[] = [];
  let place = 0;
  while (place < lines.length) {
    const first = lines[place] ?? '';
    if (first.trim() === '' || /^(#|subtest )/.test(first)) {
      place += 1;
      continue;
    }
    const line = place + 1;
    const { head, end } = headFrom(lines, place);
    const separator = lines.indexOf('----', end);
    if (separator === -1) throw new RangeError(`line ${line}: expected '----' after it`);
    const { expected, next } = expectedFrom(lines, separator + 1);
    const [command = '', ...rest] = wordsOf(head);
    const input = lines.slice(end, separator).join('\n');
    directives.push({ line, command, arguments: rest.map(argumentOf), input, expected });
    place = next;
  }
  return directives;
}

/** A line that ends with a backslash goes on in the next. */
function headFrom(
  lines: readonly string[],
  first: number,
): { readonly head: string; readonly end: number } {
  let head = lines[first] ?? '';
  let end = first + 1;
  while (head.endsWith('\\') && end < lines.length) {
    head = `${head.slice(0, -1).trimEnd()} ${(lines[end] ?? '').trim()}`;
    end += 1;
  }
  return { head, end };
}

function expectedFrom(
  lines: readonly string[],
  first: number,
): { readonly expected: string; readonly next: number } {
  if (lines[first] === '----') {
    let end = first + 1;
    while (end < lines.length && !(lines[end] === '----' && lines[end + 1] === '----')) end += 1;
    return { expected: lines.slice(first + 1, end).join('\n'), next: end + 2 };
  }
  let end = first;
  while (end < lines.length && lines[end] !== '') end += 1;
  return { expected: lines.slice(first, end).join('\n'), next: end };
}

/** Splits at spaces that stand outside parentheses. */
function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+(?![^(]*\))/);
}

function argumentOf(word: string): Argument {
  const equals = word.indexOf('=');
  if (equals === -1) return { name: word, values: [] };
  const list = word.slice(equals + 1).replace(/^\(|\)$/g, '');
  const values = list.split(',').map((value) => value.trim());
  return { name: word.slice(0, equals), values: values.filter((value) => value !== '') };
}

/** The values of `name`, of all its occurrences. */
export function valuesOf(command: Command, name: string): readonly string[] {
  return command.arguments.flatMap((one) => (one.name === name ? one.values : []));
}

/** The command as it was written, without its input. */
export function headOf({ command, arguments: words }: Command): string {
  const shown = words.map(({ name, values }) => {
    if (values.length === 0) return name;
    return values.length === 1 ? `${name}=${values.join()}` : `${name}=(${values.join(',')})`;
  });
  return [command, ...shown].join(' ');
}

/** All `.txt` files at `path`, which may be one, in the order of their names. */
export function dataFilesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return found
    .filter((name) => name.endsWith('.txt') && !/licen[cs]e/i.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Where the shared conformance data lie: beside the project, or where `QUORATE_DATA` says. */
export function sharedData(path: string): string | undefined {
  const root =
    process.env['QUORATE_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
  const full = join(root, path);
  return existsSync(full) ? full : undefined;
}
