import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of a data-driven file: a command, its arguments, and the text it must print. */
export interface Directive {
  readonly line: number;
  readonly command: string;
  readonly argumentsByName: ReadonlyMap<string, readonly string[]>;
  /** What stands between the command and the `----`. */
  readonly input: string;
  readonly expected: string;
}

/** Where the shared conformance data lie: beside the project, or where `QUORATE_DATA` says. */
function sharedData(path: string): string | undefined {
  const root =
    process.env['QUORATE_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
  const full = join(root, path);
  return existsSync(full) ? full : undefined;
}

/** The data-driven files below a shared folder, sorted; none if the folder is missing. */
export function sharedFiles(path: string): readonly string[] {
  const folder = sharedData(path);
  if (folder === undefined) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => join(folder, name));
}

/**
 * Reads a file in the format of cockroachdb/datadriven: comments, then `command name=(x,y) …`,
 * input if any, `----`, the expected output up to an empty line.
 */
export function readDirectives(path: string): readonly Directive[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const directives: Directive[] = [];
  for (let place = 0; place < lines.length; place += 1) {
    const text = lines[place] ?? '';
    if (text === '' || text.startsWith('#')) continue;
    const separator = lines.indexOf('----', place);
    const end = lines.indexOf('', separator);
    const expected = lines.slice(separator + 1, end === -1 ? undefined : end).join('\n');
    const [command = '', ...rest] = text.split(/\s+(?![^(]*\))/);
    const argumentsByName = readArguments(rest);
    const input = lines.slice(place + 1, separator).join('\n');
    directives.push({ line: place + 1, command, argumentsByName, input, expected });
    place = end === -1 ? lines.length : end;
  }
  return directives;
}

function readArguments(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    words.map((word) => {
      const [name = '', list = ''] = word.split('=');
      const items = list.replace(/[()]/g, '').split(/\s*,\s*/);
      return [name, items.filter((item) => item !== '')];
    }),
  );
}
