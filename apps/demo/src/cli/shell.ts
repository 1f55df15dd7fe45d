/** What a command has of the terminal it was typed in. */
import type { Colours } from './colours.ts';
import type { Progress } from './progress.ts';

/**
 * 0 done; 1 refused, failed, or a promise was broken; 2 not understood, or not decided; 130 ended
 * by Ctrl-C before it was done.
 */
export type ExitCode = 0 | 1 | 2 | 130;

/** Where a command says what. */
export interface Shell {
  /** One line of the result, for whoever reads it: to standard output. */
  readonly print: (line: string) => void;
  /** One line for people, which no program reads: to standard error. */
  readonly note: (line: string) => void;
  /**
   * Text that others wrote, for `print`: as it is for a file or another program, harmless for a
   * terminal.
   */
  readonly foreign: (text: string) => string;
  /** How far long work is. */
  readonly progress: Progress;
  /** Of what is printed. */
  readonly colours: Colours;
  /** Whether everything printed is to be JSON, an object a line. */
  readonly isJson: boolean;
  /** Aborted by Ctrl-C: end in order, and say what there is. The second one ends at once. */
  readonly interrupted: AbortSignal;
  /** The script that runs a node when called with `node …`. */
  readonly mainFile: string;
}

/** What was asked for was refused, or failed: the sentence to show, and the exit code is 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
