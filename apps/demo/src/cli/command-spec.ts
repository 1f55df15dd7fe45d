/**
 * What a command is. From this, and from nothing else, the command line is parsed, `-h` is written
 * and the README's table is made. To add a command: one file in commands/, one line in
 * command-table.ts.
 */
import type { Form } from './forms.ts';
import type { ExitCode, Shell } from './shell.ts';

/** A mistake in the command line, with the sentence to show. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** One option or argument. */
export interface Word<Value> {
  /** `undefined` for a flag, which has no value. */
  readonly form: Form<unknown> | undefined;
  readonly summary: string;
  readonly isRequired: boolean;
  /** What it is if it is not given, as it would be typed. */
  readonly initial: string | undefined;
  /** @throws Misuse that begins with `name` if `given` is not what is expected. */
  readonly read: (name: string, given: string | undefined) => Value;
}

/** A word that may be left out, and is `initial` then. */
export function option<Value>(form: Form<Value>, summary: string, initial: string): Word<Value>;
/** A word that may be left out. */
export function option<Value>(form: Form<Value>, summary: string): Word<Value | undefined>;
export function option<Value>(
  form: Form<Value>,
  summary: string,
  initial?: string,
): Word<Value | undefined> {
  return {
    ...{ form, summary, initial, isRequired: false },
    read: (name, given = initial) => (given === undefined ? undefined : valueOf(form, name, given)),
  };
}

/** A word that must be there. */
export function required<Value>(form: Form<Value>, summary: string): Word<Value> {
  return {
    ...{ form, summary, initial: undefined, isRequired: true },
    read: (name, given) => {
      if (given === undefined) throw new Misuse(`${name}: expected ${form.expected}, got nothing`);
      return valueOf(form, name, given);
    },
  };
}

/** An option without a value. */
export function flag(summary: string): Word<boolean> {
  return {
    ...{ form: undefined, summary, initial: undefined, isRequired: false },
    read: (_name, given) => given !== undefined,
  };
}

/** What is typed, and what for. */
export type Example = readonly [line: string, what: string];

/** Words of a command by name; `ifMatch` is `--if-match`. */
type Words = Readonly<Record<string, Word<unknown>>>;

type ValuesOf<Some extends Words> = {
  readonly [Name in keyof Some]: Some[Name] extends Word<infer Value> ? Value : never;
};

/** The headings under which commands are listed. */
export const commandGroups = [
  'Run',
  'Look',
  'Boards and keys',
  'Break',
  'Measure',
  'Prove',
] as const;

interface Description {
  /** `put`, or of two words: `chaos kill`. */
  readonly name: string;
  /** Other names. */
  readonly aliases?: readonly string[];
  readonly group: (typeof commandGroups)[number];
  /** What it does, without a full stop. */
  readonly summary: string;
  /** What there is to know besides, in sentences. */
  readonly details?: readonly string[];
  /** At least one; each is parsed by a test. */
  readonly examples: readonly Example[];
}

/** What is given on a command line. */
export interface Given {
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly run: (shell: Shell) => Promise<ExitCode>;
}

/** A command of any words. */
export interface Command extends Description {
  readonly args: Words;
  readonly options: Words;
  /** @throws Misuse if a word is not what is expected. */
  readonly read: (
    args: readonly string[],
    options: Readonly<Record<string, string | undefined>>,
  ) => Given;
}

/** Makes a command. `args` come in the order in which they are typed. */
export function command<Args extends Words, Options extends Words>(
  spec: Description & {
    readonly args?: Args;
    readonly options?: Options;
    readonly run: (
      given: { readonly args: ValuesOf<Args>; readonly options: ValuesOf<Options> },
      shell: Shell,
    ) => Promise<ExitCode>;
  },
): Command {
  const { args: argWords, options: optionWords, run, ...description } = spec;
  return {
    ...description,
    args: argWords ?? {},
    options: optionWords ?? {},
    read: (typedArgs, typedOptions) => {
      const args = valuesOf(argWords, (name, index) => [`<${name}>`, typedArgs[index]]);
      const options = valuesOf(optionWords, (name) => [`--${dashed(name)}`, typedOptions[name]]);
      return { args, options, run: (shell) => run({ args, options }, shell) };
    },
  };
}

/** `ifMatch` as `if-match`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function valuesOf<Some extends Words>(
  words: Some | undefined,
  typed: (name: string, index: number) => readonly [shown: string, given: string | undefined],
): ValuesOf<Some> {
  const entries = Object.entries(words ?? {}).map(([name, word], index) => {
    const [shown, given] = typed(name, index);
    return [name, word.read(shown, given)];
  });
  return Object.fromEntries(entries) as ValuesOf<Some>;
}

function valueOf<Value>(form: Form<Value>, name: string, given: string): Value {
  const value = form.parse(given);
  if (value !== undefined) return value;
  throw new Misuse(`${name}: expected ${form.expected}, got ${given === '' ? 'nothing' : given}`);
}
